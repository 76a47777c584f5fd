/** How often a terminal is written to. */
const EVERY_MS = 200;
const WIDTH = 24;

const seconds = (ms: number): string => {
  const whole = Math.max(0, Math.round(ms / 1000));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
};
const size = (bytes: number): string =>
  bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;

/** One line of progress: a bar, bytes, the time that has passed and the time that is left. */
export function progressText(done: number, total: number, passed: number): string {
  const share = total > 0 ? Math.min(1, done / total) : 0;
  const bar = '#'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '.');
  const left = share > 0.01 ? `, about ${seconds(passed / share - passed)} left` : '';
  return `[${bar}] ${String(Math.floor(share * 100)).padStart(3)} %  ${size(done)} of ${size(total)}  ${seconds(passed)}${left}`;
}

/**
 * Shows progress on the terminal that standard error is, again and again on one line; nothing where it is none, and with
 * `quiet`.
 */
export function openProgress(quiet: boolean): {
  (done: number, total: number): void;
  end(): void;
} {
  const shows = !quiet && process.stderr.isTTY === true;
  const began = performance.now();
  let [shown, written] = [Number.NEGATIVE_INFINITY, false];
  const tell = (done: number, total: number): void => {
    const now = performance.now();
    if (!shows || (now - shown < EVERY_MS && done < total)) return;
    shown = now;
    written = true;
    process.stderr.write(`\r\u001b[K${progressText(done, total, now - began)}`);
  };
  return Object.assign(tell, {
    end(): void {
      if (written) process.stderr.write('\n');
    },
  });
}
