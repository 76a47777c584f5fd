import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { Door, DoorDeps } from '../src/door/index.ts';
import { LIMITS } from '../src/door/index.ts';
import { readFileHead } from '../src/door/request/file-head.ts';
import { readFirstHead, wholeLength } from '../src/door/request/first-head.ts';
import { ADDRESSES } from '../src/http/index.ts';
import { fakeOrigin, openTestDoor } from './door.ts';

/** A random number, 0 ≤ n < 1. */
type Random = () => number;

const METHODS = [
  'GET',
  'GET',
  'GET',
  'HEAD',
  'OPTIONS',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'TRACE',
  'CONNECT',
  'M-SEARCH',
];
const FIELDS = [
  ...[
    'Range: bytes=0-99',
    'Range: bytes=-5,7-',
    'If-None-Match: "a", W/"b"',
    'Accept-Encoding: gzip;q=0, br',
    'Accept: text/html',
  ],
  ...[
    'Content-Length: 5',
    'Content-Length: 0',
    'Transfer-Encoding: chunked',
    'Expect: 100-continue',
    'Upgrade: websocket',
  ],
  ...[
    'Connection: keep-alive',
    'Connection: close',
    'Connection: upgrade, x-a',
    'Connection: host, content-length',
    'TE: trailers',
  ],
  ...[
    'X-Forwarded-For: 203.0.113.9, 10.0.0.1',
    'X-Forwarded-Proto: https, http',
    'Forwarded: for=1.2.3.4;host=evil',
  ],
  ...[
    'Authorization: Bearer a.b.c',
    'Origin: https://elsewhere.example',
    'Access-Control-Request-Method: GET',
  ],
  ...[
    'Access-Control-Request-Headers: cmcd-object, x-y',
    'Cookie: a=b; earshot-ticket=q1.x.1.1.w.1.aaaaaaaaaaaaaaaaaaaaaa',
  ],
  ...[
    'Sec-Purpose: prefetch',
    'Content-Type: application/sdp',
    'If-Range: "x"',
    'Trailer: x',
    'Icy-MetaData: 1',
    `X-Long: ${'y'.repeat(3_000)}`,
  ],
];
const QUERIES = [
  '',
  '',
  '?codec=aac&rate=9',
  '?_HLS_msn=7&_HLS_part=1&_HLS_skip=YES',
  '?ticket=%00',
  '?after=4294967296&margin=-1',
  '?a=%ff&b=%',
  '??&&==',
  `?back=${'a'.repeat(300)}`,
];
const PIECES = [
  ...[
    '\r\n',
    '\n',
    '\r',
    '\0',
    '\t',
    ' ',
    ':',
    '%00',
    '%2e%2e/',
    '/../',
    '\\',
    '//',
    '%',
    '%ff',
    '\xff',
    '\x80',
    ';',
    '?',
    '#',
    '*',
    '[',
    '::1',
  ],
  ...[
    '\r\nHost: y',
    '\r\nTransfer-Encoding: chunked',
    '\r\nContent-Length: 99999999999999999999',
    '\r\nContent-Length: -1',
    '\r\n folded',
  ],
  ...[
    'HTTP/1.1',
    'HTTP/0.9',
    'HTTP/2.0',
    'http://other/',
    'https://[::1',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    '\x16\x03\x01\x02\0',
    '0\r\n\r\n',
    'ffffffff\r\n',
  ],
];

const oneOf = <T>(list: readonly T[], random: Random): T => list[Math.floor(random() * list.length)] as T;

/** A valid request for any address, with meaningful fields. */
function sound(random: Random): string {
  const path = oneOf(oneOf(ADDRESSES, random).examples, random).replace(
    'hall',
    random() < 0.8 ? 'room' : 'hall',
  );
  const fields = Array.from({ length: Math.floor(random() * 5) }, () => `${oneOf(FIELDS, random)}\r\n`).join(
    '',
  );
  const target = `${random() < 0.05 ? 'http://x' : ''}${path}${oneOf(QUERIES, random)}`;
  const body = random() < 0.3 ? 'hello' : '';
  return `${oneOf(METHODS, random)} ${target} HTTP/1.${random() < 0.9 ? 1 : 0}\r\nHost: x\r\n${fields}\r\n${body}`;
}
/** The same request with one fault. */
function spoil(text: string, random: Random): string {
  const at = Math.floor(random() * (text.length + 1));
  const to = Math.min(text.length, at + Math.floor(random() ** 3 * 60));
  switch (Math.floor(random() * 11)) {
    case 0:
      return text.slice(0, at) + String.fromCharCode(Math.floor(random() * 256)) + text.slice(at + 1);
    case 1:
      return text.slice(0, at) + oneOf(PIECES, random) + text.slice(at);
    case 2:
      return text.slice(0, at) + text.slice(to);
    case 3:
      return text.slice(0, to) + text.slice(at);
    case 4:
      return text.slice(0, at);
    case 5: {
      const lines = text.split('\r\n');
      lines.splice(Math.floor(random() * lines.length), 0, oneOf(lines, random));
      return lines.join('\r\n');
    }
    case 6:
      return text.replace(/\d+/, () =>
        oneOf(['-1', '0', '007', '4294967296', '1e9', '9'.repeat(40), '0x10'], random),
      );
    case 7:
      return (
        text.slice(0, at) + oneOf(PIECES, random).repeat(Math.floor(random() ** 2 * 300)) + text.slice(at)
      );
    case 8:
      return text + sound(random);
    case 9:
      return random() < 0.5 ? text.toUpperCase() : text.toLowerCase();
    default: {
      const lines = text.split('\r\n');
      return [...lines.slice(0, 1), ...lines.slice(1).sort(() => random() - 0.5)].join('\r\n');
    }
  }
}

/** A mutated head; the same for the same `random`. */
export function mutatedHead(random: Random): Buffer {
  let text = sound(random);
  for (let i = Math.floor(random() * 5); i > 0; i -= 1) text = spoil(text, random);
  return Buffer.from(text.slice(0, 60_000), 'latin1');
}

/** The result of a run. */
export interface HeadsRun {
  readonly sent: number;
  /** Counts by first status, by `closed` without an answer, or by the fault. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** Connections that were neither answered nor ended, with the bytes that they had sent. */
  readonly hangs: readonly string[];
  /** Invalid answers, and answers 500. */
  readonly wrong: readonly string[];
}

/** Limit for an answer, a close or both; ten times the longest time limit of the door below. */
const PATIENCE_MS = 30_000;

/** Sends `count` mutated heads to a real door with a site and a cell behind it, `at` at a time. */
export async function sendMutatedHeads(
  count: number,
  random: Random,
  at: number,
  folder: string,
): Promise<HeadsRun> {
  const socketPath = `${folder}/behind`;
  rmSync(socketPath, { force: true });
  const behind = createServer((req, res) => {
    req.on('error', () => {}).resume();
    res.end('{}');
  });
  await new Promise<void>((resolve) => behind.listen(socketPath, resolve));
  const origin = fakeOrigin();
  origin.tick();
  origin.answers = async () => ({
    status: 200,
    headers: { 'cache-control': 'public, max-age=1' },
    body: 'x'.repeat(200),
  });
  const faults: string[] = [];
  const log = {
    ...(await import('../src/base/log.ts')).silentLog,
    error: (_: unknown, text: string) => void faults.push(text),
  };
  const limits = {
    ...{ ...LIMITS, busyFrom: Number.POSITIVE_INFINITY, row: 64 },
    ...{
      headTimeout: 1_000,
      requestTimeout: 1_000,
      keepAlive: 1_000,
      bodyStall: 1_000,
      upstreamTimeout: 2_000,
    },
  } as DoorDeps['limits'];
  const behindIt = { site: { socketPath }, cell: () => ({ socketPath }) };
  const door: Door = await openTestDoor(origin, {
    ...behindIt,
    limits,
    log: { ...log, part: () => log } as never,
  });
  const outcomes = new Map<string, number>();
  const hangs: string[] = [];
  const wrong: string[] = [];

  async function one(): Promise<void> {
    const bytes = mutatedHead(random);
    // The readers themselves, with any truncation.
    for (const cut of [bytes.length, Math.floor(random() * bytes.length)]) {
      readFirstHead(bytes.subarray(0, cut), LIMITS);
      readFileHead(bytes.subarray(0, cut), LIMITS);
      wholeLength(bytes.subarray(0, cut), LIMITS);
    }
    const cut = random() < 0.3 ? Math.floor(random() * bytes.length) : bytes.length;
    const outcome = await new Promise<string>((resolve) => {
      const socket = connect({ port: door.port, host: '127.0.0.1', noDelay: true });
      let got = '';
      const finish = (what: string) => {
        clearTimeout(hang);
        clearTimeout(close);
        socket.destroy();
        resolve(what);
      };
      const hang = setTimeout(() => finish('hang'), PATIENCE_MS);
      // Ends the sending side, so that a reader waiting for the rest learns that there is none.
      const close = setTimeout(() => socket.end(), 60);
      socket.on('error', () => {}).on('close', () => finish(got === '' ? 'closed' : got));
      socket.on('data', (chunk) => {
        got += chunk.toString('latin1', 0, 400);
        if (got.includes('\r\n\r\n') || got.length > 4_000) finish(got);
      });
      socket.write(bytes.subarray(0, cut));
      if (cut < bytes.length) setTimeout(() => socket.write(bytes.subarray(cut)), 2);
    });
    const status =
      /^HTTP\/1\.1 (\d{3}) /.exec(outcome)?.[1] ?? (/^(?:closed|hang)$/.test(outcome) ? outcome : 'no HTTP');
    outcomes.set(status, (outcomes.get(status) ?? 0) + 1);
    if (status === 'hang') hangs.push(bytes.toString('latin1'));
    if (status === 'no HTTP' || status === '500')
      wrong.push(`${JSON.stringify(bytes.toString('latin1'))} → ${outcome.slice(0, 200)}`);
  }
  let left = count;
  await Promise.all(
    Array.from({ length: at }, async () => {
      while (left > 0) {
        left -= 1;
        await one();
      }
    }),
  );
  const until = performance.now() + 10_000;
  while (!door.metrics().includes('open_connections 0') && performance.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 50));
  if (!door.metrics().includes('open_connections 0')) hangs.push('connections are left open');
  wrong.push(...faults);
  await door[Symbol.asyncDispose]();
  behind.closeAllConnections();
  behind.close();
  return { sent: count, outcomes, hangs, wrong };
}
