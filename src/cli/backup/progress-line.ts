/** How often a terminal is written to. */
const EVERY_MS = 200;
/** How often a line is added where there is no terminal: a journal, a file, a job that somebody looks at later. */
const LINE_EVERY_MS = 5_000;
const WIDTH = 24;

const seconds = (ms: number): string => {
  const whole = Math.max(0, Math.round(ms / 1000));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
};
const size = (bytes: number): string =>
  bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;

/** How an amount is written. */
export type ProgressUnit = 'bytes' | 'rows';

/** One line of progress: a bar, how much, the time that has passed and the time that is left. */
export function progressText(
  done: number,
  total: number,
  passed: number,
  unit: ProgressUnit = 'bytes',
): string {
  const share = total > 0 ? Math.min(1, done / total) : 0;
  const bar = '#'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '.');
  const left = share > 0.01 ? `, about ${seconds(passed / share - passed)} left` : '';
  const much = unit === 'bytes' ? `${size(done)} of ${size(total)}` : `${done} of ${total} rows`;
  return `[${bar}] ${String(Math.floor(share * 100)).padStart(3)} %  ${much}  ${seconds(passed)}${left}`;
}

/** Where progress is shown: standard error, unless a test has something else. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/**
 * Shows progress: again and again on one line of a terminal, elsewhere as a further line every five seconds; nothing
 * with `quiet`. `now` is monotonic ms.
 */
export function openProgress(
  quiet: boolean,
  {
    unit = 'bytes',
    output = process.stderr,
    now = () => performance.now(),
  }: { unit?: ProgressUnit; output?: ProgressOutput; now?: () => number } = {},
): {
  (done: number, total: number): void;
  end(): void;
} {
  const terminal = output.isTTY === true;
  const every = terminal ? EVERY_MS : LINE_EVERY_MS;
  const began = now();
  let [shown, written] = [terminal ? Number.NEGATIVE_INFINITY : began, false];
  const tell = (done: number, total: number): void => {
    const at = now();
    if (quiet || (at - shown < every && !(terminal && done >= total))) return;
    shown = at;
    written = true;
    const text = progressText(done, total, at - began, unit);
    output.write(terminal ? `\r\u001b[K${text}` : `${text}\n`);
  };
  return Object.assign(tell, {
    end(): void {
      if (written && terminal) output.write('\n');
    },
  });
}
