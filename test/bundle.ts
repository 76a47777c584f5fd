/** Makes bundles for tests: a whole event from a seed, with deterministic keys and without any code of the product. */
import { createHash } from 'node:crypto';
import type {
  BundleCheckpoint,
  BundleEntry,
  BundleHead,
  BundleSeal,
  EvidenceEntry,
  EvidenceFigure,
  FinalEntry,
  MinuteEntry,
} from '../src/wire/evidence-entry.ts';
import { chance } from './chance.ts';
import { leafHashOf, treeOf } from './merkle.ts';
import { noteOf, signerOf, type TestSigner } from './note.ts';

/** Whole minutes since 1970 at which events of tests begin. */
export const FIRST_MINUTE = 29_880_000;
const ORIGIN = 'log.example/earshot';
const CHECKPOINTS_A_MINUTE = 6;

type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value };

/** RFC 8785 for the values of tests. */
export function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_, member: Value) =>
    member && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

/** What an event of a test is like. */
export interface EventWishes {
  readonly seed?: number;
  readonly minutes?: number;
  /** Entries of other rooms in the same log, each minute. */
  readonly others?: number;
  /** Minutes after which the log changes its key. */
  readonly rotations?: readonly number[];
  /** After this minute the log could not write for three. */
  readonly gap?: number;
  readonly witnesses?: number;
  /** Entries about no room, after the first. */
  readonly more?: readonly object[];
  /** Writes the end of the room and the final figures. */
  readonly closed?: boolean;
  /** Changes an entry before it is written: what a log that lies would do. */
  readonly write?: (entry: EvidenceEntry, index: number) => EvidenceEntry;
}

/** The log of an event. */
export interface TestEvent {
  readonly room: string;
  /** All entries of the log. */
  readonly log: readonly string[];
  /** Indexes of those that belong into the bundle. */
  readonly ours: readonly number[];
  /** Sizes at which there was a checkpoint. */
  readonly sizes: readonly number[];
  readonly signers: readonly TestSigner[];
  /** Index of the key entry before each signer but the first. */
  readonly turns: readonly number[];
  readonly witnesses: readonly TestSigner[];
}

const DEFINITIONS = [{ id: 'listeners_now', unit: 'sessions', version: 1, rule: 'Who hears it.' }];
const DEFINED = createHash('sha256').update(canonicalText(DEFINITIONS)).digest('hex');

/** The figures of a crowd that grows, falls, and is counted twice. */
class Crowd {
  readonly #random: () => number;
  readonly #total = {
    attempts: 0,
    success: 0,
    capacity: 0,
    network: 0,
    tuned: 0,
    stage: 0,
    standby: 0,
    peak: 0,
    left: 0,
  };
  #now = 0;

  constructor(seed: number) {
    this.#random = chance(seed);
  }

  #some(most: number): number {
    return Math.floor(this.#random() * most);
  }

  minute(minute: number, wrote = true): Omit<MinuteEntry, 'room' | 'seq' | 'previous'> {
    const total = this.#total;
    const samples = Array.from({ length: CHECKPOINTS_A_MINUTE }, (_, i) => {
      this.#now = Math.max(0, this.#now + this.#some(900) - 300);
      const [s, c] = [this.#now + this.#some(9), this.#now + this.#some(9)];
      const m = Math.max(0, Math.min(s, c) - this.#some(4));
      if (wrote) total.peak = Math.max(total.peak, m);
      return [minute * 60 + i * 10, s, c, m, Math.max(s, c) + this.#some(50)] as const;
    });
    const seconds = { stage: this.#now * 55 + this.#some(60), standby: this.#some(900) };
    total.stage += seconds.stage;
    total.standby += seconds.standby;
    const [success, capacity, network] = [this.#some(500), this.#some(20), this.#some(20)];
    total.success += success;
    total.capacity += capacity;
    total.network += network;
    // Somebody is still on the way in.
    total.attempts = total.success + total.capacity + total.network + this.#some(3);
    total.tuned += this.#some(300);
    total.left += this.#some(30);
    return {
      ...{ v: 1, kind: 'minute', minute, status: 'reconciled', samples, seconds },
      ...{ total: this.figures(), excluded: { bot: total.left }, sampling: 1_000_000, definitions: DEFINED },
      failures: { capacity: total.capacity, network: total.network },
      sessions: total.tuned + 7,
    };
  }

  figures(closed = false): Record<string, EvidenceFigure> {
    const total = this.#total;
    const failures = total.capacity + total.network;
    const figure = (net: number, parts?: Record<string, number>): EvidenceFigure => ({
      ...{ net, gross: net + total.left, method: 'counted' },
      ...(parts && { parts }),
    });
    return {
      peak_concurrent: figure(total.peak),
      avg_concurrent: figure(Math.floor(total.peak / 3)),
      listeners_now: figure(this.#now),
      tuned_in_live: figure(total.tuned),
      drop_ins: figure(7),
      listening_seconds: figure(total.stage + total.standby, { stage: total.stage, standby: total.standby }),
      join_attempts: figure(closed ? total.success + failures : total.attempts),
      join_success: figure(total.success),
      join_failures: figure(failures, { capacity: total.capacity, network: total.network }),
      unique_listeners: { ...figure(Math.floor(total.tuned * 0.9)), method: 'sketched', error: 40 },
    };
  }
}

/** An event as the log wrote it down. */
export function eventOf(wishes: EventWishes = {}): TestEvent {
  const { seed = 1, minutes = 120, others = 20, rotations = [], gap, closed = true } = wishes;
  const room = 'town-hall';
  const [crowd, random] = [new Crowd(seed), chance(seed + 1000)];
  const log: string[] = [];
  const ours: number[] = [];
  const sizes: number[] = [];
  const turns: number[] = [];
  const signers = [signerOf(ORIGIN, `log ${seed}`)];
  let [seq, previous] = [0, ''];

  const append = (entry: EvidenceEntry): void => {
    const written = canonicalText(wishes.write?.(entry, log.length) ?? entry);
    if ((entry as { room?: string }).room === room) previous = leafHashOf(written).toString('hex');
    ours.push(log.length);
    log.push(written);
  };
  const ofRoom = (entry: object): void => {
    seq += 1;
    append({ ...entry, room, seq, previous } as EvidenceEntry);
  };
  const ofOthers = (count: number, minute: number): void => {
    for (let i = 0; i < count; i++)
      log.push(
        canonicalText({
          v: 1,
          kind: 'minute',
          room: `other-${i}`,
          minute,
          secret: Math.floor(random() * 2 ** 50),
        }),
      );
  };

  ofOthers(3, FIRST_MINUTE - 1);
  append({ v: 1, kind: 'definitions', at: FIRST_MINUTE * 60_000, sha256: DEFINED, definitions: DEFINITIONS });
  for (const entry of wishes.more ?? []) append(entry as EvidenceEntry);
  ofRoom({ v: 1, kind: 'happening', at: FIRST_MINUTE * 60_000, what: 'opened' });
  for (let i = 0; i < minutes; i++) {
    const minute = FIRST_MINUTE + i;
    for (let part = 0; part < CHECKPOINTS_A_MINUTE; part++) {
      ofOthers(
        Math.floor((others * (part + 1)) / CHECKPOINTS_A_MINUTE) -
          Math.floor((others * part) / CHECKPOINTS_A_MINUTE),
        minute,
      );
      if (part === 2 && i > 0) ofRoom(crowd.minute(minute - 1));
      if (part === 4 && i === gap) {
        crowd.minute(minute, false);
        append({
          v: 1,
          kind: 'gap',
          from: minute * 60_000,
          to: (minute + 1) * 60_000,
          why: 'the disk was full',
          lost: 6,
        });
      }
      sizes.push(log.length);
    }
    if (rotations.includes(i)) {
      const next = signerOf(ORIGIN, `log ${seed} after ${i}`);
      const signature = (signers.at(-1) as TestSigner).bare(`earshot-key/v1\n${ORIGIN}\n${next.verifier}\n`);
      turns.push(log.length);
      append({ v: 1, kind: 'key', at: minute * 60_000, next: next.verifier, signature });
      signers.push(next);
    }
  }
  if (closed) {
    ofRoom({ v: 1, kind: 'happening', at: (FIRST_MINUTE + minutes) * 60_000, what: 'ended' });
    ofRoom(finalOf(crowd, FIRST_MINUTE + minutes));
  }
  sizes.push(log.length);
  const time = (): number => FIRST_MINUTE * 60;
  const witnesses = Array.from({ length: wishes.witnesses ?? 0 }, (_, i) =>
    signerOf(`witness.example/w${i + 1}`, `witness ${i}`, time),
  );
  return { room, log, ours, sizes, signers, turns, witnesses };
}

function finalOf(crowd: Crowd, minute: number): Omit<FinalEntry, 'room' | 'seq' | 'previous'> {
  const live = crowd.figures();
  const total = crowd.figures(true);
  const differences = Object.keys(total)
    .filter((id) => live[id]?.net !== total[id]?.net)
    .map((id) => ({
      ...{ metric: id as FinalEntry['differences'][number]['metric'], why: 'those on their way had arrived' },
      ...{ live: live[id]?.net ?? 0, final: total[id]?.net ?? 0 },
    }));
  return { v: 1, kind: 'final', at: minute * 60_000, total, excluded: { bot: 1_000_000 }, differences };
}

/** Who signs at this size. */
export const signerAt = ({ signers, turns }: TestEvent, size: number): TestSigner =>
  signers[turns.filter((index) => index < size).length] as TestSigner;

/** The checkpoint of this size, as it was published. */
export function checkpointAt(event: TestEvent, size: number, tree = treeOf(event.log)): string {
  const text = `${ORIGIN}\n${size}\n${tree.root(size).toString('base64')}\n`;
  return noteOf(text, [signerAt(event, size), ...event.witnesses]);
}

/** The lines of the event's bundle without the seal. */
export function linesOf(event: TestEvent): string[] {
  const tree = treeOf(event.log);
  const last = event.sizes.at(-1) as number;
  const head: BundleHead = {
    ...{ v: 1, kind: 'earshot-bundle', room: event.room, title: 'Town hall “2024”', origin: ORIGIN },
    keys: event.signers.map(({ verifier }) => verifier),
    ...(event.witnesses.length > 0 && { witnesses: event.witnesses.map(({ verifier }) => verifier) }),
    made: 1_793_000_000_000,
  };
  const entries = event.ours.map(
    (index): BundleEntry => ({
      ...{ kind: 'entry', index, entry: event.log[index] as string },
      proof: tree.inclusion(index, last),
    }),
  );
  const checkpoints = event.sizes.map(
    (size, i): BundleCheckpoint => ({
      ...{ kind: 'checkpoint', note: checkpointAt(event, size, tree) },
      consistency: i === 0 ? [] : tree.consistency(event.sizes[i - 1] as number, size),
    }),
  );
  return [head, ...entries, ...checkpoints].map((line) => canonicalText(line));
}

/** The whole file: lines with the seal over them. */
export function sealed(event: TestEvent, lines: readonly string[]): string {
  const text = lines.map((line) => `${line}\n`).join('');
  const hash = createHash('sha256').update(text).digest('base64');
  const note = noteOf(`earshot-bundle/v1\n${ORIGIN}\n${lines.length}\n${hash}\n`, [
    event.signers.at(-1) as TestSigner,
  ]);
  const seal: BundleSeal = { kind: 'seal', note };
  return `${text}${canonicalText(seal)}\n`;
}

/** The bundle of an event. */
export const bundleOf = (event: TestEvent): string => sealed(event, linesOf(event));
