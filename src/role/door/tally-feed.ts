import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { subscribeSocket } from '../../bus/index.ts';
import type { AudienceOutlet } from '../../door/index.ts';
import { EMPTY } from '../../wire/feed.ts';
import type { DoorAnswers } from '../../wire/figures/door-answers.ts';
import type { RoomNumbers } from '../../wire/numbers.ts';
import type { ListenerCount } from '../../wire/room.ts';
import { logLost } from '../lost.ts';
import { openHeldHead } from './held-head.ts';

/** Rooms whose numbers are kept; the one that changed longest ago is dropped. */
const MOST_ROOMS = 10_000;

/** Dependencies of the tally feed. */
export interface TallyFeedDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Where the tally's bus is. */
  readonly path: string;
  /** The name of this door. */
  readonly door: string;
  /** The number of this door. */
  readonly index: number;
  /** The tally is new, or was away: what it may not know is told again. */
  again(): void;
  /** Networks with too many listener keys, by their hashes. */
  crowded(hashes: Iterable<number>): void;
}

/** A door's connection to the tally, and what the tally says about rooms. */
export interface TallyFeed extends AsyncDisposable {
  readonly outlet: AudienceOutlet;
  /** Tells who asked for what: a part of a slot. */
  requests(body: Uint8Array): void;
  /** What pages and feeds show of what it has said. */
  readonly known: {
    /** The last numbers of a room; undefined while the tally has said nothing of it. */
    numbers(slug: string): RoomNumbers | undefined;
    /** The signed head of the evidence log for feeds, see `openHeldHead`; undefined while the tally has told of none. */
    signedHead(): string | undefined;
  };
  /** What the door has done for people; `egressLimit`: bytes/s that may leave it, Infinity while unknown. */
  answers(answers: DoorAnswers, egressLimit: number): void;
  /** How many listen to a room now; undefined while nobody knows. */
  listeners(slug: string): ListenerCount | undefined;
}

/** The listeners of a room as its numbers say. */
function listenersIn({ metrics, status }: RoomNumbers): ListenerCount | undefined {
  const figure = metrics.listeners_now;
  if (!figure) return undefined;
  const { value, low, high } = figure;
  return {
    ...{ value, status },
    ...(low === undefined ? {} : { low }),
    ...(high === undefined ? {} : { high }),
  };
}

/** Opens it. While the tally is away nothing waits: the door keeps the last minutes and tells them again. */
export function openTallyFeed(deps: TallyFeedDeps): TallyFeed {
  const { clock, log, path, door, index, again, crowded } = deps;
  const life = `${door} ${clock.wall()}`;
  const rooms = new Map<
    string,
    { readonly numbers: RoomNumbers; readonly listeners: ListenerCount | undefined }
  >();
  const signed = openHeldHead(clock);
  const inlet = subscribeSocket(path, {
    message({ head, body }) {
      if (head.kind === 'crowded') return crowded(new Uint32Array(Uint8Array.from(body).buffer));
      if (head.kind === 'signed-head') signed.told(head.note);
      if (head.kind !== 'numbers') return;
      const { slug, numbers } = head;
      rooms.delete(slug);
      rooms.set(slug, { numbers, listeners: listenersIn(numbers) });
      const oldest = rooms.keys().next().value;
      if (rooms.size > MOST_ROOMS && oldest !== undefined) rooms.delete(oldest);
    },
    failed: logLost(clock, log, 'tally'),
    up: again,
  });
  return {
    outlet: {
      records: (names, body, upTo) =>
        inlet.send({ head: { kind: 'sessions', door, upTo, rooms: names }, body }),
      keys: ({ act, day, rooms: names, bytes }) =>
        inlet.send({ head: { kind: 'keys', act, door, day, rooms: names }, body: bytes }),
      networks: (body, whole) =>
        inlet.send({
          head: { kind: 'networks', door, index, life, ...(whole ? { whole: true as const } : {}) },
          body,
        }),
      get reachable() {
        return inlet.up;
      },
      postCounts: (number, counts) =>
        inlet.send({ head: { kind: 'post-counts', door, life, number, counts }, body: EMPTY }),
      events: (counts) => inlet.send({ head: { kind: 'events', door, life, rooms: counts }, body: EMPTY }),
    },
    requests: (body) => inlet.send({ head: { kind: 'requests', door }, body }),
    known: { numbers: (slug) => rooms.get(slug)?.numbers, signedHead: signed.head },
    answers(own, egressLimit) {
      const answers = Number.isFinite(egressLimit) ? { ...own, egressLimit } : own;
      void inlet.send({ head: { kind: 'answers', door, life, answers }, body: EMPTY });
    },
    listeners: (slug) => rooms.get(slug)?.listeners,
    [Symbol.asyncDispose]: () => inlet[Symbol.asyncDispose](),
  };
}
