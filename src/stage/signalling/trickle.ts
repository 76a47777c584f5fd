import { usableCandidate } from './candidate.ts';

/** The content of a `trickle-ice-sdpfrag` body. */
export interface Trickle {
  readonly ufrag: string | undefined;
  /** Usable candidates, without `a=`. */
  readonly candidates: readonly string[];
}

/** Limit of lines read from a fragment; 32 candidates are used. */
const MAX_LINES = 500;

/**
 * Reads an SDP fragment; undefined when the text is not one. Candidates beyond the limit of a session are dropped.
 * `behindNat`: see `usableCandidate`. Spec: RFC 8840, 9.
 */
export function readTrickle(text: string, behindNat = false): Trickle | undefined {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/, MAX_LINES)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines.length === 0 || lines.some((line) => !/^[a-z]=/.test(line))) return undefined;
  const ufrag = lines.find((line) => line.startsWith('a=ice-ufrag:'))?.slice(12);
  const candidates = lines.filter((line) => line.startsWith('a=candidate:')).map((line) => line.slice(2));
  return { ufrag, candidates: [...new Set(candidates)].filter((line) => usableCandidate(line, behindNat)) };
}
