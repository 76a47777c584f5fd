/** Something that is fetched repeatedly. */
export interface Poll {
  /** Fetches now, because something has changed. */
  now(): void;
  close(): void;
}

/** Intervals in ms: while the page is visible, and the longest one after failures. */
export interface Pace {
  /** Called before each wait. */
  seen(): number;
  readonly failing: number;
  /** Asked before each fetch: true while what would be fetched is known already. */
  known?(): boolean;
}

/** Longest time for one fetch, ms. */
const PATIENCE_MS = 6_000;
/** A hidden page fetches this many times less often. */
const HIDDEN = 5;
/** Each wait varies by at most this share, so that listeners who came together do not ask together. */
const JITTER = 0.2;

/**
 * Fetches JSON at a pace with 20 % jitter; failures double the wait. `fresh` gets the answer, `failed` the number of
 * failures in a row, and `url` is called with that number.
 */
export function openPoll<T>(
  url: (failures: number) => string,
  pace: Pace,
  fresh: (value: T) => void,
  failed: (times: number, status: number) => void,
): Poll {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let closed = false;

  const next = (): void => {
    if (closed) return;
    const usual = pace.seen() * (document.visibilityState === 'visible' ? 1 : HIDDEN);
    const wait =
      failures === 0
        ? usual
        : Math.min(Math.max(pace.failing, usual), Math.max(usual, 1000) * 2 ** (failures - 1));
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), wait * (1 - JITTER + 2 * JITTER * Math.random()));
  };
  const ask = async (): Promise<void> => {
    if (pace.known?.()) return next();
    let status = 0;
    try {
      const at = url(failures);
      const response = await fetch(at, {
        signal: AbortSignal.timeout(PATIENCE_MS),
        // With a cached copy the browser would send its tag; a door answers plain requests from one buffer for
        // everyone.
        cache: at.startsWith('/') ? 'no-store' : 'default',
      });
      status = response.status;
      if (!response.ok) throw new Error(String(status));
      const value = (await response.json()) as T;
      failures = 0;
      if (!closed) fresh(value);
    } catch {
      failures++;
      if (!closed) failed(failures, status);
    }
    next();
  };
  const seen = (): void => {
    if (document.visibilityState === 'visible') now();
  };
  const now = (): void => {
    clearTimeout(timer);
    void ask();
  };
  document.addEventListener('visibilitychange', seen);
  void ask();
  return {
    now,
    close() {
      closed = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
    },
  };
}
