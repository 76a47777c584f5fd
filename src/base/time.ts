/** Units of time as types, so that mixing milliseconds, wall-clock instants and media time does not compile. */

declare const unit: unique symbol;

/** A duration, or an instant on a monotonic clock, in milliseconds (fractions allowed). */
export type Ms = number & { readonly [unit]: 'Ms' };
/** Milliseconds since 1970-01-01T00:00:00Z, on the wall clock. */
export type EpochMs = number & { readonly [unit]: 'EpochMs' };
/** Media time: integer 1/48,000 s. */
export type Ticks = number & { readonly [unit]: 'Ticks' };

/** Names a plain number as milliseconds. */
export const ms = (value: number): Ms => value as Ms;
/** Names a plain number as an instant on the wall clock. */
export const epochMs = (value: number): EpochMs => value as EpochMs;
/** Names an integer as media time. */
export const ticks = (value: number): Ticks => value as Ticks;

/** Media ticks in one second: the sample rate of everything in Earshot. */
export const TICKS_PER_SECOND = 48_000;
/** One program block: 20 ms, the frame of Opus as we encode it. */
export const BLOCK_TICKS = 960;
/** One fragment: 320 ms, where 15 AAC frames (1,024) and 16 Opus frames (960) meet. */
export const FRAGMENT_TICKS = 15_360;
/** Duration of one fragment. */
export const FRAGMENT_MS = 320;
/** Fragments in one LL-HLS part (640 ms). */
export const FRAGMENTS_PER_PART = 2;
/** Fragments in one HLS segment (5.12 s). */
export const FRAGMENTS_PER_SEGMENT = 16;
/** LL-HLS parts in one segment. */
export const PARTS_PER_SEGMENT = FRAGMENTS_PER_SEGMENT / FRAGMENTS_PER_PART;

/** Media time as milliseconds. */
export const ticksToMs = (value: Ticks): Ms => ((value / TICKS_PER_SECOND) * 1000) as Ms;

/** When fragment `seq` of a program that began at `zero` starts, on the wall clock. */
export const fragmentStart = (zero: EpochMs, seq: number): EpochMs => (zero + seq * FRAGMENT_MS) as EpochMs;
/** The fragment of a program that began at `zero` in which the instant `at` falls; negative before the program. */
export const fragmentAt = (zero: EpochMs, at: EpochMs): number => Math.floor((at - zero) / FRAGMENT_MS);
