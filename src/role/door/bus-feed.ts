import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { type BusInlet, subscribeSocket } from '../../bus/index.ts';
import type { Origin } from '../../origin/index.ts';
import type { QueueDoor } from '../../queue/index.ts';
import { readLoops, substituteMessages } from '../../standby/standby-loops.ts';
import type { Delivery } from '../../wire/delivery.ts';
import { EMPTY, type Message } from '../../wire/feed.ts';
import { isRunning, type RoomCard } from '../../wire/room.ts';
import { logLost } from '../lost.ts';
import type { Paths } from '../paths.ts';
import { useSnapshot } from '../snapshot.ts';
import { openStartupGate } from '../startup-gate.ts';

/** What the bus feed needs: where to connect, and who receives the messages. */
export interface BusFeedDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly at: Paths;
  /** The door's own name. */
  readonly door: string;
  /** How many cells there are; the quarantine cell is the one after the last. */
  readonly cells: number;
  readonly origin: Origin;
  readonly queue: QueueDoor;
  /** A cell published the delivery of one of its rooms. */
  delivery(slug: string, delivery: Delivery): void;
}

/** A door's connections to the buses of the site and of all cells. */
export interface BusFeed extends AsyncDisposable {
  /** Resolves when every running room and its window are known, or after the longest wait. */
  readonly complete: Promise<void>;
  /** Sends a message to all cells. */
  send(message: Message): void;
}

/** Connects a door to the buses. */
export function openBusFeed(deps: BusFeedDeps): BusFeed {
  const { clock, log, at, origin } = deps;
  const stack = new AsyncDisposableStack();
  const gate = openStartupGate(clock);
  const substitutes = new Substitutes(at.loops, origin);
  stack.use(
    subscribeSocket(at.siteBus, {
      message(message) {
        const { head } = message;
        if (head.kind === 'rooms') gate.site(head.rooms);
        origin.receive(message);
        if (head.kind === 'rooms' || head.kind === 'room-changes') void substitutes.play(head.rooms);
        if (head.kind === 'room-changes') substitutes.forget(head.gone);
      },
      failed: logLost(clock, log, 'site'),
    }),
  );
  const takeSnapshot = (cards: readonly RoomCard[]): void => {
    gate.site(cards);
    origin.receive({ head: { kind: 'rooms', rooms: cards }, body: EMPTY });
    void substitutes.play(cards);
  };
  stack.use(useSnapshot({ clock, log, path: at.rooms }, () => gate.siteSpoke, takeSnapshot));
  const inlets: BusInlet[] = [];
  for (let cell = 0; cell <= deps.cells; cell++) {
    const inlet = stack.use(
      subscribeSocket(at.cellBus(cell), {
        message(message) {
          const { head } = message;
          if (head.kind === 'program') substitutes.needless(head.slug);
          if (head.kind === 'state') deps.delivery(head.slug, head.state.delivery);
          hearQueue(deps, message);
          origin.receive(message);
          if (head.kind === 'state') gate.cell(head.slug);
        },
        failed: logLost(clock, log, `cell-${cell}`),
        down: () => origin.cellDown(cell),
      }),
    );
    inlets.push(inlet);
  }
  return {
    complete: gate.complete,
    send(message) {
      for (const inlet of inlets) inlet.send(message);
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function hearQueue({ queue, door }: BusFeedDeps, { head }: Message): void {
  if (head.kind === 'end') queue.forget(head.slug);
  if (head.kind !== 'queue') return;
  if (head.over) queue.over(head.slug);
  else queue.told(head.queue, head.limits[door]);
}

/**
 * Plays standby from the disk for the rooms of a cell that is dead while a door starts, until the cell reports them
 * itself.
 */
class Substitutes {
  readonly #path: string;
  readonly #origin: Origin;
  readonly #known = new Set<string>();

  constructor(path: string, origin: Origin) {
    this.#path = path;
    this.#origin = origin;
  }

  async play(cards: readonly RoomCard[]): Promise<void> {
    const known = this.#known;
    for (const { slug, status, zero } of cards) {
      if (!isRunning(status) || zero === undefined || known.has(slug)) continue;
      const loops = await readLoops(this.#path);
      if (!loops || known.has(slug)) continue;
      known.add(slug);
      for (const message of substituteMessages(slug, zero, loops)) this.#origin.receive(message);
    }
  }

  needless(slug: string): void {
    this.#known.add(slug);
  }

  forget(slugs: readonly string[]): void {
    for (const slug of slugs) this.#known.delete(slug);
  }
}
