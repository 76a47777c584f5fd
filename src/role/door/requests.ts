import type { Clock } from '../../base/clock.ts';
import { ms } from '../../base/time.ts';
import { type FinishedRequest, openSalts, type Requester, type RequestListener } from '../../door/index.ts';
import { find } from '../../http/index.ts';
import { openHmac } from '../../keys/hmac.ts';
import { keyFor } from '../../keys/signing-keys.ts';
import type { TargetKind } from '../../verdict/clients/target-kind.ts';
import { type SentSlot, SLOT_MS, SLOT_ROOMS } from '../../verdict/live/request-slot.ts';
import { RequestSummary } from '../../verdict/live/request-summary.ts';
import type { HeardStream, SummarisedRequest } from '../../verdict/live/summarised-request.ts';

const LOOK = ms(1_000);
/** Slots that are told again to a tally that was away: three minutes. */
const KEPT_SLOTS = 18;
const MOST_KEPT_BYTES = 32 * 1024 * 1024;
const MOST_PATHS = 2_000;
/** A slot is written in pieces of this many ms and steps (16 rows), with everything else of the loop in between. */
const PIECE_MS = 1;
const PIECE_STEPS = 16;

/** What the addresses of this server are for, as a verdict sees them; all others are the API. */
const KINDS: Readonly<Partial<Record<TargetKind, string>>> = {
  page: 'home room numbers figure-card embed studio plan verify privacy operate errors queue-page claims case incidents incident room-claims',
  asset: 'asset icon figure-png claim-card room-claim-card case-file',
  file: 'bundle numbers-csv numbers-parquet',
  segment: 'stream radio live-segment live-part live-init replay-segment replay-piece replay-init download',
  playlist: 'live-list live-slow live-main live-slow-main live-steering replay-main replay-list radio-list',
  feed: 'feed room-feed robots calendar',
};
const KIND_OF: ReadonlyMap<string, TargetKind> = new Map(
  Object.entries(KINDS).flatMap(([kind, ids]) => ids.split(' ').map((id) => [id, kind as TargetKind])),
);

interface Asked {
  readonly asks: TargetKind | undefined;
  readonly name: string | undefined;
  readonly room: RoomCount | undefined;
}
interface RoomCount {
  requests: number;
}
const NOTHING: Asked = { asks: undefined, name: undefined, room: undefined };
/** Rooms that are counted in a slot; what is asked of further ones counts for the server alone. */
const MOST_ROOMS = 1_024;
const ROOM = /^\/(?:api\/rooms|r)\/([a-z0-9-]{1,80})(?:\/|$)/;

/** Dependencies of a door's summary of requests. */
export interface DoorRequestsDeps {
  readonly clock: Clock;
  readonly door: string;
  /** The folder with the salts of the day, which all doors share. */
  readonly run: string;
  /** The installation's secret. */
  readonly secret: Uint8Array;
  /** Sends a part of a slot to the tally. */
  send(body: Uint8Array): void;
  /** Runs something when the loop has been through what waits; default: `setImmediate`. */
  soon?(run: () => void): void;
}

/** A door's summary of its requests: every ten seconds the tally is told who asked for what, by hashes. */
export interface DoorRequests extends Disposable {
  readonly over: RequestListener;
  /** Somebody begins or stops to hear a stream. */
  heard(requester: Requester, change: 1 | -1): void;
  /** Tells the last three minutes again. */
  again(): void;
}

/** Opens it. */
export function openDoorRequests(deps: DoorRequestsDeps): DoorRequests {
  const { clock, door, run, secret, send, soon = setImmediate } = deps;
  const salts = openSalts(run);
  const life = String(Math.round(clock.wall()));
  const lasting = openHmac(keyFor(secret, 'prefixes seen before'));
  const summary = new RequestSummary({
    ...{ door, life },
    daily: (text, wall) => salts.at(wall)(`request ${text}`).toString('hex'),
    lasting: (text) => lasting(text).toString('hex'),
  });
  const asked = new Map<string, Asked>();
  const rooms = new Map<string, RoomCount>();
  /** The busiest rooms since this was asked last. */
  const busiest = (): (readonly [string, number])[] => {
    const all = [...rooms].filter(([, { requests }]) => requests > 0);
    const told = all.sort(([, a], [, b]) => b.requests - a.requests).slice(0, SLOT_ROOMS);
    const list = told.map(
      ([slug, { requests }]) => [lasting(`room ${slug}`).toString('hex').slice(0, 12), requests] as const,
    );
    // Those of which nobody asks any more are forgotten with the paths.
    for (const room of rooms.values()) room.requests = 0;
    return list;
  };
  const heard = new Map<string, HeardStream[]>();
  const kept: Uint8Array[][] = [];
  let keptBytes = 0;
  let ahead = clock.wall() - clock.now();
  let slot = Math.floor(clock.wall() / SLOT_MS);
  let ending: Generator<SentSlot | undefined> | undefined;
  let parts: Uint8Array[] = [];
  let waiting = false;
  let slotRooms: readonly (readonly [string, number])[] = [];
  /** Writes on: one piece, or everything that is left. */
  const writeOn = (whole: boolean): void => {
    const until = clock.now() + PIECE_MS;
    for (let steps = 0; ending && (whole || (steps < PIECE_STEPS && clock.now() < until)); steps++) {
      const { value, done } = ending.next();
      if (done) ending = undefined;
      if (!value) continue;
      const first = value.part === 0 && slotRooms.length > 0;
      const part = Buffer.from(JSON.stringify(first ? { ...value, rooms: slotRooms } : value));
      parts.push(part);
      keptBytes += part.length;
      send(part);
      while (kept.length > 1 && keptBytes > MOST_KEPT_BYTES) forget();
    }
    if (ending) later();
  };
  const later = (): void => {
    if (waiting) return;
    waiting = true;
    soon(() => {
      waiting = false;
      writeOn(false);
    });
  };
  const forget = (): void => {
    for (const { length } of kept.shift() ?? []) keptBytes -= length;
  };
  const end = (): void => {
    // Ten seconds were not enough: the loop is busier than pieces are worth.
    writeOn(true);
    ending = summary.end(slot * SLOT_MS);
    slotRooms = busiest();
    parts = [];
    kept.push(parts);
    if (kept.length > KEPT_SLOTS) forget();
    later();
  };
  const looking = clock.every(LOOK, () => {
    const wall = clock.wall();
    ahead = wall - clock.now();
    const now = Math.floor(wall / SLOT_MS);
    // A clock that was set back goes on with the slot that it had.
    if (now <= slot) return;
    end();
    slot = now;
  });
  const roomOf = (path: string): RoomCount | undefined => {
    const slug = ROOM.exec(path)?.[1];
    if (slug === undefined) return undefined;
    const known = rooms.get(slug);
    if (known || rooms.size >= MOST_ROOMS) return known;
    const room = { requests: 0 };
    rooms.set(slug, room);
    return room;
  };
  const askedFor = ({ path, status, method }: FinishedRequest): Asked => {
    if (status === 404 || method === '') return NOTHING;
    const known = asked.get(path);
    if (known) return known;
    const address = find(path)?.address;
    if (asked.size >= MOST_PATHS) {
      asked.clear();
      for (const [slug, { requests }] of rooms) if (requests === 0) rooms.delete(slug);
    }
    const found: Asked = address
      ? { asks: KIND_OF.get(address.id) ?? 'api', name: address.pattern, room: roomOf(path) }
      : NOTHING;
    asked.set(Buffer.from(path).toString(), found);
    return found;
  };
  const request = {
    ...{ at: 0, address: '', agent: '', method: '', target: '', status: 0, bytes: 0, referer: '' },
    ...{ duration: 0, work: 0, asks: undefined, name: undefined },
  } as { -readonly [Name in keyof SummarisedRequest]: SummarisedRequest[Name] };
  return {
    over(finished) {
      const { requester, query } = finished;
      const { asks, name, room } = askedFor(finished);
      if (room) room.requests += 1;
      request.at = finished.at + finished.duration + ahead;
      request.address = requester.address;
      request.agent = requester.agent;
      request.method = finished.method;
      request.target = query === '' ? finished.path : `${finished.path}?${query}`;
      request.status = finished.status;
      request.bytes = finished.bytes;
      request.duration = finished.duration;
      request.work = finished.cpu / 1_000;
      request.asks = asks;
      request.name = name;
      summary.add(request);
    },
    heard({ address, agent }, change) {
      const key = `${address} ${agent}`;
      const streams = heard.get(key) ?? [];
      if (change > 0) {
        streams.push(summary.hears(address, agent, clock.wall()));
        heard.set(key, streams);
        return;
      }
      const gone = streams.shift();
      if (gone) summary.leaves(gone);
      if (streams.length === 0) heard.delete(key);
    },
    again() {
      for (const part of kept.flat()) send(part);
    },
    [Symbol.dispose]() {
      looking[Symbol.dispose]();
      writeOn(true);
    },
  };
}
