/** The state of one part, for `/readyz`. */
export interface Check {
  /** The part it is about: `door-0`, `database`, `recording`. */
  readonly part: string;
  readonly ok: boolean;
  /** A few words for an operator. They are public, so they contain no path, no name and no address. */
  readonly says?: string;
}

/** The public answer of `/readyz`, given by doors. */
export interface Readiness {
  readonly code: 200 | 503;
  readonly text: string;
}

/** What a process tells its supervisor about itself. */
export interface Telling {
  /** Prometheus text. */
  metrics?(): string;
  /** Called once a second: the current checks, without waiting for anything. */
  checks?(): readonly Check[];
  /** Receives the readiness of the whole installation once a second; only in children that `serve`. */
  told?(ready: Readiness): void;
}

/** The open parts of a role, and the information they give about themselves. */
export interface OpenRole extends AsyncDisposable, Telling {
  /** True while a pause of the process would go unnoticed; default: always. */
  idle?(): boolean;
}

/** The checks as text, one line per part, and the status of the answer: 200 when all are well, otherwise 503. */
export function readiness(checks: readonly Check[]): Readiness {
  const ready = checks.length > 0 && checks.every(({ ok }) => ok);
  const width = Math.max(5, ...checks.map(({ part }) => part.length));
  const lines = checks.map(({ part, ok, says }) =>
    `${part.padEnd(width)}  ${ok ? 'ok    ' : 'failed'}${says ? `  ${says}` : ''}`.trimEnd(),
  );
  return { code: ready ? 200 : 503, text: `${[ready ? 'ready' : 'not ready', ...lines].join('\n')}\n` };
}
