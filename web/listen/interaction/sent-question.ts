import type { AskedQuestion } from '../../../src/wire/interaction/questions.ts';
import { deviceKey } from '../../kit/device-key.ts';

/** Sends a question or a vote: the question as it is now, or why not; an empty reason where nobody answered. */
export async function sendQuestion(path: string, body: object): Promise<AskedQuestion | string> {
  try {
    const answer = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...body, device: deviceKey() }),
    });
    const said = (await answer.json()) as AskedQuestion & { detail?: string; title?: string };
    return answer.ok ? said : (said.detail ?? said.title ?? '');
  } catch {
    return '';
  }
}
