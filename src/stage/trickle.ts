import { usableCandidate } from './candidate.ts';

/** What a `trickle-ice-sdpfrag` body says. */
export interface Trickle {
  readonly ufrag: string | undefined;
  /** Usable candidates, without `a=`. */
  readonly candidates: readonly string[];
}

/** Reads an SDP fragment; undefined when it is none. Spec: RFC 8840, 9. */
export function readTrickle(text: string): Trickle | undefined {
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line !== '');
  if (lines.length === 0 || lines.some((line) => !/^[a-z]=/.test(line))) return undefined;
  const ufrag = lines.find((line) => line.startsWith('a=ice-ufrag:'))?.slice(12);
  const candidates = lines.filter((line) => line.startsWith('a=candidate:')).map((line) => line.slice(2));
  return { ufrag, candidates: [...new Set(candidates)].filter(usableCandidate) };
}
