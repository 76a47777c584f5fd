import type { ServerResponse } from 'node:http';
import { isIPv4, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { Clock } from '../base/clock.ts';
import { ms } from '../base/time.ts';

/** Whoever reads more slowly than this for so long is let go. */
const LEAST_BYTES_A_SECOND = 1024;
const SLOW_MS = 15_000;
/** What is given to the system at once: what of it has left is only known of the whole. */
const PIECE = 4 * 1024;

async function* pieces(body: Readable | string | Uint8Array): AsyncGenerator<Buffer> {
  for await (const part of typeof body === 'string' || body instanceof Uint8Array ? [body] : body) {
    const bytes = Buffer.from(part);
    for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
  }
}

/** Sends a body, and ends the connection of whoever does not read it. */
export async function sendTo(
  res: ServerResponse,
  body: Readable | string | Uint8Array,
  clock: Clock,
): Promise<void> {
  let [sent, before] = [0, 0];
  using _ = clock.every(ms(SLOW_MS), () => {
    if (sent - before < (LEAST_BYTES_A_SECOND * SLOW_MS) / 1_000) res.destroy();
    before = sent;
  });
  if (res.destroyed) return;
  const gone = new Promise<void>((resolve) => res.once('close', resolve));
  for await (const piece of pieces(body)) {
    if (res.destroyed) return;
    const left = new Promise<void>((resolve) => res.write(piece, () => resolve()));
    await Promise.race([left, gone]);
    sent += piece.length;
  }
  // The last of it may still be on its way.
  res.end();
  await gone;
}

/** The /24 of an IPv4 address, the /48 of an IPv6 one; undefined for this machine, where a proxy may be. */
export function networkOf(address: string | undefined): string | undefined {
  const plain = address?.replace(/^::ffff:(?=\d+\.)/, '');
  if (!plain || plain === '127.0.0.1' || plain === '::1') return undefined;
  if (isIPv4(plain)) return plain.slice(0, plain.lastIndexOf('.'));
  const left = (plain.split('::')[0] ?? '').split(':').filter((part) => part !== '');
  return [left[0] ?? '0', left[1] ?? '0', left[2] ?? '0'].join(':');
}

/** Lets at most `most` connections of one network be open; further ones are closed at once. */
export function limitNetworks(most: number): (socket: Socket) => void {
  const open = new Map<string, number>();
  return (socket) => {
    const network = networkOf(socket.remoteAddress);
    if (network === undefined) return;
    const now = open.get(network) ?? 0;
    if (now >= most) return void socket.destroy();
    open.set(network, now + 1);
    socket.once('close', () => {
      const left = (open.get(network) ?? 1) - 1;
      if (left === 0) open.delete(network);
      else open.set(network, left);
    });
  };
}
