import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Charge } from '../../base/reply.ts';
import type { RecordingPort } from '../recording.ts';
import type { ClipFile } from './clip-file.ts';
import { type KeptMade, KeptReplays } from './kept-replays.ts';
import type {
  FilePlan,
  ReplayFacts,
  ReplayList,
  ReplayMade,
  ReplayMaker,
  ReplayWish,
} from './replay-maker.ts';

/** Limit of things waiting to be made; further requests are told to come back. */
const MAX_WAITING = 64;
/** The same for who can do without. */
const MAX_SPARED = 8;
/** Shortest time that a result is kept before the disk is checked again. */
const FRESH_MS = 1000;
/** A result that took long to make is kept this many times as long while its recording grows. */
const FRESH_PER_COST = 20;
/**
 * What could not be made yet is looked at again after this time at the latest, however long it took to find that out: a
 * clip of a moment ago is there in a few seconds.
 */
const NOTHING_MS = 3_000;
/** What people added is looked at so often: a list or plan from before a trim names sound that is refused. */
const EDITS_FRESH_MS = 100;
/** A failure is remembered: asking again does not repeat it. */
const FAILED_MS = 10_000;
/** Rooms whose version is remembered. */
const MAX_VERSIONS = 1000;
/** Charge for a recording of which nothing was made before, µs. */
const DEFAULT_COST = 20_000;
/** Not available now: too many others are waiting, or making it failed a moment ago. */
export type NotNow = 'busy' | 'failed';

interface Job {
  readonly wish: ReplayWish;
  readonly version: string;
  readonly controller: AbortController;
  readonly done: PromiseWithResolvers<ReplayMade | undefined | NotNow>;
  /** It is out of the list. */
  readonly left: PromiseWithResolvers<void>;
  waiters: number;
  begun: boolean;
}

/** The client that asks for something. */
export interface Asker {
  readonly signal: AbortSignal;
  /** Charges for work; absent: nobody is charged. */
  readonly charge?: Charge;
  /** True: a result for an earlier state will do. */
  readonly anyState?: boolean;
  /** True: it can do without, and gives way when more than a few things wait to be made. */
  readonly spares?: boolean;
}

/** Replay data for doors: each thing is made once, one at a time, and kept within a limit. */
export interface ReplayDesk {
  /** What is known of a recording; undefined when nothing is there. */
  facts(slug: string, over: boolean, asker: Asker): Promise<ReplayFacts | undefined | NotNow>;
  /** A rendition's playlist. */
  list(
    slug: string,
    over: boolean,
    rendition: string,
    asker: Asker,
  ): Promise<ReplayList | undefined | NotNow>;
  /** The end of a rendition's live playlist, of a room that is over. */
  ended(slug: string, rendition: string, asker: Asker): Promise<ReplayList | undefined | NotNow>;
  file(wish: ReplayWish & { what: 'file' }, asker: Asker): Promise<FilePlan | undefined | NotNow>;
  /** The outline or the waveform of a recording, as JSON. */
  text(
    slug: string,
    over: boolean,
    what: 'outline' | 'waveform',
    asker: Asker,
  ): Promise<ReplayList | undefined | NotNow>;
  clip(wish: ReplayWish & { what: 'clip' }, asker: Asker): Promise<ClipFile | undefined | NotNow>;
}

interface KnownVersion<T> {
  readonly at: number;
  readonly version: Promise<T>;
}

/** Which state of a recording is on the disk, asked at most once a second; that of what was added, ten times. */
class RecordingVersions {
  readonly #clock: Clock;
  readonly #port: RecordingPort;
  readonly #known = new Map<string, KnownVersion<string | undefined>>();
  readonly #edits = new Map<string, KnownVersion<string>>();

  constructor(clock: Clock, port: RecordingPort) {
    this.#clock = clock;
    this.#port = port;
  }

  of(slug: string): Promise<string | undefined> {
    const look = this.#port.version;
    if (!look) return Promise.resolve(String(this.#clock.now()));
    return this.#asked(this.#known, slug, FRESH_MS, look);
  }

  editsOf(slug: string): Promise<string> {
    const look = this.#port.editsVersion;
    return look ? this.#asked(this.#edits, slug, EDITS_FRESH_MS, look) : Promise.resolve('');
  }

  #asked<T>(
    all: Map<string, KnownVersion<T>>,
    slug: string,
    fresh: number,
    look: (slug: string) => Promise<T>,
  ): Promise<T> {
    const now = this.#clock.now();
    const known = all.get(slug);
    if (known && now - known.at < fresh) return known.version;
    const version = look.call(this.#port, slug);
    version.catch(() => all.delete(slug));
    all.delete(slug);
    all.set(slug, { at: now, version });
    dropOldest(all, MAX_VERSIONS);
    return version;
  }
}

/** Opens the desk in front of a maker. */
export function openReplayDesk(deps: {
  readonly clock: Clock;
  readonly log: Log;
  readonly port: RecordingPort;
  readonly maker: ReplayMaker;
}): ReplayDesk {
  const { clock, port, maker } = deps;
  const kept = new KeptReplays();
  const versions = new RecordingVersions(clock, port);
  const jobs = new Map<string, Job>();
  /** What the last work for a room took, µs. */
  const costs = new Map<string, number>();
  let working = false;

  const work = async (): Promise<void> => {
    if (working) return;
    working = true;
    for (;;) {
      // What is small, and what everything else waits for, goes first.
      const next = [...jobs].find(([, { wish }]) => wish.what === 'facts') ?? jobs.entries().next().value;
      if (!next) break;
      const [key, job] = next;
      job.begun = true;
      const began = clock.now();
      let made: KeptMade;
      try {
        made = await maker.make(job.wish, job.controller.signal);
      } catch (error) {
        made = 'failed';
        if (!job.controller.signal.aborted)
          deps.log.warn(
            { slug: job.wish.slug, what: job.wish.what, error: String(error) },
            'a recording cannot be read for its replay; trying again in a few seconds',
          );
      }
      const cost = clock.now() - began;
      jobs.delete(key);
      costs.delete(job.wish.slug);
      costs.set(job.wish.slug, cost * 1000);
      dropOldest(costs, MAX_VERSIONS);
      if (!job.controller.signal.aborted)
        kept.keep(
          key,
          made,
          job.version,
          clock.now() + (made === 'failed' ? FAILED_MS : freshFor(made, cost)),
        );
      job.left.resolve();
      job.done.resolve(made);
    }
    working = false;
  };

  const ask = async (wish: ReplayWish, asker: Asker): Promise<ReplayMade | undefined | NotNow> => {
    const key = JSON.stringify([wish, await versions.editsOf(wish.slug)]);
    const old = kept.any(key);
    if (asker.anyState && typeof old === 'object') return old;
    const version = await versions.of(wish.slug);
    if (version === undefined) return undefined;
    const known = kept.good(key, version, clock.now());
    if (known) return known.made;
    let job = jobs.get(key);
    // One that is leaving off is in the way for a moment.
    while (job?.controller.signal.aborted) {
      await job.left.promise;
      job = jobs.get(key);
    }
    if (!job) {
      const most = asker.spares ? MAX_SPARED : MAX_WAITING;
      if (jobs.size >= most || asker.charge?.(costs.get(wish.slug) ?? DEFAULT_COST) === false) return 'busy';
      job = {
        ...{ wish, version, waiters: 0, begun: false },
        ...{
          controller: new AbortController(),
          done: Promise.withResolvers(),
          left: Promise.withResolvers(),
        },
      };
      jobs.set(key, job);
      void work();
    }
    return waitFor(job, key, asker.signal);
  };

  /** Waits for a job. When the last waiter leaves, the work is abandoned. */
  const waitFor = (job: Job, key: string, signal: AbortSignal): Job['done']['promise'] => {
    job.waiters += 1;
    const gone = (): void => {
      job.waiters -= 1;
      if (job.waiters > 0) return;
      job.controller.abort();
      job.done.resolve('busy');
      // The one that is being made leaves by itself.
      if (jobs.get(key) === job && !job.begun) jobs.delete(key);
    };
    if (signal.aborted) gone();
    else signal.addEventListener('abort', gone, { once: true });
    return job.done.promise.finally(() => signal.removeEventListener('abort', gone));
  };

  return {
    facts: (slug, over, asker) =>
      ask({ what: 'facts', slug, over }, asker) as Promise<ReplayFacts | undefined | NotNow>,
    list: (slug, over, rendition, asker) =>
      ask({ what: 'list', slug, over, rendition }, asker) as Promise<ReplayList | undefined | NotNow>,
    ended: (slug, rendition, asker) =>
      ask({ what: 'ended', slug, over: true, rendition }, asker) as Promise<ReplayList | undefined | NotNow>,
    file: (wish, asker) => ask(wish, asker) as Promise<FilePlan | undefined | NotNow>,
    text: (slug, over, what, asker) =>
      ask({ what, slug, over }, asker) as Promise<ReplayList | undefined | NotNow>,
    clip: (wish, asker) => ask(wish, asker) as Promise<ClipFile | undefined | NotNow>,
  };
}

/** How long a result is taken without a look at the disk, by what it cost to make, ms. */
const freshFor = (made: KeptMade, cost: number): number =>
  Math.min(Math.max(FRESH_MS, FRESH_PER_COST * cost), made === undefined ? NOTHING_MS : Infinity);

function dropOldest(map: Map<string, unknown>, most: number): void {
  const oldest = map.keys().next().value;
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}

/** True for what is not available now. */
export const isNotNow = (made: unknown): made is NotNow => made === 'busy' || made === 'failed';
