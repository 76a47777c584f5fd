import {
  type BlockRule,
  type CompiledBlockRule,
  checkText,
  compileBlockRule,
} from '../../wire/moderation/block-words.ts';
import { toldFile } from './told-file.ts';

/** The name of the rule that a text breaks in a room; undefined when it may be written. */
export type TextCheck = (room: string, text: string) => string | undefined;

/** Compares texts with the lists that the site has written down: that of the server, and that of the room. */
export function openTextCheck(clock: { now(): number }, path: string): TextCheck {
  const told = toldFile(
    clock,
    path,
    (value): ReadonlyMap<string, readonly CompiledBlockRule[]> =>
      new Map(
        Object.entries(value as Record<string, BlockRule[]>).map(([room, rules]) => [
          room,
          rules.flatMap((rule) => compileBlockRule(rule) ?? []),
        ]),
      ),
  );
  return (room, text) => {
    const lists = told();
    return checkText(text, [...(lists?.get('') ?? []), ...(lists?.get(room) ?? [])])?.name;
  };
}
