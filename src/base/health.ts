/** What one part says about itself, for `/readyz`. */
export interface Check {
  /** `door-0`, `database`, `recording`: who it is about. */
  readonly part: string;
  readonly ok: boolean;
  /** A few words for an operator. They are public: no path, no name, no address. */
  readonly says?: string;
}

/** The answer of `/readyz`, which doors give to whoever asks. */
export interface Readiness {
  readonly code: 200 | 503;
  readonly text: string;
}

/** What a process tells its supervisor of itself. */
export interface Telling {
  /** Prometheus text. */
  metrics?(): string;
  /** Asked once a second: what it knows, without waiting. */
  checks?(): readonly Check[];
  /** Takes the readiness of the whole installation, once a second; only in children that `serve`. */
  told?(ready: Readiness): void;
}

/** The open parts of a role, and what they tell of themselves. */
export interface OpenRole extends AsyncDisposable, Telling {
  /** True while nobody notices that the process pauses; default: always. */
  idle?(): boolean;
}

/** The checks as text, one line a part, and the code of the answer: 200 when all are well, else 503. */
export function readiness(checks: readonly Check[]): Readiness {
  const ready = checks.length > 0 && checks.every(({ ok }) => ok);
  const width = Math.max(5, ...checks.map(({ part }) => part.length));
  const lines = checks.map(({ part, ok, says }) =>
    `${part.padEnd(width)}  ${ok ? 'ok    ' : 'failed'}${says ? `  ${says}` : ''}`.trimEnd(),
  );
  return { code: ready ? 200 : 503, text: `${[ready ? 'ready' : 'not ready', ...lines].join('\n')}\n` };
}
