import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { type Ms, ms } from '../base/time.ts';
import type { LogEntry } from '../wire/evidence-entry.ts';
import { type Item, itemOf } from './items.ts';
import type { EvidenceStore, WrittenEntry } from './store.ts';

/** The result of appending an entry. */
export type Appended =
  | ({ readonly kept: true } & WrittenEntry)
  /** `full`: too many wait for the disk. `closed`: the log is closed, or was never usable. `too-long`: beyond 65,535 bytes. */
  | { readonly kept: false; readonly why: 'full' | 'closed' | 'too-long' };

/**
 * Most entries that may wait for the disk; beyond this or `MAX_WAITING_BYTES` an entry is refused, and the next `gap`
 * counts it.
 */
export const MAX_WAITING = 4_096;
/** Most bytes that may wait for the disk, as canonical JSON. */
export const MAX_WAITING_BYTES = 16_000_000;

/** How long the first entry of a group waits for others. */
const GATHER = ms(200);
/** The first pause after the disk refused, and the longest. */
const RETRY: readonly [first: Ms, longest: Ms] = [ms(500), ms(10_000)];

/** Dependencies of the group commit. */
export interface CommitDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: EvidenceStore;
  /** Called with the duration of each write that was waited for. */
  committed(took: Ms, entries: number, bytes: number): void;
}

interface Waiting extends Item {
  done(what: Appended): void;
}

/** A time in which the disk took nothing. */
interface Outage {
  /** Wall clock. */
  readonly from: number;
  /** Monotonic. */
  readonly since: number;
  readonly why: string;
  lost: number;
}

const REFUSED = (why: 'full' | 'closed' | 'too-long'): Appended => ({ kept: false, why });

/**
 * Collects entries for 200 ms and commits them together. While the disk fails, they wait in memory up to the limits and
 * are tried again; after a failure an entry of kind `gap` comes first.
 */
export class Commits {
  readonly #deps: CommitDeps;
  readonly #waiting: Waiting[] = [];
  #bytes = 0;
  #timer: Disposable | undefined;
  #running: Promise<void> | undefined;
  #outage: Outage | undefined;
  #pause: Ms = RETRY[0];
  #closed = false;
  /** Since the start. */
  gaps = 0;
  lost = 0;

  constructor(deps: CommitDeps) {
    this.#deps = deps;
  }

  /** Entries that wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Why the disk takes nothing, as a system's code; undefined while it does. */
  get failing(): string | undefined {
    return this.#outage?.why;
  }

  /** Queues an entry; the promise is for its commit and never rejects. @throws RangeError when it cannot be JSON. */
  add(entry: object, room?: string): Promise<Appended> {
    const item = itemOf(entry, room);
    if (this.#closed) return Promise.resolve(REFUSED('closed'));
    if (this.#waiting.length >= MAX_WAITING || this.#bytes + item.length > MAX_WAITING_BYTES) {
      this.#outage ??= this.#begin('SLOW');
      this.#outage.lost += 1;
      this.lost += 1;
      return Promise.resolve(REFUSED('full'));
    }
    const { promise, resolve } = Promise.withResolvers<Appended>();
    this.#waiting.push({ ...item, done: resolve });
    this.#bytes += item.length;
    this.#arm(GATHER);
    return promise;
  }

  /** Commits what waits, once. Resolves when that is done or refused. */
  async flush(): Promise<void> {
    await this.#running;
    await this.#run();
  }

  /** Commits what waits; what the disk refuses now is refused for good. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#timer?.[Symbol.dispose]();
    await this.flush();
    for (const { done } of this.#waiting.splice(0)) done(REFUSED('closed'));
  }

  #arm(delay: Ms): void {
    if (this.#timer || this.#running || this.#closed) return;
    this.#timer = this.#deps.clock.after(delay, () => {
      this.#timer = undefined;
      void this.#run();
    });
  }

  #run(): Promise<void> {
    this.#running ??= this.#commitAll().finally(() => {
      this.#running = undefined;
      if (this.#waiting.length > 0 || this.#outage) this.#arm(this.#outage ? this.#pause : GATHER);
    });
    return this.#running;
  }

  async #commitAll(): Promise<void> {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    try {
      const { store } = this.#deps;
      while (this.#waiting.length > 0 || this.#outage || store.behind) await this.#commitGroup();
      this.#pause = RETRY[0];
    } catch (error) {
      const why = (error as NodeJS.ErrnoException).code ?? 'ERROR';
      if (!this.#outage)
        this.#deps.log.error(
          { error: String(error), waiting: this.#waiting.length },
          'the evidence log cannot be written: entries wait in memory and are tried again; rooms and figures are not affected. Check whether the disk is full or broken',
        );
      this.#outage ??= this.#begin(why);
      this.#pause = ms(Math.min(RETRY[1], this.#pause * 2));
    }
  }

  async #commitGroup(): Promise<void> {
    const { clock, store, log } = this.#deps;
    const outage = this.#outage;
    const lost = outage?.lost ?? 0;
    const group = this.#waiting.slice(0, store.most - (outage ? 1 : 0));
    const items: Item[] = outage ? [itemOf(this.#gap(outage)), ...group] : group;
    const from = clock.now();
    const { written, bytes } = await store.commit(items);
    if (items.length > 0) this.#deps.committed(ms(clock.now() - from), items.length, bytes);
    this.#waiting.splice(0, group.length);
    for (const [n, { done, length }] of group.entries()) {
      this.#bytes -= length;
      const one = written[n + (outage ? 1 : 0)];
      done(one ? { kept: true, ...one } : REFUSED('too-long'));
    }
    if (!outage) return;
    this.gaps += 1;
    log.warn({ lost }, 'the evidence log can be written again; a gap entry in it says what is missing');
    // What was refused since the gap was formed is told by another.
    this.#outage = outage.lost > lost ? { ...this.#begin(outage.why), lost: outage.lost - lost } : undefined;
  }

  #begin(why: string): Outage {
    return { from: this.#deps.clock.wall(), since: this.#deps.clock.now(), why, lost: 0 };
  }

  /** The end is measured by the clock that does not step. */
  #gap({ from, since, why, lost }: Outage): LogEntry {
    const to = Math.round(from + (this.#deps.clock.now() - since));
    return { v: 1, kind: 'gap', from: Math.round(from), to, why, lost };
  }
}
