import type { BackstageAction, BackstageLine } from '../../../src/wire/backstage.ts';
import { isRefusal, type Refusal, refusalOf, retryDelay } from '../../capture/index.ts';
import { linesOf, parseLine } from './line-reader.ts';

/** Whether the page hears from the studio. `refused` tries again, slowly, unless the link itself is no good. */
export type FeedState =
  | { readonly at: 'connecting' | 'here' }
  | { readonly at: 'away'; readonly tries: number }
  | { readonly at: 'refused'; readonly why: Refusal };

/** What backstage needs. */
export interface BackstageOptions {
  readonly slug: string;
  readonly token: () => string;
  line(line: BackstageLine): void;
  state(state: FeedState): void;
  /** Waits until there may be a stage to hear from. */
  ready(signal: AbortSignal): Promise<void>;
  readonly signal: AbortSignal;
}

/** A stream without a line for this long is dead: levels come ten times a second. */
const SILENCE = 8_000;
/** Waits grow up to that of this many tries, 2 s: a studio that restarts is back in seconds. */
const MOST_TRIES = 4;
/** An action that is not answered within this time has not been heard, in ms. */
const ANSWER_MS = 15_000;
/** Time between two tries after a refusal, in ms. */
const REFUSED_DELAY = 5_000;
/** Links that were refused so are not shown again: nothing changes that. */
const FINAL: readonly number[] = [401, 403, 410];

/** Whether a link that was refused so will never be taken. */
export const isFinal = (why: Refusal): boolean => FINAL.includes(why.status);

/** Follows the studio's line stream until the signal aborts, and comes back by itself. */
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

/** One connection: ends when it breaks or falls silent; a refusal when it never began. */
async function followOnce(options: BackstageOptions, began: () => void): Promise<Refusal | undefined> {
  const stop = new AbortController();
  const abort = () => stop.abort();
  options.signal.addEventListener('abort', abort, { once: true });
  let watchdog = setTimeout(abort, SILENCE);
  let lines = 0;
  try {
    const response = await fetch(`/r/${options.slug}/backstage`, {
      headers: { authorization: `Bearer ${options.token()}`, accept: 'application/x-ndjson' },
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
    // A broken stream is told by its end; the next connection says more.
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

/** Sends JSON, or nothing, with the link's token, by POST unless said otherwise; the answer's object, or why not. */
export async function post(
  url: string,
  token: string,
  body: object | undefined,
  method: 'POST' | 'PATCH' | 'DELETE' = 'POST',
): Promise<Record<string, unknown> | Refusal> {
  try {
    const response = await fetch(url, {
      method,
      signal: AbortSignal.timeout(ANSWER_MS),
      headers: {
        authorization: `Bearer ${token}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
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
