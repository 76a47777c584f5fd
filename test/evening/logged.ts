import { chance } from '../chance.ts';

/** Who made a request, as the generator knows it. */
export type Truth = 'person' | 'declared-bot' | 'undeclared-bot' | 'attacker';

/** One request of a made-up evening. */
export interface Logged {
  /** Wall-clock ms. */
  at: number;
  address: string;
  agent: string;
  method: string;
  target: string;
  status: number;
  bytes: number;
  referer: string;
  /** Ms; worked out by the server of the evening. */
  duration: number;
  truth: Truth;
  /** Ms for which a stream was heard after its answer had begun. */
  hears?: number;
}

/** Seeded numbers of the shapes that traffic has. */
export interface Dice {
  (): number;
  /** Whole number from 0 to below `n`. */
  below(n: number): number;
  between(a: number, b: number): number;
  pick<T>(list: readonly T[]): T;
  /** Index of a list in which the first are frequent (Zipf with exponent `s`). */
  zipf(n: number, s?: number): number;
  exponential(mean: number): number;
  logNormal(median: number, sigma: number): number;
}

/** Dice of a seed. */
export function dice(seed: number): Dice {
  const random = chance(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const tables = new Map<string, number[]>();
  const rolls = (() => random()) as unknown as Dice;
  rolls.below = (n) => Math.floor(random() * n);
  rolls.between = (a, b) => a + random() * (b - a);
  rolls.pick = (list) => list[Math.floor(random() * list.length)]!;
  rolls.exponential = (mean) => -Math.log(1 - random()) * mean;
  rolls.logNormal = (median, sigma) => median * Math.exp(sigma * normal());
  rolls.zipf = (n, s = 1) => {
    const key = `${n} ${s}`;
    let table = tables.get(key);
    if (!table) {
      let sum = 0;
      table = Array.from({ length: n }, (_, i) => (sum += 1 / (i + 1) ** s));
      tables.set(key, table);
    }
    const at = random() * table.at(-1)!;
    let [low, high] = [0, n - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (table[middle]! < at) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return rolls;
}

const pad = (value: number, width = 2): string => String(value).padStart(width, '0');
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

function stamp(at: number): string {
  const d = new Date(at);
  return `${pad(d.getUTCDate())}/${MONTHS[d.getUTCMonth()]}/${d.getUTCFullYear()}:${pad(d.getUTCHours())}:${pad(d.getUTCMinutes())}:${pad(d.getUTCSeconds())} +0000`;
}

const requestLine = ({ method, target }: Logged): string =>
  method === '' ? '-' : `${method} ${target} HTTP/1.1`;

/** The line of a request in each format that is read. */
export const FORMATS = {
  combined: (r: Logged) =>
    `${r.address} - - [${stamp(r.at)}] "${requestLine(r)}" ${r.status} ${r.bytes} "${r.referer || '-'}" "${r.agent || '-'}"`,
  common: (r: Logged) =>
    `${r.address} - - [${stamp(r.at)}] "${requestLine(r)}" ${r.status} ${r.bytes || '-'}`,
  microseconds: (r: Logged) => `${FORMATS.combined(r)} ${Math.round(r.duration * 1000)}`,
  seconds: (r: Logged) => `${FORMATS.combined(r)} ${(r.duration / 1000).toFixed(3)}`,
  vhost: (r: Logged) => `www.example.org:443 ${FORMATS.combined(r)}`,
  caddy: (r: Logged) =>
    JSON.stringify({
      ...{ level: 'info', ts: r.at / 1000, logger: 'http.log.access', msg: 'handled request' },
      request: {
        ...{
          remote_ip: r.address,
          client_ip: r.address,
          proto: 'HTTP/2.0',
          method: r.method,
          host: 'example.org',
        },
        uri: r.target,
        headers: { 'User-Agent': [r.agent], ...(r.referer ? { Referer: [r.referer] } : {}) },
      },
      ...{ bytes_read: 0, duration: r.duration / 1000, size: r.bytes, status: r.status },
    }),
  haproxy: (r: Logged) => {
    const ms = Math.round(r.duration);
    return `Nov 30 20:00:00 lb haproxy[123]: ${r.address}:33317 [${stamp(r.at).slice(0, 20)}.${pad((r.at % 1000) | 0, 3)}] web app/a1 0/0/1/${ms}/${ms} ${r.status} ${r.bytes} - - ---- 10/10/2/1/0 0/0 {${r.agent}|${r.referer}} "${requestLine(r)}"`;
  },
} as const;
/** The name of a format. */
export type FormatName = keyof typeof FORMATS;
