/** Samples of a room whose sessions are counted in slices: the same that `SampleScan` takes of all of them. */
import type { AudienceRoom } from '../room.ts';
import {
  hotSessions,
  look,
  nobody,
  type SampleLook,
  type SamplePart,
  SESSIONS_A_TURN,
  sampleOf,
} from '../room-sample.ts';
import { exclusionCode, MOST_SESSIONS_PER_KEY } from '../rules.ts';
import { KeyBuckets } from '../tables/key-buckets.ts';
import { instantOf } from '../tables/session-row.ts';
import { type KeyList, type Lockstep, TOLD } from './lockstep.ts';

const MANY = exclusionCode('many-sessions');
const FOUND = Object.keys(nobody()) as (keyof SampleLook)[];

/** Takes the samples of one slice, together with the threads of the others. */
export class SliceSampler {
  readonly #room: AudienceRoom;
  readonly #step: Lockstep;
  readonly #buckets = new KeyBuckets(SESSIONS_A_TURN);
  #turn = 0;

  constructor(room: AudienceRoom, step: Lockstep) {
    this.#room = room;
    this.#step = step;
  }

  /** Takes the sample of an instant, if anybody is there in any slice. All slices have the same sample in the end. */
  take(at: number): void {
    const { count } = this.#room;
    const { mine, told } = this.#step;
    // One that has nothing to do may be at the next instant while others still read what it has told of this one.
    const newest = TOLD.newest + (this.#turn & 1);
    this.#turn += 1;
    mine[newest] = count.newestLive;
    this.#step.wait();
    count.newestLive = Math.max(...told.map((words) => words[newest] as number));
    const share = this.#room.sampleDue(at);
    if (!share) return;
    for (;;) {
      const found = this.#look(at);
      if (!this.#exclude(at)) return void this.#room.endSample(sampleOf(found, at, share));
    }
  }

  /** Looks at the sessions of this slice; gives what was found in all, and the keys that have too many sessions. */
  #look(at: number): SampleLook {
    const { mine, slice, keys, crowded } = this.#step;
    const own = keys[slice.number] as KeyList;
    const [found, sum] = [nobody(), nobody()];
    own.size = 0;
    this.#visit(at, (entries, part) => look(this.#room.count, entries, part, { keys: own, found }));
    FOUND.forEach((name, i) => {
      mine[TOLD.look + i] = found[name];
    });
    mine[TOLD.keys] = own.size;
    this.#step.wait();
    FOUND.forEach((name, i) => {
      sum[name] = this.#step.sum(TOLD.look + i);
    });
    this.#count(crowded[slice.number] as KeyList);
    mine[TOLD.crowded] = (crowded[slice.number] as KeyList).size;
    this.#step.wait();
    return sum;
  }

  /** Of the keys of all slices, each slice counts those that are its own. */
  #count(crowded: KeyList): void {
    const { told, keys, slice } = this.#step;
    const buckets = this.#buckets;
    buckets.clear(Math.ceil(this.#step.sum(TOLD.keys) / slice.of));
    const each = (visit: (key: number) => void): void =>
      keys.forEach(({ words }, i) => {
        const size = told[i]?.[TOLD.keys] as number;
        for (let at = 0; at < size; at++) {
          const key = words[at] as number;
          if ((key & (slice.of - 1)) === slice.number) visit(key);
        }
      });
    let gathered = 0;
    each((key) => {
      buckets.gather(key);
      gathered += 1;
      if (gathered < SESSIONS_A_TURN) return;
      buckets.count();
      gathered = 0;
    });
    buckets.count();
    crowded.size = 0;
    if (!buckets.any) return;
    const sessions = new Map<number, number>();
    each((key) => {
      if (buckets.isSuspect(key)) sessions.set(key, (sessions.get(key) ?? 0) + 1);
    });
    for (const [key, many] of sessions) if (many > MOST_SESSIONS_PER_KEY) crowded.gather(key);
  }

  /** Takes the sessions out whose key has too many; false where there are none. */
  #exclude(at: number): boolean {
    const crowded = new Set<number>();
    this.#step.crowded.forEach(({ words }, i) => {
      const size = this.#step.told[i]?.[TOLD.crowded] as number;
      for (let k = 0; k < size; k++) crowded.add(words[k] as number);
    });
    if (crowded.size === 0) return false;
    const isSuspect = (key: number): boolean => crowded.has(key);
    this.#visit(at, (entries, part) =>
      hotSessions(entries, part, { isSuspect }, (place) => this.#room.count.exclude(entries, place, MANY)),
    );
    return true;
  }

  #visit(at: number, visit: (entries: Int32Array, part: SamplePart) => void): void {
    const { minute, slot } = instantOf(at);
    for (const { entries, count } of this.#room.count.live.shards)
      visit(entries, { minute, slot, from: 0, to: count });
  }
}
