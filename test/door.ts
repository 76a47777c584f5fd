import { connect, type Socket } from 'node:net';
import { systemClock } from '../src/base/clock.ts';
import type { ErrorCode } from '../src/base/errors.ts';
import { silentLog } from '../src/base/log.ts';
import type { Reply } from '../src/base/reply.ts';
import { type Ms, ms } from '../src/base/time.ts';
import { type Door, type DoorDeps, type DoorOrigin, LIMITS, open, openPages } from '../src/door/index.ts';
import type { RoomCard } from '../src/wire/room.ts';

/** A fragment that contains its number: 4 bytes of length, 4 of seq, padding. */
export function numbered(seq: number, size = 200): Buffer {
  const bytes = Buffer.alloc(size, seq & 0xff);
  bytes.writeUInt32BE(size, 0);
  bytes.writeUInt32BE(seq, 4);
  return bytes;
}

/** The numbers in a sequence of such fragments; throws at other bytes. */
export function numbers(bytes: Buffer): number[] {
  const found: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (at + 8 > bytes.length) throw new Error(`cut fragment at ${at}`);
    const size = bytes.readUInt32BE(at);
    const seq = bytes.readUInt32BE(at + 4);
    if (size < 8 || at + size > bytes.length) throw new Error(`no fragment at ${at}: size ${size}`);
    for (let i = at + 8; i < at + size; i += 1)
      if (bytes[i] !== (seq & 0xff)) throw new Error(`fragment ${seq} is damaged`);
    found.push(seq);
    at += size;
  }
  return found;
}

/** Refusals that do not wait. */
export const AT_ONCE = { later: (_socket: unknown, refuse: () => void): void => refuse() };

/** The fake origin's init segment. */
export const INIT = Buffer.from('INIT');

/** An origin whose fragments the test makes one by one. */
export interface FakeOrigin extends DoorOrigin {
  /** Makes the next fragment of every rendition. */
  tick(size?: number): number;
  end(slug: string): void;
  readonly rooms: Map<string, RoomCard>;
  answers: (path: string, signal: AbortSignal) => Promise<Reply> | undefined;
  refusal: ErrorCode | undefined;
}

/** Opens it with one live room, `room`, in cell 0. */
export function fakeOrigin(renditions = ['opus64', 'aac96', 'radio-mp3']): FakeOrigin {
  const listeners: ((slug: string, rendition: string, seq: number, bytes: Buffer) => void)[] = [];
  const ends: ((slug: string) => void)[] = [];
  const held: { seq: number; bytes: Buffer }[] = [];
  const card: RoomCard = {
    slug: 'room',
    title: 'A <room>',
    hosts: ['Ana'],
    status: 'live',
    clocks: { opened: 1 },
    zero: 0,
    cell: 0,
  };
  let seq = 99;
  const origin: FakeOrigin = {
    rooms: new Map([['room', card]]),
    answers: () => undefined,
    refusal: undefined,
    tick(size) {
      seq += 1;
      const bytes = numbered(seq, size);
      held.push({ seq, bytes });
      if (held.length > 100) held.shift();
      for (const listen of listeners)
        for (const rendition of renditions) listen('room', rendition, seq, bytes);
      return seq;
    },
    end: (slug) => {
      for (const listen of ends) listen(slug);
    },
    onFragment: (listen) => void listeners.push(listen),
    onEnd: (listen) => void ends.push(listen),
    join(slug, _rendition, { after, margin }) {
      if (origin.refusal) return origin.refusal;
      if (slug !== 'room') return 'room-unknown';
      const oldest = held[0]?.seq ?? 0;
      const from =
        after !== undefined && after + 1 >= oldest ? after + 1 : seq - Math.ceil((margin ?? 0) / 320);
      return {
        init: INIT,
        fragments: held.filter((f) => f.seq >= from),
        untilNext: ms(100),
        period: ms(320),
      };
    },
    answer: (path, _query, _headers, signal) => origin.answers(path, signal),
    card: (slug) => origin.rooms.get(slug),
    cards: () => [...origin.rooms.values()],
    state: () => undefined,
  };
  return origin;
}

/** Opens a real door on a free port of the loopback. */
export function openTestDoor(origin: DoorOrigin, over: Partial<DoorDeps> = {}): Promise<Door> {
  return open({
    clock: systemClock,
    log: silentLog,
    port: 0,
    host: '127.0.0.1',
    reusePort: false,
    name: 'test',
    origin,
    site: { socketPath: '/nonexistent/site' },
    cell: () => ({ socketPath: '/nonexistent/cell' }),
    assets: new Map(),
    pages: openPages({ manifest: {} }),
    // A machine busy with other tests must not defer anybody; admission control is tested where it is switched on.
    limits: { ...LIMITS, busyFrom: Number.POSITIVE_INFINITY, row: 64 },
    backlog: 4096,
    ...over,
  });
}

/** A connection that keeps everything it receives. */
export interface Wire {
  readonly socket: Socket;
  /** Everything received. */
  text(): string;
  bytes(): Buffer;
  /** The bytes after the first head. */
  body(): Buffer;
  /** Resolves when the head of an answer and `count` more bytes have arrived; rejects after 3 s. */
  has(count?: number): Promise<void>;
  /** How the connection ended: `fin`, `reset`, or undefined while it is open. */
  ended: 'fin' | 'reset' | undefined;
  closed: Promise<void>;
}

/** Connects and sends `request`. */
export function wire(port: number, request: string): Wire {
  const socket = connect({ port, host: '127.0.0.1' });
  let received = Buffer.alloc(0);
  const closed = Promise.withResolvers<void>();
  const result: Wire = {
    socket,
    text: () => received.toString('latin1'),
    bytes: () => received,
    body: () => received.subarray(received.indexOf('\r\n\r\n') + 4),
    has: (count = 0) =>
      until(
        () => received.indexOf('\r\n\r\n') >= 0 && result.body().length >= count,
        () => result.text().slice(0, 400),
      ),
    ended: undefined,
    closed: closed.promise,
  };
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
  });
  socket.on('end', () => {
    result.ended ??= 'fin';
  });
  socket.on('error', () => {
    result.ended ??= 'reset';
  });
  socket.on('close', () => closed.resolve());
  if (request !== '') socket.write(request, 'latin1');
  return result;
}

/** Waits for a condition in real time, at most `within` ms. */
export async function until(
  condition: () => boolean,
  say: () => string = () => 'it did not happen in time',
  within = 15_000,
): Promise<void> {
  const end = performance.now() + within;
  while (!condition()) {
    if (performance.now() > end) throw new Error(say());
    await pause(5);
  }
}

/** Waits in real time. */
export const pause = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));

/** A GET of the stream. */
export const streamGet = (query = '', version = '1.1', headers = ''): string =>
  `GET /r/room/stream${query} HTTP/${version}\r\nHost: x\r\n${headers}\r\n`;

/** Named so that tests read as units. */
export const grace = (value: number): Ms => ms(value);
