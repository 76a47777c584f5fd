import type { Socket } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { ms } from '../../base/time.ts';
import { find, roomPath } from '../../http/index.ts';
import { BEACON_BYTES } from '../../wire/listening/beacon.ts';
import type { Defence } from '../defence/defence.ts';
import type { AskedFor } from '../defence/exemptions.ts';
import type { Limits } from '../limits.ts';
import type { Counters } from '../metrics/counters.ts';
import { COST } from '../network/fair-share.ts';
import type { LateRefusals } from '../network/late-refusals.ts';
import type { Requesters } from '../network/requesters.ts';
import type { Clients } from '../network/trusted-proxies.ts';
import { agentIn, forwardedForIn } from '../request/file-head.ts';
import type { FinishedRequests } from '../request/finished-request.ts';
import { listeningOn } from '../request/listening.ts';
import type { RoomGate } from '../request/room-gate.ts';
import type { Batch } from '../socket/batched-write.ts';
import type { Connection, Handler, Requester } from '../socket/connection.ts';
import { type Outlet, waitingIn } from '../socket/direct-write.ts';
import { reset } from '../socket/reset.ts';
import type { DoorAudience } from './audience.ts';
import { type BeaconHead, readBeaconHead } from './beacon-head.ts';

/** Dependencies of answering beacons. */
export interface BeaconRequestsDeps {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly counters: Counters;
  readonly batch: Batch;
  readonly audience: Pick<DoorAudience, 'beacon' | 'refusedBeacon'>;
  readonly clients: Clients;
  known(slug: string): boolean;
  /** Who may pass to which room. */
  readonly rooms: Pick<RoomGate, 'pass'>;
  /** Charges the network for one beacon; false when it has used up its share. */
  consume(connection: Connection, forwardedFor: string | undefined): boolean;
  readonly defence: Pick<Defence, 'measure'>;
  readonly late: Pick<LateRefusals, 'later'>;
  readonly requesters: Pick<Requesters, 'on'>;
  readonly finished: Pick<FinishedRequests, 'tell'>;
  /** Records a fault that cost one connection. */
  fault(error: unknown, where: string): void;
  /** Takes a connection back, with bytes that have been read but not answered. */
  back(connection: Connection, bytes: Buffer): void;
}

const BEGINNING = Buffer.from('POST /r/');
/** What a beacon asks for, as the defence sees it. */
const beaconOf = (room: string): AskedFor => {
  const target = `/r/${room}/beacon`;
  return { address: find(target)?.address, room, target };
};

const HEAD_END = Buffer.from('\r\n\r\n');

/** A connection on which a player sends beacons, one after the other. */
class BeaconConnection implements Outlet, Handler {
  readonly phase = 'files';
  readonly connection: Connection;
  readonly socket: Socket;
  readonly fd: number;
  queued: boolean;
  bytes: Buffer | undefined;
  /** The last head: a player's heads are alike. */
  lines = '';
  head: BeaconHead | undefined = undefined;
  /** Who sends them; undefined until it is looked up for these lines. */
  requester: Requester | undefined = undefined;
  since: number;
  served = 0;
  readonly #answers: BeaconRequests;

  constructor(answers: BeaconRequests, connection: Connection, since: number) {
    this.#answers = answers;
    this.connection = connection;
    this.socket = connection.socket;
    this.fd = connection.fd;
    this.queued = this.socket.writableLength > 0;
    this.since = since;
  }

  received(_connection: Connection, chunk: Buffer) {
    this.#answers.received(this, chunk);
  }

  ended() {
    this.socket.destroy();
  }

  closed() {
    this.#answers.gone(this);
  }
}

/** Answers beacons on kept-alive connections, with the same few bytes for everyone. */
export class BeaconRequests {
  readonly #deps: BeaconRequestsDeps;
  readonly #all = new Set<BeaconConnection>();
  #answer: { readonly at: number; readonly bytes: Buffer } = {
    at: Number.NEGATIVE_INFINITY,
    bytes: Buffer.alloc(0),
  };
  #closing = false;
  #flushing: NodeJS.Immediate | undefined;

  constructor(deps: BeaconRequestsDeps) {
    this.#deps = deps;
  }

  /** Takes over a connection whose first bytes are a beacon's head; otherwise false, with no effect. */
  take(connection: Connection, bytes: Buffer): boolean {
    if (bytes.compare(BEGINNING, 0, BEGINNING.length, 0, BEGINNING.length) !== 0) return false;
    const end = bytes.indexOf(HEAD_END);
    if (end < 0) return false;
    const lines = bytes.toString('latin1', 0, end);
    const head = this.#readHead(lines);
    if (!head) return false;
    const one = new BeaconConnection(this, connection, this.#deps.clock.now());
    one.lines = lines;
    one.head = head;
    this.#all.add(one);
    connection.handTo(one);
    this.received(one, bytes);
    return true;
  }

  /** More has come on a connection. */
  received(one: BeaconConnection, chunk: Buffer): void {
    try {
      one.bytes = one.bytes ? Buffer.concat([one.bytes, chunk]) : chunk;
      while (one.bytes && this.#next(one, one.bytes));
      this.#flushing ??= setImmediate(this.#flush);
    } catch (error) {
      this.#deps.fault(error, 'a beacon');
      reset(one.socket);
    }
  }

  /** A connection has closed, or was given away. */
  gone(one: BeaconConnection): void {
    this.#all.delete(one);
  }

  /** Closes connections that are idle or have not finished a request; call about once a second. */
  sweep(): void {
    const { clock, limits } = this.#deps;
    const now = clock.now();
    for (const { since, bytes, socket } of this.#all)
      if (now - since > (bytes ? limits.headTimeout : limits.keepAlive)) socket.destroy();
  }

  /** From now on every answer closes its connection, because the door is stopping. */
  close(): void {
    this.#closing = true;
  }

  /** Closes connections that are waiting for nothing. */
  closeIdle(): void {
    for (const { bytes, socket } of this.#all) if (!bytes) socket.end();
  }

  /** Answers one beacon; false when there is none to answer now. */
  #next(one: BeaconConnection, bytes: Buffer): boolean {
    const end = bytes.indexOf(HEAD_END);
    if (end < 0) {
      if (bytes.length > this.#deps.limits.headBytes) this.#giveBack(one);
      return false;
    }
    const lines = bytes.toString('latin1', 0, end);
    if (lines !== one.lines) {
      one.lines = lines;
      one.head = this.#readHead(lines);
      one.requester = undefined;
    }
    const { head, connection } = one;
    if (!head || !this.#deps.known(head.slug)) return this.#giveBack(one);
    const from = end + HEAD_END.length;
    const to = from + head.length;
    if (bytes.length < to) return false;
    const { consume, audience, clients, counters } = this.#deps;
    const proxy = clients.trusts(one.socket.remoteAddress);
    const forwardedFor = proxy ? forwardedForIn(lines) : undefined;
    one.requester ??= this.#deps.requesters.on(connection, agentIn(lines), forwardedFor);
    const { requester } = one;
    const measure = this.#deps.defence.measure(requester, () => beaconOf(head.slug));
    if (measure === 'refuse' || measure === 'deny' || !consume(connection, forwardedFor)) {
      this.#tell(one, 0, 0);
      counters.overShare += 1;
      audience.refusedBeacon();
      if (proxy) return this.#giveBack(one);
      // Nothing else is read of it until then.
      one.socket.pause();
      this.#deps.late.later(one.socket, () => reset(one.socket));
      return false;
    }
    audience.beacon(head.slug, bytes.toString('latin1', from, to), () =>
      listeningOn(clients, connection, lines),
    );
    one.bytes = bytes.length > to ? bytes.subarray(to) : undefined;
    return this.#write(one);
  }

  /** Answers; false when the connection takes no more. */
  #write(one: BeaconConnection): boolean {
    const { clock, counters, limits } = this.#deps;
    const { socket } = one;
    if (socket.destroyed) return false;
    one.since = clock.now();
    one.served += 1;
    counters.requests += 1;
    this.#tell(one, 204, this.#answer.bytes.length);
    if (waitingIn(one) > limits.backlog) {
      counters.stalledRequests += 1;
      reset(socket);
      return false;
    }
    const last = this.#closing || one.served >= limits.requestsPerSocket;
    this.#deps.batch.put(one, last ? this.#bytes('connection: close\r\n') : this.#kept(one.since));
    if (!last) return true;
    this.#deps.batch.flush();
    this.#all.delete(one);
    one.connection.finish();
    clock.after(ms(2_000), () => socket.destroy());
    return false;
  }

  #tell({ requester, head }: BeaconConnection, status: number, bytes: number) {
    const { clock, finished } = this.#deps;
    if (requester && head)
      finished.tell(
        requester,
        clock.now(),
        'POST',
        `/r/${head.slug}/beacon`,
        '',
        status,
        bytes,
        COST.file,
        0,
      );
  }

  #kept(now: number): Buffer {
    if (now - this.#answer.at >= 1_000) this.#answer = { at: now, bytes: this.#bytes('') };
    return this.#answer.bytes;
  }

  #bytes(more: string): Buffer {
    const date = new Date(this.#deps.clock.wall()).toUTCString();
    return Buffer.from(
      `HTTP/1.1 204 No Content\r\ndate: ${date}\r\ncache-control: no-store\r\nx-content-type-options: nosniff\r\n${more}\r\n`,
    );
  }

  #readHead(lines: string): BeaconHead | undefined {
    const head = readBeaconHead(lines, { headers: this.#deps.limits.headers, most: BEACON_BYTES });
    if (!head) return undefined;
    const passed = roomPath(this.#deps.rooms.pass(`/r/${head.slug}/beacon`));
    return { ...head, slug: passed?.slug ?? head.slug };
  }

  /** Many beacons come at once, and what answers them goes out in one call. */
  readonly #flush = (): void => {
    this.#flushing = undefined;
    this.#deps.batch.flush();
  };

  /** Hands a connection to the full HTTP server, as if its unanswered bytes had just arrived. */
  #giveBack(one: BeaconConnection): false {
    this.#all.delete(one);
    this.#deps.batch.flush();
    const bytes = one.bytes ?? Buffer.alloc(0);
    one.bytes = undefined;
    if (!one.socket.destroyed) this.#deps.back(one.connection, bytes);
    return false;
  }
}
