import { EarshotError, type ErrorCode } from '../../base/errors.ts';

/** Errors that waiting does not mend: the link or the room itself is over. */
const FINAL: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...(['token-missing', 'token-invalid', 'token-expired', 'token-other-room'] as const),
  ...([
    'removed',
    'link-withdrawn',
    'room-ended',
    'bad-sdp',
    'bad-config',
    'bad-request',
    'unsupported-media-type',
  ] as const),
]);
/**
 * A starting server answers a little before it knows its rooms: an unknown room is believed after this many answers
 * in a row.
 */
const UNKNOWN_TIMES = 30;
const FIRST_MS = 1_000;
const LONGEST_MS = 10_000;

/** Decides whether a speaking program comes back after a failure, and waits before it does. */
export interface Return {
  /** It is heard, so the next failure counts as a first one. */
  well(): void;
  /** Waits and returns true when trying again can help; returns false at once otherwise. */
  after(error: unknown): Promise<boolean>;
}

/** Waits 1, 2, 4, 8 and then 10 s between tries, and says so in one line each. */
export function openReturn(deps: {
  wait(milliseconds: number): Promise<unknown>;
  say(line: string): void;
}): Return {
  let tries = 0;
  let unknown = 0;
  return {
    well() {
      tries = 0;
      unknown = 0;
    },
    async after(error) {
      const code = error instanceof EarshotError ? error.code : undefined;
      // fetch says TypeError when nobody answers; anything else is a mistake of ours.
      if (code === undefined ? !(error instanceof TypeError) : FINAL.has(code)) return false;
      unknown = code === 'room-unknown' ? unknown + 1 : 0;
      if (unknown > UNKNOWN_TIMES) return false;
      const wait = Math.min(LONGEST_MS, FIRST_MS * 2 ** tries);
      tries += 1;
      const why = code === undefined ? 'the server does not answer' : (error as Error).message;
      deps.say(`${why}; trying again in ${wait / 1000} s`);
      await deps.wait(wait);
      return true;
    },
  };
}
