/** Something fetched again and again, gently. */
export interface Poll {
  /** Fetches now, because something just changed. */
  now(): void;
  close(): void;
}

/** How often, in ms: while the page is seen, while it is hidden, and at most after failures. */
export interface Pace {
  readonly seen: number;
  readonly hidden: number;
  readonly failing: number;
}

/** What one fetch may take. */
const PATIENCE_MS = 6_000;

/** Fetches JSON at a pace with 10 % jitter; failures double the wait. `fresh` gets what came, `failed` the count. */
export function openPoll<T>(
  url: string,
  pace: Pace,
  fresh: (value: T) => void,
  failed: (times: number, status: number) => void,
): Poll {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let closed = false;

  const next = (): void => {
    if (closed) return;
    const usual = document.visibilityState === 'visible' ? pace.seen : pace.hidden;
    const wait = failures === 0 ? usual : Math.min(pace.failing, Math.max(usual, 1000) * 2 ** (failures - 1));
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), wait * (0.9 + Math.random() * 0.2));
  };
  const ask = async (): Promise<void> => {
    let status = 0;
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
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
