import type { AgentKind } from '../clients/agent-kind.ts';
import type { Counter } from '../clients/columns.ts';

/** A slot of a door, ms. */
export const SLOT_MS = 10_000;
/** Busiest rooms of a slot that a door tells. */
export const SLOT_ROOMS = 16;

/** The counters of a client that a slot has, by their place. New ones are added at the end: old slots are read for weeks. */
export const SLOT_COUNTERS = [
  ...(['requests', 'pages', 'assets', 'files', 'playlists', 'segments', 'apis', 'feeds', 'probes'] as const),
  ...([
    'logins',
    'ownReferer',
    'chained',
    'otherReferer',
    'cached',
    'notFound',
    'denied',
    'limited',
  ] as const),
  ...(['failed', 'slow', 'malformed', 'posts', 'queries', 'randomQueries', 'gaps', 'hurried'] as const),
  ...(['names0', 'names1', 'queries0', 'queries1', 'paths0', 'paths1', 'paths2', 'paths3'] as const),
  ...(['topPath', 'topCount', 'pagesInSlot'] as const),
] as const satisfies readonly Counter[];

/** Who a row of a slot stands for: one client, all of a prefix, or many by what they are like. */
export type SlotRowKind = 0 | 1 | 'people' | 'others';

/**
 * One client in one slot. `address` and `prefix` are hashes by the salt of the day; `agent` is an index of the slot's
 * agents, −1 for rows that stand for several. `amounts`: cost, bytes, and sums of the logarithms of gaps and of their
 * squares. `times`: first and last request, ms after the slot's begin. `counts`: places in `SLOT_COUNTERS` and values,
 * in turn, without zeros.
 */
export type SlotClient = readonly [
  stands: SlotRowKind,
  address: string,
  prefix: string,
  agent: number,
  amounts: readonly [cost: number, bytes: number, logGaps: number, logGaps2: number],
  times: readonly [first: number, last: number],
  counts: readonly number[],
];

/** An agent as it is kept: what it is, and a hash of its name; where it falsely claims to be an operator's crawler, whose. */
export type SlotAgent = readonly [kind: AgentKind, hash: string, impostor?: string];

/** Sums of all requests of a slot. */
export interface SlotTotals {
  readonly requests: number;
  readonly work: number;
  readonly cost: number;
  readonly errors: number;
  readonly internal: number;
  readonly gaveUp: number;
  /** By classes of `DURATION_CLASSES`. */
  readonly durations: readonly number[];
  readonly withReferer: number;
  readonly withAgent: number;
  readonly withDuration: number;
  /** Requests whose clients are told apart no more, because a table was full. */
  readonly merged: number;
  /** Streams that ran at the end of the slot. */
  readonly streams: number;
}

/** What one door was asked for in ten seconds. A slot with many clients has several parts; the sums are in the first. */
export interface RequestSlot {
  readonly v: 1;
  readonly kind: 'requests';
  readonly door: string;
  /** Different for each life of the door's process. */
  readonly life: string;
  /** Wall-clock ms of its begin, a multiple of `SLOT_MS`. */
  readonly at: number;
  readonly part: number;
  readonly parts: number;
  readonly totals?: SlotTotals;
  readonly agents: readonly SlotAgent[];
  readonly clients: readonly SlotClient[];
  /** Hashes of pages that were asked for and exist, at most 256. */
  readonly pages?: readonly number[];
  /** What some paths are, by their hashes; paths of visitors' making have none. */
  readonly names?: readonly (readonly [hash: number, name: string])[];
  /** Requests of the busiest rooms, by hashes that stay the same on this server; in the first part. */
  readonly rooms?: readonly (readonly [key: string, requests: number])[];
  /** Prefixes of this part that were not seen in 90 days, and since when that is known (wall-clock ms). */
  readonly fresh?: { readonly prefixes: readonly string[]; readonly since: number };
}

/** The same as a door sends it, with what must not be written anywhere. */
export interface SentSlot extends Omit<RequestSlot, 'agents' | 'fresh'> {
  /** Names as they came, cut at 300 letters. */
  readonly agents: readonly (readonly [name: string, impostor?: string])[];
  /** For each prefix of the part its 48 bits by a key that stays, for what is seen in 90 days. */
  readonly seen: Readonly<Record<string, string>>;
}

/** The name by which a slot's part is known; a repeat of it changes nothing. */
export const slotName = ({
  door,
  life,
  at,
  part,
}: Pick<RequestSlot, 'door' | 'life' | 'at' | 'part'>): string => `${at} ${door} ${life} ${part}`;
