import type { BackstageAction, BackstageLine } from '../../src/wire/stage/backstage.ts';
import { DEVICE_HEADER } from '../../src/wire/stage/hands.ts';
import { deviceKey } from '../kit/device-key.ts';
import { retryDelay } from './backoff.ts';
import { isRefusal, type Refusal, refusalOf } from './exchange.ts';
import { linesOf, parseLine } from './line-reader.ts';

/** The state of the studio's stream. `refused` tries again, slowly, unless the link itself is invalid. */
export type FeedState =
  | { readonly at: 'connecting' | 'here' }
  | { readonly at: 'away'; readonly tries: number }
  | { readonly at: 'refused'; readonly why: Refusal };

/** Dependencies of the backstage stream. */
export interface BackstageOptions {
  readonly slug: string;
  readonly token: () => string;
  line(line: BackstageLine): void;
  state(state: FeedState): void;
  /** Waits until the room may have a stage. */
  ready(signal: AbortSignal): Promise<void>;
  readonly signal: AbortSignal;
}

/** A stream that is silent for this long is dead, in ms: levels arrive ten times a second. */
const SILENCE = 8_000;
/** Waits stop growing after this many tries, at 2 s: a studio that restarts is back within seconds. */
const MOST_TRIES = 4;
/** An action without an answer after this time has failed, in ms. */
const ANSWER_MS = 15_000;
/** Time between two tries after a refusal, in ms. */
const REFUSED_DELAY = 5_000;
/** Refusals after which the same link is never tried again. */
const FINAL: readonly number[] = [401, 403, 410];

/** Whether a link with this refusal will never be accepted. */
export const isFinal = (why: Refusal): boolean => FINAL.includes(why.status);

/** Follows the studio's stream of lines until the signal aborts, and reconnects by itself. */
export async function follow(options: BackstageOptions): Promise<void> {
  const { signal } = options;
  let tries = 0;
  options.state({ at: 'connecting' });
  while (!signal.aborted) {
    await options.ready(signal);
    if (signal.aborted) return;
    const why = await followOnce(options, () => {
      tries = 0;
      options.state({ at: 'here' });
    });
    if (signal.aborted) return;
    const refused = why !== undefined && why.status >= 400 && why.status < 500;
    options.state(refused ? { at: 'refused', why } : { at: 'away', tries });
    if (refused && isFinal(why)) return;
    const floor = refused && why.code !== 'room-not-open' ? REFUSED_DELAY : 0;
    tries = Math.min(tries + 1, MOST_TRIES);
    await pause(Math.max(retryDelay(tries - 1, why?.retryAfter), floor), signal);
  }
}

/** One connection. Returns when it breaks or falls silent; with a refusal if it was never accepted. */
async function followOnce(options: BackstageOptions, began: () => void): Promise<Refusal | undefined> {
  const stop = new AbortController();
  const abort = () => stop.abort();
  options.signal.addEventListener('abort', abort, { once: true });
  let watchdog = setTimeout(abort, SILENCE);
  let lines = 0;
  try {
    const response = await fetch(`/r/${options.slug}/backstage`, {
      headers: {
        authorization: `Bearer ${options.token()}`,
        accept: 'application/x-ndjson',
        [DEVICE_HEADER]: deviceKey(),
      },
      cache: 'no-store',
      signal: stop.signal,
    });
    if (!response.ok || !response.body) return await refusalOf(response);
    for await (const text of linesOf(response.body)) {
      clearTimeout(watchdog);
      watchdog = setTimeout(abort, SILENCE);
      const line = parseLine(text);
      if (!line) continue;
      if (lines++ === 0) began();
      options.line(line);
    }
  } catch {
    // The end of the stream says that it broke; the next connection tells why.
  } finally {
    clearTimeout(watchdog);
    options.signal.removeEventListener('abort', abort);
  }
  return undefined;
}

/** Sends one action to the studio. */
export function act(slug: string, token: string, action: BackstageAction): Promise<Refusal | undefined> {
  return post(`/r/${slug}/backstage`, token, action).then((answer) =>
    isRefusal(answer) ? answer : undefined,
  );
}

/**
 * Sends a request with the link's token and, if there is one, a JSON body. Returns the answer's object, or a refusal.
 */
export async function post(
  url: string,
  token: string,
  body: object | undefined,
  method: 'POST' | 'PATCH' | 'DELETE' = 'POST',
  more: Readonly<Record<string, string>> = {},
): Promise<Record<string, unknown> | Refusal> {
  try {
    const response = await fetch(url, {
      method,
      signal: AbortSignal.timeout(ANSWER_MS),
      headers: {
        authorization: `Bearer ${token}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...more,
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!response.ok) return await refusalOf(response);
    const answer: unknown = await response.json().catch(() => ({}));
    return answer && typeof answer === 'object' ? { ...answer } : {};
  } catch (error) {
    const why = {
      refused: true,
      status: 0,
      code: 'network',
      detail: String(error),
      retryAfter: retryDelay(0),
    } as const;
    return why;
  }
}

function pause(delay: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener('online', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, delay);
    addEventListener('online', done);
    signal.addEventListener('abort', done, { once: true });
  });
}
