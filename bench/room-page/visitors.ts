/**
 * Visitors who open rooms' pages at a steady rate, whatever the answers take. Forked by `bench/room-page.ts`. Each
 * latency counts from the moment at which the request was planned to the last byte of its answer, so a server that
 * stands still is charged for all who came meanwhile.
 */
import { connect, type Socket } from 'node:net';

/** What is asked for, and how often a second. */
export interface VisitOrder {
  readonly port: number;
  readonly perSecond: number;
  readonly seconds: number;
  readonly rooms: Readonly<Record<VisitKind, readonly string[]>>;
}
/** What kind of room a visitor opens. */
export type VisitKind = 'live' | 'waiting' | 'ended';

/** Of one kind: ms from the planned moment. */
export interface VisitFigures {
  readonly kind: string;
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly worst: number;
}
/** What the visitors saw. */
export interface VisitReport {
  readonly kinds: readonly VisitFigures[];
  /** Answers by status; `none` for those that never came. */
  readonly answers: Readonly<Record<string, number>>;
  readonly bytes: number;
  /** By how much the generator itself began later than planned, ms: p99. */
  readonly late: number;
}

/**
 * Most visitors come for the live room; the many rooms that are over are asked for so rarely that no page is kept for
 * them. Each with the upper end of its share.
 */
const SHARE: readonly (readonly [VisitKind, number])[] = [
  ['live', 0.6],
  ['waiting', 0.85],
  ['ended', 1],
];
const FRENCH = 0.3;
const COOKIE = 0.3;
const CONDITIONAL = 0.25;
const KEPT_ALIVE = 0.5;
const POOL = 64;
const LIMIT_MS = 10_000;
const TICK_MS = 1;

let seed = 0x2f6e2b1;
/** 0 ≤ n < 1, the same in each run. Mulberry32. */
function random(): number {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
}
const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

const latencies: Record<string, number[]> = { live: [], waiting: [], ended: [], new: [], kept: [] };
const late: number[] = [];
const answers: Record<string, number> = {};
let bytes = 0;
const tags = new Map<string, string>();

/** Asks on a socket and reads the answer to its end. */
class Visitor {
  readonly #socket: Socket;
  #chunks: Buffer[] = [];
  #length = 0;
  #needed = -1;
  #head = '';
  #done: ((head: string | undefined) => void) | undefined;

  constructor(port: number) {
    const from = `127.${1 + Math.floor(random() * 250)}.${Math.floor(random() * 250)}.${2 + Math.floor(random() * 250)}`;
    this.#socket = connect({ port, host: '127.0.0.1', localAddress: from });
    this.#socket.setNoDelay();
    this.#socket.on('data', (chunk) => this.#read(chunk));
    this.#socket.on('error', () => this.#over(undefined));
    this.#socket.on('close', () => this.#over(undefined));
  }

  get usable(): boolean {
    return !this.#socket.destroyed && this.#done === undefined;
  }

  ask(text: string, done: (head: string | undefined) => void): void {
    this.#done = done;
    this.#socket.write(text);
  }

  end(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    bytes += chunk.length;
    this.#length += chunk.length;
    if (this.#needed < 0) {
      this.#chunks.push(chunk);
      const all = Buffer.concat(this.#chunks);
      const end = all.indexOf('\r\n\r\n');
      if (end < 0) return;
      this.#head = all.toString('latin1', 0, end + 2);
      const length = /\r\ncontent-length: (\d+)/i.exec(this.#head)?.[1];
      this.#needed = end + 4 + Number(length ?? 0);
    }
    if (this.#length >= this.#needed) this.#over(this.#head);
  }

  #over(head: string | undefined): void {
    const done = this.#done;
    this.#done = undefined;
    [this.#chunks, this.#length, this.#needed] = [[], 0, -1];
    done?.(head);
  }
}

function headOf(path: string, fresh: boolean): { readonly text: string; readonly key: string } {
  const language = random() < FRENCH ? 'fr-FR,fr;q=0.9,en;q=0.8' : 'en-GB,en;q=0.9';
  const which = random();
  const coding = which < 0.85 ? 'gzip, deflate, br, zstd' : which < 0.95 ? 'gzip' : '';
  const key = `${path} ${language} ${coding}`;
  const tag = random() < CONDITIONAL ? tags.get(key) : undefined;
  const cookie =
    random() < COOKIE
      ? `cookie: earshot.session_token=${Math.floor(random() * 1e15).toString(36)}.${'k'.repeat(43)}; theme=dark\r\n`
      : '';
  return {
    key,
    text: `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0\r\naccept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\naccept-language: ${language}\r\n${
      coding ? `accept-encoding: ${coding}\r\n` : ''
    }sec-fetch-dest: document\r\nsec-fetch-mode: navigate\r\nsec-fetch-site: none\r\n${cookie}${
      tag ? `if-none-match: ${tag}\r\n` : ''
    }${fresh ? 'connection: close\r\n' : ''}\r\n`,
  };
}

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;

async function visit({ port, perSecond, seconds, rooms }: VisitOrder): Promise<VisitReport> {
  const pool: Visitor[] = [];
  let open = 0;
  const ask = (planned: number): void => {
    late.push(performance.now() - planned);
    const which = random();
    const kind = SHARE.find(([, upTo]) => which < upTo)?.[0] ?? 'ended';
    const fresh = random() >= KEPT_ALIVE;
    const { text, key } = headOf(`/r/${one(rooms[kind])}`, fresh);
    let visitor = fresh ? undefined : pool.pop();
    if (!visitor?.usable) visitor = new Visitor(port);
    const asking = visitor;
    open += 1;
    asking.ask(text, (head) => {
      open -= 1;
      const took = performance.now() - planned;
      latencies[kind]?.push(took);
      latencies[fresh ? 'new' : 'kept']?.push(took);
      const status = head?.slice(9, 12) ?? 'none';
      answers[status] = (answers[status] ?? 0) + 1;
      const tag = head && /\r\netag: ([^\r]+)/i.exec(head)?.[1];
      if (tag) tags.set(key, tag);
      if (fresh || pool.length >= POOL) asking.end();
      else pool.push(asking);
    });
  };
  const began = performance.now();
  const count = perSecond * seconds;
  await new Promise<void>((resolve) => {
    let n = 0;
    const turn = setInterval(() => {
      for (; n < count && began + (n * 1_000) / perSecond <= performance.now(); n++)
        ask(began + (n * 1_000) / perSecond);
      if (n < count) return;
      clearInterval(turn);
      resolve();
    }, TICK_MS);
  });
  const limit = performance.now() + LIMIT_MS;
  while (open > 0 && performance.now() < limit) await new Promise((resolve) => setTimeout(resolve, 20));
  if (open > 0) answers.none = (answers.none ?? 0) + open;
  const all = [...(latencies.new ?? []), ...(latencies.kept ?? [])];
  const kinds = Object.entries({ all, ...latencies }).map(([kind, of]): VisitFigures => {
    const sorted = of.toSorted((a, b) => a - b);
    return {
      ...{ kind, count: sorted.length, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) },
      ...{ p999: quantile(sorted, 0.999), worst: sorted.at(-1) ?? Number.NaN },
    };
  });
  for (const visitor of pool) visitor.end();
  return {
    ...{ kinds, answers, bytes },
    late: quantile(
      late.toSorted((a, b) => a - b),
      0.99,
    ),
  };
}

process.once('message', (order: VisitOrder) => {
  void visit(order).then((report) => process.send?.(report, () => process.disconnect()));
});
process.send?.('ready');
