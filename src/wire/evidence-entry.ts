/**
 * What is written into the evidence log, as canonical JSON (RFC 8785), one leaf each. Numbers are integers. An entry of
 * a room carries the number of the room's entry and the hash of the one before it, so that a room's history can be
 * checked without anybody else's.
 */
import type { Counting, Exclusion, JoinFailure, MetricId } from './metrics.ts';
import type { Reconciliation } from './numbers.ts';

/** A figure as it stood at the end of a minute. */
export interface EvidenceFigure {
  readonly net: number;
  readonly gross: number;
  readonly method: Counting;
  /** Half of the 95 % interval. */
  readonly error?: number;
  readonly parts?: Readonly<Record<string, number>>;
}

/** The place of an entry in its room's chain. */
export interface RoomPlace {
  readonly room: string;
  /** From 1. */
  readonly seq: number;
  /** Leaf hash of the room's entry before this one, hexadecimal (RFC 6962: SHA-256 of 0x00 and the entry); '' for the first. */
  readonly previous: string;
}

/** The figures of one room and minute. */
export interface MinuteEntry extends RoomPlace {
  readonly v: 1;
  readonly kind: 'minute';
  /** Whole minutes since 1970. */
  readonly minute: number;
  readonly status: Reconciliation;
  /** At most six samples: seconds since 1970 (a multiple of 10), then S, C, M, gross. */
  readonly samples: readonly (readonly [at: number, s: number, c: number, m: number, gross: number])[];
  /** Since the room opened. */
  readonly total: Readonly<Partial<Record<MetricId, EvidenceFigure>>>;
  /** Net listening seconds of this minute; all of them add up to the total. */
  readonly seconds: { readonly stage: number; readonly standby: number };
  readonly excluded: Readonly<Partial<Record<Exclusion, number>>>;
  readonly failures?: Readonly<Partial<Record<JoinFailure, number>>>;
  /** Sessions that send proofs, in millionths. */
  readonly sampling: number;
  /** SHA-256 of the definitions it was counted by. */
  readonly definitions: string;
}

/** The figures after the pass over the raw records, and what differs from the last minute entry, in words. */
export interface FinalEntry extends RoomPlace {
  readonly v: 1;
  readonly kind: 'final';
  readonly at: number;
  readonly total: Readonly<Partial<Record<MetricId, EvidenceFigure>>>;
  readonly excluded: Readonly<Partial<Record<Exclusion, number>>>;
  readonly differences: readonly {
    readonly metric: MetricId;
    readonly live: number;
    readonly final: number;
    readonly why: string;
  }[];
}

/** A rerun of the raw records by other rules: both values stay. */
export interface CorrectionEntry extends RoomPlace {
  readonly v: 1;
  readonly kind: 'correction';
  readonly at: number;
  /** The `seq` of what it corrects. */
  readonly corrects: number;
  readonly why: string;
  readonly total: Readonly<Partial<Record<MetricId, EvidenceFigure>>>;
  readonly excluded: Readonly<Partial<Record<Exclusion, number>>>;
}

/** What happened to a room: clocks, dead air, rungs, a host's note. */
export interface HappeningEntry extends RoomPlace {
  readonly v: 1;
  readonly kind: 'happening';
  readonly at: number;
  readonly what:
    | 'scheduled'
    | 'opened'
    | 'first-audio'
    | 'first-speech'
    | 'ended'
    | 'dead-air'
    | 'rung'
    | 'note';
  readonly detail?: string;
}

/** Somebody's statement about a room, and what the evidence says of it. */
export interface ClaimEntry extends RoomPlace {
  readonly v: 1;
  readonly kind: 'claim' | 'dispute' | 'answer' | 'claim-correction';
  readonly at: number;
  /** Random id of the claim; disputes and corrections name it. */
  readonly claim: string;
  readonly author: string;
  readonly text: string;
  readonly verdict?: string;
}

/** Not about a room. */
export type LogEntry =
  /** A raw file was closed. */
  | {
      readonly v: 1;
      readonly kind: 'raw-file';
      readonly at: number;
      readonly file: string;
      readonly records: number;
      readonly sha256: string;
    }
  /** All definitions, whole, at the start of the log and when they change; `sha256` is of their canonical JSON. */
  | {
      readonly v: 1;
      readonly kind: 'definitions';
      readonly at: number;
      readonly sha256: string;
      readonly definitions: unknown;
    }
  /** Nothing could be written for a time. */
  | {
      readonly v: 1;
      readonly kind: 'gap';
      readonly from: number;
      readonly to: number;
      readonly why: string;
      readonly lost: number;
    }
  /** The next checkpoints are signed by another key; the old one signs this. */
  | {
      readonly v: 1;
      readonly kind: 'key';
      readonly at: number;
      readonly next: string;
      readonly signature: string;
    };

/** Any entry. */
export type EvidenceEntry =
  | MinuteEntry
  | FinalEntry
  | CorrectionEntry
  | HappeningEntry
  | ClaimEntry
  | LogEntry;

/**
 * The first line of a bundle. A bundle is UTF-8 text, one canonical JSON object a line: this, then `entry` lines in the
 * order of their index, then `checkpoint` lines in the order of their size. It holds what is needed to check a room's
 * figures without a network.
 */
export interface BundleHead {
  readonly v: 1;
  readonly kind: 'earshot-bundle';
  readonly room: string;
  readonly title: string;
  /** The log's name in its checkpoints. */
  readonly origin: string;
  /** Verifier keys of the log, oldest first, as C2SP signed-note writes them. */
  readonly keys: readonly string[];
  readonly made: number;
}
/** One entry of the log: every one of the room, and those about keys, definitions and gaps. */
export interface BundleEntry {
  readonly kind: 'entry';
  readonly index: number;
  /** The canonical JSON, exactly as it was hashed. */
  readonly entry: string;
  /** Inclusion proof in the tree of the bundle's last checkpoint: hashes in base64 (RFC 9162, 2.1.3). */
  readonly proof: readonly string[];
}
/** A signed tree head that was published while it happened. */
export interface BundleCheckpoint {
  readonly kind: 'checkpoint';
  /** The signed note, with cosignatures of witnesses where there are any. */
  readonly note: string;
  /** Consistency proof from the checkpoint before it in the bundle (RFC 9162, 2.1.4). */
  readonly consistency: readonly string[];
}
