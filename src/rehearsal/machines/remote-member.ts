import { createServer, type Server, type Socket } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import type { Member, MemberMessage } from '../order/order.ts';
import { openLine, type SignedChannel } from './signed-channel.ts';

/** How many pings measure the difference between two clocks; the quickest counts. */
const PINGS = 5;
/** Machines that have joined or are proving their key; further ones are turned away. */
const MAX_WAITING = 64;

/** Where other machines join a rehearsal. */
export interface Gathering extends AsyncDisposable {
  readonly port: number;
  /** Resolves when this many machines are there; one that has left before is not counted. */
  members(count: number): Promise<Member[]>;
}

/** Lets machines with the same key join at an address. @throws the system's error when it cannot be bound. */
export async function openGathering(
  clock: Clock,
  at: { host: string; port: number },
  key: string,
  note: (line: string) => void,
): Promise<Gathering> {
  /** Every connection, with its machine once that has proved the key. */
  const here = new Map<Socket, Member | undefined>();
  const found = (): Member[] => [...here.values()].filter((member) => member !== undefined);
  const enough = new Set<() => void>();
  const server: Server = createServer((socket) => {
    const name = `${socket.remoteAddress}`;
    if (here.size >= MAX_WAITING) return void socket.destroy();
    here.set(socket, undefined);
    socket.on('close', () => here.delete(socket));
    welcome(clock, socket, key, name).then(
      (member) => {
        if (!here.delete(socket)) return;
        here.set(socket, member);
        note(`${name} has joined: ${member.processes} processes, ${member.capacity} connections`);
        for (const look of enough) look();
      },
      (error: Error) => note(`${name} did not join: ${error.message}`),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : at.port,
    members(count) {
      return new Promise((resolve) => {
        const look = (): void => {
          const members = found();
          if (members.length < count) return;
          enough.delete(look);
          resolve(members.slice(0, count));
        };
        enough.add(look);
        look();
      });
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const [socket, member] of here)
        if (member) member[Symbol.dispose]();
        // A connection that has not proved its key yet may never do so.
        else socket.destroy();
      await closed;
    },
  };
}

async function welcome(clock: Clock, socket: Socket, key: string, name: string): Promise<Member> {
  const line: SignedChannel = await openLine(socket, key, 'leader');
  let hear: (said: MemberMessage) => void = () => {};
  let lost: (why: string) => void = () => {};
  let finished = false;
  let best = { trip: Number.POSITIVE_INFINITY, offset: 0 };
  const ready = Promise.withResolvers<{ capacity: number; processes: number }>();
  const timed = Promise.withResolvers<void>();
  let pongs = 0;
  const ping = (): void => line.send({ kind: 'ping', sent: clock.wall() });
  line.onMessage((message) => {
    if (message.kind === 'pong') {
      const { sent, wall } = message as { sent: number; wall: number };
      const trip = clock.wall() - sent;
      if (trip < best.trip) best = { trip, offset: sent + trip / 2 - wall };
      if (++pongs < PINGS) ping();
      else timed.resolve();
      return;
    }
    const said = message as MemberMessage;
    if (said.kind === 'ready') return ready.resolve(said);
    if (said.kind === 'done') finished = true;
    if (said.kind === 'refused') {
      finished = true;
      return lost(said.why);
    }
    hear(said);
  });
  line.onEnd((why) => {
    ready.reject(new Error(why));
    timed.reject(new Error(why));
    if (!finished) lost(why);
  });
  // Either may fail first and is awaited here; the other must not become an unhandled rejection.
  timed.promise.catch(() => {});
  const { capacity, processes } = await ready.promise;
  ping();
  await timed.promise;
  return {
    name,
    capacity,
    processes,
    tell(told) {
      if (told.kind === 'stop') return line.send(told);
      const { order } = told;
      line.send({ kind: 'begin', order: { ...order, clockOffset: order.clockOffset + best.offset } });
    },
    onSaid(run) {
      hear = run;
    },
    onLost(run) {
      lost = run;
    },
    [Symbol.dispose]() {
      finished = true;
      line[Symbol.dispose]();
    },
  };
}
