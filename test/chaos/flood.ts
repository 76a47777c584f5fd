/**
 * A bounded flood: `node flood.ts URL SLUG KIND RATE SECONDS`. It begins RATE connections a second, from many loopback
 * addresses, has at most 500 of them open, and ends by itself.
 */
import { connect, type Socket } from 'node:net';
import type { Flood } from './schedule.ts';

const [url = '', slug = '', kind = 'random-urls', rate = '300', lasts = '5'] = process.argv.slice(2);
const { hostname, port } = new URL(url);
const MOST_OPEN = 500;
const TURN_MS = 20;
/** A stream is left after this many bytes. */
const ENOUGH = 20_000;

const open = new Set<Socket>();
let turn = 0;

/** What one connection sends first. */
const HEADS: Readonly<Record<Flood, () => string>> = {
  'random-urls': () =>
    `GET /${Math.random().toString(36).slice(2)}?x=${Math.random()} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n\r\n`,
  'joins-and-leaves': () =>
    `GET /r/${slug}/stream?codec=opus HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n\r\n`,
  'slow-heads': () => `GET /r/${slug} HTTP/1.1\r\nHost: ${hostname}\r\n`,
  beacons: () => {
    const body = JSON.stringify({ session: 'forged', way: 'stream', window: 1, seconds: 30, hash: 'x' });
    return `POST /r/${slug}/beacon HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  },
};

function begin(): void {
  if (open.size >= MOST_OPEN) return;
  turn += 1;
  const socket = connect({
    ...{ host: hostname, port: Number(port) },
    localAddress: `127.9.${turn % 250}.${1 + (turn % 200)}`,
  });
  open.add(socket);
  let bytes = 0;
  let drip: NodeJS.Timeout | undefined;
  socket.on('connect', () => {
    socket.write(HEADS[kind as Flood]());
    if (kind === 'slow-heads') drip = setInterval(() => socket.write('X-Slow: 1\r\n'), 2_000);
  });
  socket.on('data', (chunk) => {
    bytes += chunk.length;
    if (bytes > ENOUGH) socket.destroy();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    clearInterval(drip);
    open.delete(socket);
  });
}

setInterval(() => {
  for (let i = 0; i < (Number(rate) * TURN_MS) / 1000; i += 1) begin();
}, TURN_MS);
setTimeout(() => process.exit(0), Number(lasts) * 1000);
