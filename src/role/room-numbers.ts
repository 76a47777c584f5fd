import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RoomNumbers } from '../wire/numbers.ts';

const WAIT_MS = 3_000;
/** While the other process is just starting it is asked again so often, ms. */
const AGAIN_MS = 100;
/** What the system says while nobody listens, or no longer. Spec: connect(2). */
const AWAY: ReadonlySet<unknown> = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET']);
/** Numbers are some kB, a bundle of a long evening some MB. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Asks another process of this machine; undefined for 404, rejects when it has been away for `WAIT_MS`. */
async function asked(socketPath: string, path: string): Promise<string | undefined> {
  const signal = AbortSignal.timeout(WAIT_MS);
  for (;;) {
    try {
      return await askedOnce(socketPath, path, signal);
    } catch (error) {
      if (signal.aborted || !AWAY.has((error as NodeJS.ErrnoException).code)) throw error;
      await sleep(AGAIN_MS);
    }
  }
}

function askedOnce(socketPath: string, path: string, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path, signal }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('error', reject);
      answer.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > MOST_BYTES) sent.destroy(new Error('an answer of more than 64 MB'));
      });
      answer.on('end', () => {
        if (answer.statusCode === 404) resolve(undefined);
        else if (answer.statusCode === 200) resolve(text);
        else reject(new Error(`the tally answered ${answer.statusCode}`));
      });
    });
    sent.on('error', reject).end();
  });
}

/** Fetches a room's numbers, and its bundle, from the tally. `slug` must be a valid slug. */
export const askForNumbers = (socketPath: string) => ({
  async numbersOf(slug: string): Promise<RoomNumbers | undefined> {
    const text = await asked(socketPath, `/rooms/${slug}`);
    return text === undefined ? undefined : (JSON.parse(text) as RoomNumbers);
  },
  bundleOf: (slug: string): Promise<string | undefined> => asked(socketPath, `/r/${slug}/bundle`),
});
