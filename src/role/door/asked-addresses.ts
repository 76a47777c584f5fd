import type { FinishedRequest } from '../../door/index.ts';
import { find } from '../../http/index.ts';
import type { TargetKind } from '../../verdict/clients/target-kind.ts';
import { SLOT_ROOMS } from '../../verdict/live/request-slot.ts';

/** What the addresses of this server are for, as a verdict sees them; all others are the API. */
const KINDS: Readonly<Partial<Record<TargetKind, string>>> = {
  page: 'home room numbers post-numbers figure-card embed studio plan verify privacy operate errors queue-page claims case incidents incident room-claims',
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
/** Paths that are known by what they are. */
const MOST_PATHS = 2_000;
/** Rooms that are counted in a slot; what is asked of further ones counts for the server alone. */
const MOST_ROOMS = 1_024;
const ROOM = /^\/(?:api\/rooms|r)\/([a-z0-9-]{1,80})(?:\/|$)/;

/** What requests are for: known paths are looked up once, and requests of each room are counted. */
export class AskedAddresses {
  readonly #asked = new Map<string, Asked>();
  readonly #rooms = new Map<string, RoomCount>();
  readonly #nameOf: (slug: string) => string;

  /** `nameOf`: what a room is called in what is told of it. */
  constructor(nameOf: (slug: string) => string) {
    this.#nameOf = nameOf;
  }

  /** What a finished request was for; it counts for its room. */
  count({ path, status, method }: FinishedRequest): Asked {
    if (status === 404 || method === '') return NOTHING;
    const asked = this.#asked.get(path) ?? this.#look(path);
    if (asked.room) asked.room.requests += 1;
    return asked;
  }

  /** The busiest rooms since this was asked last. */
  busiestRooms(): (readonly [name: string, requests: number])[] {
    const all = [...this.#rooms].filter(([, { requests }]) => requests > 0);
    const told = all.sort(([, a], [, b]) => b.requests - a.requests).slice(0, SLOT_ROOMS);
    const list = told.map(([slug, { requests }]) => [this.#nameOf(slug), requests] as const);
    for (const room of this.#rooms.values()) room.requests = 0;
    return list;
  }

  #look(path: string): Asked {
    if (this.#asked.size >= MOST_PATHS) {
      this.#asked.clear();
      for (const [slug, { requests }] of this.#rooms) if (requests === 0) this.#rooms.delete(slug);
    }
    const address = find(path)?.address;
    const asked: Asked = address
      ? { asks: KIND_OF.get(address.id) ?? 'api', name: address.pattern, room: this.#roomOf(path) }
      : NOTHING;
    this.#asked.set(Buffer.from(path).toString(), asked);
    return asked;
  }

  #roomOf(path: string): RoomCount | undefined {
    const slug = ROOM.exec(path)?.[1];
    if (slug === undefined) return undefined;
    const known = this.#rooms.get(slug);
    if (known || this.#rooms.size >= MOST_ROOMS) return known;
    const room = { requests: 0 };
    this.#rooms.set(slug, room);
    return room;
  }
}
