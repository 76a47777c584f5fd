import type { AskedQuestion } from '../../../src/wire/interaction/questions.ts';
import type { ToldRefusal } from '../../../src/wire/refusal-facts.ts';
import { deviceKey } from '../../kit/device-key.ts';

/** Sends a question or a vote: the question as it is now, or why not; undefined where nobody answered. */
export async function sendQuestion(
  path: string,
  body: object,
): Promise<AskedQuestion | ToldRefusal | undefined> {
  try {
    const answer = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...body, device: deviceKey() }),
    });
    const said = (await answer.json()) as AskedQuestion & Partial<ToldRefusal>;
    return answer.ok ? said : { ...said, code: said.code ?? '' };
  } catch {
    return undefined;
  }
}
