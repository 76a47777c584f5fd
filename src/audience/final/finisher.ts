import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { CountingRules } from '../definitions.ts';
import type { EvidencePort } from '../evidence-port.ts';
import type { AudienceRoom } from '../room.ts';
import type { RoomFigures } from '../room-figures.ts';
import {
  correctionToWrite,
  finalFigures,
  finalToWrite,
  isComplete,
  orderFor,
  recountInThread,
} from './final.ts';
import type { Recounted, RecountManner, RecountOrder } from './final-pass.ts';

/** Dependencies of the final counts. */
export interface FinisherDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly rawDir: string;
  readonly rules: CountingRules;
  readonly evidence?: EvidencePort;
  /** Everything that came is on the disk. */
  flushed(): Promise<void>;
  /** Default: in a thread. */
  recount?(order: RecountOrder, manner?: RecountManner): Promise<Recounted>;
}

/** The outcome of a requested recount. */
export type RecountResult =
  | {
      readonly done: true;
      readonly figures: RoomFigures;
      readonly excluded: Recounted['excluded'];
      readonly entry?: number;
    }
  | { readonly done: false; readonly why: 'not-opened' | 'incomplete' | 'failed' };

/** After the end of a room doors may still say something of it for so long. */
const SETTLED_MS = 120_000;
/** Of a pass that takes long, the log says so often how far it is. */
const SAY_EVERY_MS = 30_000;
/** A pass that failed is tried again a minute later, so often. */
const MOST_TRIES = 5;

/** Makes the final figures of ended rooms, one room at a time. */
export class Finisher {
  readonly #deps: FinisherDeps;
  #running: Promise<unknown> = Promise.resolve();
  readonly #tries = new Map<string, number>();
  /** Share of the running pass that is done, 0 to 1; undefined while none is running. */
  progress: number | undefined;

  constructor(deps: FinisherDeps) {
    this.#deps = deps;
  }

  /** Begins the pass of a room that is over, unless it is too early or it was begun. */
  look(room: AudienceRoom, now: number): void {
    const { ended } = room.memory;
    if (!room.isUnfinished || ended === undefined || now < ended + SETTLED_MS || room.isFinishing) return;
    room.isFinishing = true;
    this.#running = this.#running
      .then(() => this.#finish(room))
      .catch((error: unknown) => this.#failed(room, error))
      .finally(() => {
        room.isFinishing = false;
      });
  }

  /** Counts again by the rules of today, as a correction beside what was said before. */
  async again(room: AudienceRoom, why: string): Promise<RecountResult> {
    const { clock, evidence, log } = this.#deps;
    const order = orderFor(room, this.#deps, clock.wall());
    if (!order) return { done: false, why: 'not-opened' };
    const pass = this.#running.then(() => this.#count(order));
    this.#running = pass.catch(() => undefined);
    let recounted: Recounted;
    try {
      recounted = await pass;
    } catch (error) {
      log.error(
        { error: String(error), room: room.slug },
        'a room could not be recounted: its figures stay as they are',
      );
      return { done: false, why: 'failed' };
    }
    if (!isComplete(room, recounted)) return { done: false, why: 'incomplete' };
    const figures = finalFigures(room, recounted);
    const { excluded } = recounted;
    const of = { at: clock.wall(), corrects: room.memory.seq ?? 0, why };
    const written = await evidence?.appendOf(room.slug, correctionToWrite(figures, excluded, of));
    this.#take(room, figures, excluded, written?.index, written?.seq);
    return {
      done: true,
      figures,
      excluded,
      ...(written?.index === undefined ? {} : { entry: written.index }),
    };
  }

  async #count(order: RecountOrder): Promise<Recounted> {
    const { clock, log, flushed, recount = recountInThread } = this.#deps;
    await flushed();
    const began = clock.now();
    let said = began;
    this.progress = 0;
    const progress = (share: number): void => {
      this.progress = share;
      if (clock.now() - said < SAY_EVERY_MS) return;
      said = clock.now();
      const [percent, seconds] = [Math.floor(share * 100), Math.round((said - began) / 1000)];
      log.info({ room: order.slug, percent, seconds }, 'a room is being counted again from its raw records');
    };
    try {
      const recounted = await recount(order, { progress });
      if (recounted.refused > 0)
        log.warn(
          { room: order.slug, refused: recounted.refused },
          'a recount had no place for some sessions: they are missing in its figures',
        );
      return recounted;
    } finally {
      this.progress = undefined;
    }
  }

  async #finish(room: AudienceRoom): Promise<void> {
    const { clock, evidence, log } = this.#deps;
    const order = orderFor(room, this.#deps, clock.wall());
    if (!order || !room.isUnfinished) return;
    const recounted = await this.#count(order);
    const live = room.memory.total ?? {};
    const whole = isComplete(room, recounted);
    if (!whole)
      log.warn(
        { room: room.slug, records: recounted.records },
        'the raw records of a room are not complete: its figures stay as they were counted live',
      );
    const figures = whole ? finalFigures(room, recounted) : {};
    const written = whole
      ? await evidence?.appendOf(room.slug, finalToWrite(live, figures, recounted.excluded, clock.wall()))
      : undefined;
    this.#take(room, figures, recounted.excluded, written?.index, written?.seq);
  }

  #take(
    room: AudienceRoom,
    figures: RoomFigures,
    excluded: Recounted['excluded'],
    entry: number | undefined,
    seq: number | undefined,
  ): void {
    room.finish({ at: this.#deps.clock.wall(), figures, excluded }, { entry, seq });
  }

  #failed(room: AudienceRoom, error: unknown): void {
    const { log } = this.#deps;
    const tries = (this.#tries.get(room.slug) ?? 0) + 1;
    this.#tries.set(room.slug, tries);
    log.warn(
      { error: String(error), room: room.slug, tries },
      'the final figures of a room could not be computed: its figures stay as they were counted live',
    );
    if (tries < MOST_TRIES) return;
    this.#tries.delete(room.slug);
    this.#take(room, {}, {}, undefined, undefined);
  }
}
