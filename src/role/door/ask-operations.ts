import { request } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import type { Operations } from '../../wire/operations/operations.ts';

/** Whoever asks within this time gets the same answer, ms. */
const KEPT_MS = 1_000;
/** The supervisor waits a second for processes that do not answer. */
const PATIENCE_MS = 3_000;
/** A longer answer is none of ours. */
const MOST_BYTES = 1_000_000;

/** Asks the supervisor what every process is doing; undefined when it does not answer. */
export function askForOperations(clock: Clock, socketPath: string): () => Promise<Operations | undefined> {
  let kept: { readonly at: number; readonly answer: Promise<Operations | undefined> } | undefined;
  return () => {
    if (!kept || clock.now() - kept.at >= KEPT_MS)
      kept = { at: clock.now(), answer: ask(socketPath).catch(() => undefined) };
    return kept.answer;
  };
}

const ask = (socketPath: string): Promise<Operations> =>
  new Promise((resolve, reject) => {
    const asked = request(
      { socketPath, path: '/operate.json', agent: false, timeout: PATIENCE_MS },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
          if (text.length > MOST_BYTES) asked.destroy(new Error('too long'));
        });
        answer.on('error', reject);
        answer.on('end', () => {
          try {
            resolve(JSON.parse(text) as Operations);
          } catch (error) {
            reject(error);
          }
        });
      },
    );
    asked.on('timeout', () => asked.destroy(new Error('no answer')));
    asked.on('error', reject);
    asked.end();
  });
