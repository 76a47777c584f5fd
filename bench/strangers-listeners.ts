/**
 * Listeners of one room whose gaps between writes are measured. Forked by `bench/strangers.ts` with an address and a
 * number.
 */
import { request } from 'node:http';

/** Gaps of one interval, ms. */
export interface Gaps {
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
  readonly count: number;
  readonly lost: number;
}

/** The bytes of one write may arrive in two reads. */
const ONE_WRITE_MS = 20;

const [url = '', number = '20'] = process.argv.slice(2);
let gaps: number[] = [];
let lost = 0;
for (let i = 0; i < Number(number); i++) {
  const asked = request(url, { agent: false });
  const gone = (): number => (lost += 1);
  asked.on('error', gone);
  asked.on('response', (answer) => {
    let last = performance.now();
    answer.on('close', gone);
    answer.on('data', () => {
      const now = performance.now();
      if (now - last > ONE_WRITE_MS) gaps.push(now - last);
      last = now;
    });
  });
  asked.end();
}
process.on('message', () => {
  const sorted = gaps.toSorted((a, b) => a - b);
  const at = (share: number): number => Math.round(sorted[Math.floor(sorted.length * share)] ?? Number.NaN);
  const told: Gaps = {
    p50: at(0.5),
    p99: at(0.99),
    worst: Math.round(sorted.at(-1) ?? 0),
    count: sorted.length,
    lost,
  };
  gaps = [];
  process.send?.(told);
});
process.once('disconnect', () => process.exit());
