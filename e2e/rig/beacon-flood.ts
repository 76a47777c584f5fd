/**
 * Beacons as fast as this machine can send them, from one network: `node beacon-flood.ts PORT SECONDS CONNECTIONS`, with a
 * JSON list of bodies on its standard input. Prints how many it has sent, and how often it was cut off.
 */
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

const [port = '0', seconds = '5', connections = '32'] = process.argv.slice(2);
const bodies = JSON.parse(await text(process.stdin)) as readonly string[];
/** Requests in one write. */
const AT_ONCE = 64;
const batch = Buffer.from(
  Array.from({ length: AT_ONCE }, (_, i) => {
    const body = bodies[i % bodies.length] ?? '';
    return `POST /r/room/beacon HTTP/1.1\r\nHost: x\r\nUser-Agent: Mozilla/5.0 flood\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  }).join(''),
);
const counts = { sent: 0, cut: 0, opened: 0 };
const end = performance.now() + Number(seconds) * 1000;

function flood(host: number): void {
  if (performance.now() > end) return;
  const socket: Socket = connect({ port: Number(port), host: '127.0.0.1', localAddress: `127.66.7.${host}` });
  let written = 0;
  const write = (): void => {
    while (!socket.destroyed && performance.now() < end) {
      written += AT_ONCE;
      if (!socket.write(batch)) return;
    }
    socket.destroy();
  };
  socket.on('connect', () => {
    counts.opened += 1;
    write();
  });
  socket.on('drain', write);
  socket.on('data', () => {});
  socket.on('error', () => {
    counts.cut += 1;
  });
  socket.on('close', () => {
    counts.sent += written;
    setImmediate(() => flood(host));
  });
}
for (let i = 1; i <= Number(connections); i += 1) flood(i);
setTimeout(
  () => process.stdout.write(`${JSON.stringify(counts)}\n`, () => process.exit(0)),
  Number(seconds) * 1000 + 500,
);
