/**
 * A flood of requests from a separate process: `node flood.ts URL SLUG CONNECTIONS`. It joins and leaves streams, and
 * requests pages, playlists and the API as fast as answers come. Prints the results when it is stopped.
 */
import { connect } from 'node:net';

const [url = '', slug = '', wanted = '100'] = process.argv.slice(2);
const { hostname, port } = new URL(url);
const PATHS = [
  `/r/${slug}/stream`,
  `/r/${slug}`,
  `/r/${slug}/live/main.m3u8`,
  `/r/${slug}/state.json`,
  '/api/rooms',
  '/',
];
/** A stream is closed and joined again after this many bytes. */
const ENOUGH = 20_000;

const answers: Record<string, number> = {};
const count = (what: string): void => {
  answers[what] = (answers[what] ?? 0) + 1;
};
let turn = 0;
function attack(): void {
  turn += 1;
  const path = PATHS[turn % PATHS.length] ?? '/';
  let heard = 0;
  const socket = connect({
    host: hostname,
    port: Number(port),
    localAddress: `127.9.${turn % 250}.${1 + (turn % 200)}`,
  });
  socket.on('connect', () =>
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n\r\n`),
  );
  socket.on('data', (chunk: Buffer) => {
    if (heard === 0) count(chunk.toString('latin1', 9, 12));
    heard += chunk.length;
    if (heard > ENOUGH) socket.destroy();
  });
  socket.on('error', () => count('error'));
  socket.on('close', () => setImmediate(attack));
}
for (let i = 0; i < Number(wanted); i += 1) attack();
process.on('SIGTERM', () => {
  process.stdout.write(`${JSON.stringify(answers)}\n`);
  process.exit(0);
});
