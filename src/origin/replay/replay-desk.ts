import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Charge } from '../../base/reply.ts';
import type { RecordingPort } from '../recording.ts';
import type {
  FilePlan,
  ReplayFacts,
  ReplayList,
  ReplayMade,
  ReplayMaker,
  ReplayWish,
} from './replay-maker.ts';

/** What is remembered of all replays together; the longest unused goes first. A plan of 24 hours is 0.4 MB. */
const MAX_KEPT_BYTES = 48 << 20;
/** Things that wait to be made; one more is told to come back. */
const MAX_WAITING = 64;
/** How long one look at the disk, and what is made of it, holds at least. */
const FRESH_MS = 1000;
/** What took long to make holds this many times as long, while its recording grows. */
const FRESH_PER_COST = 20;
/** A failure is remembered: asking again does not repeat it. */
const FAILED_MS = 10_000;
/** Rooms whose version is remembered. */
const MAX_VERSIONS = 1000;
/** What is charged for a recording of which nothing was made before, µs. */
const DEFAULT_COST = 20_000;
/** Counted for anything kept, beside its buffers. */
const ENTRY_BYTES = 1000;

/** The thing cannot be had now: too many others are waiting, or making it failed a moment ago. */
export type NotNow = 'busy' | 'failed';

interface Kept {
  readonly version: string;
  readonly made: ReplayMade | undefined | 'failed';
  readonly bytes: number;
  readonly freshUntil: number;
}

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

/** Whoever asks. */
export interface Asker {
  readonly signal: AbortSignal;
  /** Charges for what must be made; absent: nobody is charged. */
  readonly charge?: Charge;
  /** True: what was made of an earlier state will do. */
  readonly anyState?: boolean;
}

/** What doors ask of replays: each thing is made once, one at a time, and remembered within a bound. */
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
}

/** Opens the desk in front of a maker. */
export function openReplayDesk(deps: {
  readonly clock: Clock;
  readonly log: Log;
  readonly port: RecordingPort;
  readonly maker: ReplayMaker;
}): ReplayDesk {
  const { clock, port, maker } = deps;
  const kept = new Map<string, Kept>();
  const versions = new Map<string, { readonly at: number; readonly version: Promise<string | undefined> }>();
  const jobs = new Map<string, Job>();
  /** What the last thing of a room took, µs. */
  const costs = new Map<string, number>();
  let bytes = 0;
  let working = false;

  const versionOf = (slug: string): Promise<string | undefined> => {
    if (!port.version) return Promise.resolve(String(clock.now()));
    const known = versions.get(slug);
    if (known && clock.now() - known.at < FRESH_MS) return known.version;
    const version = port.version(slug);
    version.catch(() => versions.delete(slug));
    versions.delete(slug);
    versions.set(slug, { at: clock.now(), version });
    dropOldest(versions, MAX_VERSIONS);
    return version;
  };

  const keep = (key: string, entry: Kept): void => {
    bytes -= kept.get(key)?.bytes ?? 0;
    kept.delete(key);
    kept.set(key, entry);
    bytes += entry.bytes;
    for (const [oldest, { bytes: freed }] of kept) {
      if (bytes <= MAX_KEPT_BYTES || oldest === key) break;
      kept.delete(oldest);
      bytes -= freed;
    }
  };

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
      let made: Kept['made'];
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
        keep(key, {
          ...{ version: job.version, made, bytes: sizeOf(made) + key.length },
          freshUntil:
            clock.now() + (made === 'failed' ? FAILED_MS : Math.max(FRESH_MS, FRESH_PER_COST * cost)),
        });
      job.left.resolve();
      job.done.resolve(made);
    }
    working = false;
  };

  const ask = async (wish: ReplayWish, asker: Asker): Promise<ReplayMade | undefined | NotNow> => {
    const key = JSON.stringify(wish);
    const old = kept.get(key)?.made;
    if (asker.anyState && typeof old === 'object') return old;
    const version = await versionOf(wish.slug);
    if (version === undefined) return undefined;
    const known = kept.get(key);
    if (known && fits(known, version, clock.now())) {
      kept.delete(key);
      kept.set(key, known);
      return known.made;
    }
    let job = jobs.get(key);
    // One that is leaving off is in the way for a moment.
    while (job?.controller.signal.aborted) {
      await job.left.promise;
      job = jobs.get(key);
    }
    if (!job) {
      if (jobs.size >= MAX_WAITING || asker.charge?.(costs.get(wish.slug) ?? DEFAULT_COST) === false)
        return 'busy';
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

  /** Whoever goes is no longer waited for; the last one takes the work along. */
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
  };
}

/** What failed is tried again after its time; what was made holds as long as the recording is the same, or for its time. */
const fits = ({ version, made, freshUntil }: Kept, now: string, at: number): boolean =>
  at < freshUntil || (made !== 'failed' && version === now);

function sizeOf(made: ReplayMade | undefined | 'failed'): number {
  let sum = ENTRY_BYTES;
  if (typeof made !== 'object') return sum;
  for (const value of Object.values(made)) {
    if (ArrayBuffer.isView(value)) sum += value.byteLength;
    if (value && typeof value === 'object' && 'inline' in value && ArrayBuffer.isView(value.inline))
      sum += value.inline.byteLength;
  }
  return sum;
}

function dropOldest(map: Map<string, unknown>, most: number): void {
  const oldest = map.keys().next().value;
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}

/** True for what cannot be had now. */
export const isNotNow = (made: unknown): made is NotNow => made === 'busy' || made === 'failed';
