/**
 * People: listeners who stay, and others who come one after the other while an attack goes on. Forked by
 * `bench/under-attack.ts` with an address of a room and a number of listeners. Each loads the room's page, then the
 * stream, from an address of its own, and tries again as a player does. What is heard is counted in fragments.
 */
import { type IncomingMessage, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { FRAGMENT_MS } from '../../src/base/time.ts';
import { addressOf } from './addresses.ts';

/** What people heard since the last question. */
export interface Heard {
  /** Media time that arrived at those who stay, divided by the time that passed; at most 1 for each. */
  readonly goodput: number;
  /** The worst of them. */
  readonly worst: number;
  /** Longest time without a fragment, ms. */
  readonly silence: number;
  readonly joins: number;
  /** Heard something within 30 s. */
  readonly joined: number;
  /** Ms from the first request to the first sound: middle, 95 %, of those who joined. */
  readonly firstP50: number;
  readonly firstP95: number;
  /** Ms until the room's page was answered with 200. */
  readonly pageP50: number;
  readonly pageP99: number;
  readonly refusals: Readonly<Record<string, number>>;
}

/** What the parent says. */
export type ToPeople =
  | { readonly say: 'tell' }
  /** From now on this many come each second; `behind` of them (a share) from one address. */
  | { readonly say: 'come'; readonly perSecond: number; readonly behind?: number };

const PATIENCE_MS = 30_000;
const STAY_MS = 4_000;
const FIRST_STAYING = 20;
const FIRST_COMING = 24;
const SHARED_ADDRESS = '127.30.0.1';
const MOOF = Buffer.from('moof');

const [url = '', staying = '100'] = process.argv.slice(2);
const { hostname, port, pathname } = new URL(url);

let refusals: Record<string, number> = {};
const refused = (what: string): void => {
  refusals[what] = (refusals[what] ?? 0) + 1;
};

/** One request; undefined when it failed or was answered with anything but 200. */
function ask(path: string, localAddress: string, leave?: AbortSignal): Promise<IncomingMessage | number> {
  return new Promise((resolve) => {
    const asked = request({
      hostname,
      port,
      path,
      localAddress,
      agent: false,
      ...(leave ? { signal: leave } : {}),
    });
    asked.setTimeout(PATIENCE_MS, () => asked.destroy(new Error('timeout')));
    asked.on('error', (error: NodeJS.ErrnoException) => {
      if (!leave?.aborted) refused(error.code ?? error.message);
      resolve(2);
    });
    asked.on('response', (answer) => {
      answer.on('error', () => {});
      if (answer.statusCode === 200) return resolve(answer);
      refused(String(answer.statusCode));
      answer.resume();
      resolve(Math.min(20, Number(answer.headers['retry-after'] ?? 1)));
    });
    asked.end();
  });
}

/** Reads a stream and calls `fragment` for each; resolves when it ends. */
async function listen(answer: IncomingMessage, fragment: () => void): Promise<void> {
  let tail = Buffer.alloc(0);
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      const bytes = Buffer.concat([tail, chunk]);
      for (let at = bytes.indexOf(MOOF); at >= 0; at = bytes.indexOf(MOOF, at + 4)) fragment();
      tail = Buffer.from(bytes.subarray(Math.max(0, bytes.length - 3)));
    }
  } catch {
    // Cut off: the caller looks at what was heard.
  }
}

const waitFor = async (hint: number): Promise<void> => {
  await pause(hint * 1000 * (0.5 + Math.random()));
};

interface Stayer {
  fragments: number;
  last: number;
  silence: number;
}
const stayers: Stayer[] = [];
/** A listener who stays and comes back when cut off. */
async function stay(n: number): Promise<void> {
  const me: Stayer = { fragments: 0, last: performance.now(), silence: 0 };
  stayers.push(me);
  const address = addressOf(FIRST_STAYING, n, 5);
  for (;;) {
    const answer = await ask(`${pathname}/stream`, address);
    if (typeof answer === 'number') {
      await waitFor(answer);
      continue;
    }
    await listen(answer, () => {
      const now = performance.now();
      me.silence = Math.max(me.silence, now - me.last);
      me.last = now;
      me.fragments += 1;
    });
    await pause(100);
  }
}

let joins = 0;
let firsts: number[] = [];
let pages: number[] = [];
/** Somebody who comes, listens for some seconds and goes. */
async function come(address: string): Promise<void> {
  const began = performance.now();
  const patient = (): boolean => performance.now() - began < PATIENCE_MS;
  joins += 1;
  for (let page = false; patient(); ) {
    const asked = performance.now();
    const answer = await ask(page ? `${pathname}/stream` : pathname, address);
    if (typeof answer === 'number') {
      await waitFor(answer);
      continue;
    }
    if (!page) {
      pages.push(performance.now() - asked);
      answer.resume();
      await new Promise((resolve) => answer.once('close', resolve));
      page = true;
      continue;
    }
    let heard = false;
    const leaving = setTimeout(() => answer.destroy(), STAY_MS);
    await listen(answer, () => {
      if (!heard && patient()) firsts.push(performance.now() - began);
      heard = true;
    });
    clearTimeout(leaving);
    if (heard) return;
    await waitFor(1);
  }
}

let perSecond = 0;
let behind = 0;
let next = 0;
setInterval(() => {
  for (let i = 0; i < perSecond / 5; i += 1) {
    const shared = next % 100 < behind * 100;
    void come(shared ? SHARED_ADDRESS : addressOf(FIRST_COMING, next % 50_000, 3));
    next += 1;
  }
}, 200);
for (let n = 0; n < Number(staying); n += 1) void pause(n * 5).then(() => stay(n));

let since = performance.now();
function tell(): Heard {
  const now = performance.now();
  const due = (now - since) / FRAGMENT_MS;
  const shares = stayers.map(({ fragments }) => Math.min(1, fragments / due));
  const silence = Math.max(...stayers.map((one) => Math.max(one.silence, now - one.last)));
  const sorted = firsts.toSorted((a, b) => a - b);
  const at = (share: number, of = sorted): number =>
    Math.round(of[Math.floor(of.length * share)] ?? Number.NaN);
  const answered = pages.toSorted((a, b) => a - b);
  const told: Heard = {
    goodput: shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length),
    worst: Math.min(...shares),
    silence: Math.round(silence),
    ...{ joins, joined: sorted.length, firstP50: at(0.5), firstP95: at(0.95), refusals },
    ...{ pageP50: at(0.5, answered), pageP99: at(0.99, answered) },
  };
  for (const one of stayers) {
    one.fragments = 0;
    one.silence = 0;
  }
  [since, joins, firsts, pages, refusals] = [now, 0, [], [], {}];
  return told;
}

process.on('message', (told: ToPeople) => {
  if (told.say === 'tell') process.send?.(tell());
  else {
    perSecond = told.perSecond;
    behind = told.behind ?? 0;
  }
});
process.once('disconnect', () => process.exit());
