import type { QuestionWithdrawal, WithdrawnQuestions } from '../../wire/interaction/questions.ts';
import { toldFile } from './told-file.ts';

const NONE: ReadonlyMap<string, QuestionWithdrawal> = new Map();

/** The questions of a room that moderators have taken out; undefined until the site has said so. */
export function openWithdrawnQuestions(
  clock: { now(): number },
  path: string,
): (slug: string) => ReadonlyMap<string, QuestionWithdrawal> | undefined {
  const told = toldFile(
    clock,
    path,
    (value) =>
      new Map(
        Object.entries(value as WithdrawnQuestions).map(([slug, some]) => [
          slug,
          new Map(Object.entries(some)),
        ]),
      ),
  );
  return (slug) => {
    const all = told();
    return all && (all.get(slug) ?? NONE);
  };
}
