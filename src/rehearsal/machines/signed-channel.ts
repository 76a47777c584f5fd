import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';

/** Two machines of one rehearsal that talk in signed lines. */
export interface SignedChannel extends Disposable {
  send(message: object): void;
  /** Called with each message whose signature is right. */
  onMessage(hear: (message: { kind?: unknown }) => void): void;
  /** Called once when it is over, with why. */
  onEnd(end: (why: string) => void): void;
}

/** A longer line ends the connection. */
const MAX_LINE = 8 << 20;
const NONCE_BYTES = 16;
/** The other side must say hello within this time. */
const HELLO_MS = 10_000;

/**
 * Opens a line over a connected socket. Each side first sends one line `{"earshot":"crowd","v":1,"nonce":HEX}`; then
 * every line is `HEX JSON`, where HEX is HMAC-SHA256 under the secret HMAC-SHA256("earshot-crowd", key) over
 * `leader nonce | member nonce | sender | number | JSON`. So nothing can be forged, replayed or reordered unseen; it
 * is not encrypted. Rejects when the other side is no such machine.
 */
export async function openLine(
  socket: Socket,
  key: string,
  side: 'leader' | 'member',
): Promise<SignedChannel> {
  const secret = createHmac('sha256', 'earshot-crowd').update(key).digest();
  const mine = randomBytes(NONCE_BYTES).toString('hex');
  const hello = Promise.withResolvers<string>();
  let theirs: string | undefined;
  let hear: ((message: { kind?: unknown }) => void) | undefined;
  let end: (why: string) => void = () => {};
  let why: string | undefined;
  let early: { kind?: unknown }[] = [];
  let sent = 0;
  let received = 0;
  let pending = '';

  const sign = (from: 'leader' | 'member', number: number, json: string): string => {
    const nonces = side === 'leader' ? [mine, theirs] : [theirs, mine];
    return createHmac('sha256', secret)
      .update([...nonces, from, number, json].join('|'))
      .digest('hex');
  };
  const close = (reason: string): void => {
    if (why !== undefined) return;
    why = reason;
    hello.reject(new Error(reason));
    socket.destroy();
    end(reason);
  };
  const take = (line: string) => {
    if (theirs === undefined) {
      const nonce = /^\{"earshot":"crowd","v":1,"nonce":"([0-9a-f]{32})"\}$/.exec(line)?.[1];
      if (nonce === undefined) return close('the other side is not a rehearsal machine');
      theirs = nonce;
      return hello.resolve(nonce);
    }
    const json = line.slice(65);
    const wanted = sign(side === 'leader' ? 'member' : 'leader', received++, json);
    const [a, b] = [Buffer.from(line.slice(0, 64)), Buffer.from(wanted)];
    if (a.length !== b.length || !timingSafeEqual(a, b)) return close('the other side has another key');
    const message = JSON.parse(json) as { kind?: unknown };
    if (hear) hear(message);
    else early.push(message);
  };
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    pending += text;
    if (pending.length > MAX_LINE) return close('a line that is too long');
    for (let at = pending.indexOf('\n'); at >= 0 && why === undefined; at = pending.indexOf('\n')) {
      const line = pending.slice(0, at);
      pending = pending.slice(at + 1);
      take(line);
    }
  });
  socket.on('error', (error) => close(error.message));
  socket.on('close', () => close('the connection is gone'));
  socket.write(`{"earshot":"crowd","v":1,"nonce":"${mine}"}\n`);
  const timer = setTimeout(() => close('the other side does not speak'), HELLO_MS);
  await hello.promise.finally(() => clearTimeout(timer));
  return {
    send(message) {
      if (why !== undefined) return;
      const json = JSON.stringify(message);
      socket.write(`${sign(side, sent++, json)} ${json}\n`);
    },
    onMessage(run) {
      hear = run;
      for (const message of early) run(message);
      early = [];
    },
    onEnd(run) {
      end = run;
      if (why !== undefined) run(why);
    },
    [Symbol.dispose]() {
      socket.end();
      end = () => {};
    },
  };
}
