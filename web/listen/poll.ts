/** Something fetched again and again, gently. */
export interface Poll {
  /** Fetches now, because something just changed. */
  now(): void;
  close(): void;
}

/** How often, in ms: while the page is seen, and at most after failures. */
export interface Pace {
  /** Asked before each wait. */
  seen(): number;
  readonly failing: number;
}

/** What one fetch may take. */
const PATIENCE_MS = 6_000;
/** A hidden page asks so many times more seldom. */
const HIDDEN = 5;
/** Each wait is longer or shorter by at most this share: a crowd that came at once does not ask at once. */
const JITTER = 0.2;

/** Fetches JSON at a pace with 20 % jitter; failures double the wait. `fresh` gets what came, `failed` the count, which `url` is told. */
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
    let status = 0;
    try {
      const at = url(failures);
      const response = await fetch(at, {
        signal: AbortSignal.timeout(PATIENCE_MS),
        // A copy kept here would be asked about with its tag, and a door answers plain questions from one buffer for everyone.
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
