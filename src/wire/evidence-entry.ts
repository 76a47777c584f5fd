/**
 * What is written into the evidence log, as canonical JSON (RFC 8785), one leaf each. Numbers are integers. An entry of
 * a room carries the number of the room's entry and the hash of the one before it, so that a room's history can be
 * checked without anybody else's.
 */
import type { Reaction } from './interaction/reactions.ts';
import type { Counting, Exclusion, JoinFailure, MetricId } from './metrics.ts';
import type { Reconciliation } from './numbers.ts';
import type { PostSums } from './posts/post-events.ts';

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
  /**
   * Leaf hash of the room's entry before this one, hexadecimal (RFC 6962: SHA-256 of 0x00 and the entry); '' for the
   * first.
   */
  readonly previous: string;
}

/**
 * The figures of one room and minute. Whoever checks an entry may rely on `net` ≤ `gross` everywhere and on the
 * following rules (an estimated figure may miss each of them by its `error`):
 * - m ≤ min(s, c) ≤ gross in every sample;
 * - `peak_concurrent.net` is the largest headline of all samples so far: m, but c in a minute that is `client_only`; it
 *   is never below `avg_concurrent`;
 * - `listening_seconds.net` is the sum of `seconds` of all the room's minutes so far; it may be more after a `gap`;
 * - join_success + join_failures ≤ join_attempts, and equal in a `final`; `failures` and `parts` add up to their
 *   figure;
 * - totals of events, sessions, seconds and listens, and the peak (net), never go down, except `drop_ins` (a session
 *   that stays becomes `tuned_in_live`), and except `net` by as many as were added to `excluded` since.
 */
export interface MinuteEntry extends RoomPlace {
  readonly v: 1;
  readonly kind: 'minute';
  /** Whole minutes since 1970. */
  readonly minute: number;
  readonly status: Reconciliation;
  /** At most six samples of this minute, in order: seconds since 1970 (a multiple of 10), then S, C, M, gross. */
  readonly samples: readonly (readonly [at: number, s: number, c: number, m: number, gross: number])[];
  /** Since the room opened. */
  readonly total: Readonly<Partial<Record<MetricId, EvidenceFigure>>>;
  /** Net listening seconds of this minute; all of them add up to the total. */
  readonly seconds: { readonly stage: number; readonly standby: number };
  readonly excluded: Readonly<Partial<Record<Exclusion, number>>>;
  /** Since the room opened, net. */
  readonly failures?: Readonly<Partial<Record<JoinFailure, number>>>;
  /** Reactions by kind, since the room opened; absent while there were none. They are taps, and no people. */
  readonly reactions?: Readonly<Partial<Record<Reaction, number>>>;
  /** Sessions with some proven live listening, net, where they were counted: `tuned_in_live` and `drop_ins` together. */
  readonly sessions?: number;
  /** The share of sessions that send proofs, in millionths; the smallest of the minute. */
  readonly sampling: number;
  /** SHA-256 of the definitions it was counted by. */
  readonly definitions: string;
}

/**
 * The figures after the recount of the raw records, and in words how they differ from the last minute entry: one row
 * for every figure whose `net` differs (0 where the figure is missing).
 */
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

/** A recount of the raw records by other rules: both values stay in the log. */
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

/** One post of another account about the room. */
export interface PostFigures {
  /** The post's name: its account, and a number where there are several. */
  readonly of: string;
  readonly total: Readonly<Partial<Record<MetricId, EvidenceFigure>>>;
}

/**
 * What posts of other accounts about the room have counted so far, each by itself: written every ten minutes while one of
 * them grows. They are no part of a figure of the room, and nothing adds them. A post's totals never go down.
 */
export interface PostsEntry extends RoomPlace {
  readonly v: 1;
  readonly kind: 'posts';
  readonly at: number;
  readonly posts: readonly PostFigures[];
}

/** What may happen to a room. */
export type HappeningKind =
  | 'scheduled'
  | 'opened'
  | 'first-audio'
  | 'first-speech'
  | 'ended'
  | 'dead-air'
  | 'rung'
  | 'sampling'
  | 'stopped'
  | 'resumed'
  | 'quarantined'
  | 'released'
  | 'host-gone'
  | 'handed-over'
  | 'host-back'
  | 'note';

/**
 * An event in the life of a room: its clocks, dead air, rungs, changes of the share that sends proofs, the host's notes,
 * and what the operator or the machine did to it.
 */
export interface HappeningEntry extends RoomPlace {
  readonly v: 1;
  readonly kind: 'happening';
  readonly at: number;
  readonly what: HappeningKind;
  /** A rung's number, a cause of dead air, the text of a note, the reason why it was stopped; of `sampling` the share that proves, as `1/16`. */
  readonly detail?: string;
  /** Of a note: who wrote it, and when (wall-clock ms); `at` is the moment that it is about. */
  readonly author?: string;
  readonly written?: number;
  /** The `seq` of the note that this one answers, or whose place it takes: notes are never changed. */
  readonly answers?: number;
  readonly corrects?: number;
  /** Of a note: names the request that wrote it, so that the same request writes nothing when it is sent again. */
  readonly key?: string;
}

/**
 * What the doors were asked for during an incident of the room, once it is over: the SHA-256 of the published file
 * `/incidents/ID/requests.jsonl`, from which its verdict is worked out. Who changes the file later is found out.
 */
export interface RequestsEntry extends RoomPlace {
  readonly v: 1;
  readonly kind: 'requests';
  readonly at: number;
  readonly incident: string;
  readonly sha256: string;
  readonly lines: number;
}

/**
 * A statement that somebody made about a room, and what the evidence says about it. A `refusal` has the reason why the
 * operator did not publish a stranger's statement; the statement itself is not kept.
 */
export interface ClaimEntry extends RoomPlace {
  readonly v: 1;
  readonly kind: 'claim' | 'dispute' | 'answer' | 'claim-correction' | 'refusal';
  readonly at: number;
  /** Random id of the claim; disputes and corrections name it. Of a refusal: that of the statement, which waited. */
  readonly claim: string;
  readonly author: string;
  readonly text: string;
  readonly verdict?: string;
  /** Of a stranger's statement: who saw it and let it be published. */
  readonly admitted?: string;
  /** Names the request, or what waited: the same one is not written again. */
  readonly key?: string;
}

/**
 * What was counted of posts so far, each by itself: those that have grown since the entry before, every ten minutes. Of a
 * post: its id, then impressions, impressions inside other sites, opens, and listens begun from it, all of which never
 * go down. Nothing adds them, and they are no audience.
 */
export interface PostFiguresEntry {
  readonly v: 1;
  readonly kind: 'post-figures';
  readonly at: number;
  /** In the order of their ids. */
  readonly posts: readonly (readonly [post: string, ...sums: PostSums])[];
}

/** An entry that is not about a room. */
export type LogEntry =
  | PostFiguresEntry
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
  /**
   * Another key signs from here on: checkpoints that cover this entry are signed by `next` (a verifier key as C2SP
   * signed-note writes it), those before by the old key. `signature`: base64 of the old key's Ed25519 signature of the
   * three lines `earshot-key/v1`, the log's origin and `next`, each with its line feed.
   */
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
  | PostsEntry
  | HappeningEntry
  | ClaimEntry
  | RequestsEntry
  | LogEntry;

/**
 * The first line of a bundle. A bundle is UTF-8 text with one canonical JSON object per line, each ending with a line
 * feed: this head, then `entry` lines in order of index, then `checkpoint` lines in order of size, then one `seal`. It
 * holds everything that is needed to check a room's figures offline. No line is longer than a mebibyte.
 */
export interface BundleHead {
  readonly v: 1;
  readonly kind: 'earshot-bundle';
  readonly room: string;
  readonly title: string;
  /** The log's name in its checkpoints. */
  readonly origin: string;
  /** Verifier keys of the log, oldest first, as C2SP signed-note writes them: one, and one for each `key` entry. */
  readonly keys: readonly string[];
  /** Verifier keys of witnesses (C2SP tlog-cosignature, Ed25519) whose cosignatures are on checkpoints. */
  readonly witnesses?: readonly string[];
  /** Wall-clock ms. */
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
/** A signed tree head that was published during the event. */
export interface BundleCheckpoint {
  readonly kind: 'checkpoint';
  /** The signed note, with cosignatures of witnesses where there are any. */
  readonly note: string;
  /** Consistency proof from the checkpoint before it in the bundle (RFC 9162, 2.1.4); [] for the first, and for one of the same size. */
  readonly consistency: readonly string[];
}
/**
 * The last line: the log's signature over all other lines, so that nobody who passes a bundle on can change a title or
 * leave a line out.
 */
export interface BundleSeal {
  readonly kind: 'seal';
  /**
   * Signed note by the newest of `keys`. Its text has four lines: `earshot-bundle/v1`, the origin, the number of lines
   * before this one, and the base64 SHA-256 of their bytes, line feeds included.
   */
  readonly note: string;
}
