/** Which sessions prove what they hear in a crowd: doors and players decide it alike, each for itself. */

/** The sample of one room, in its state while not every session proves. */
export interface ProofSample {
  /** Share of the sessions that prove: 1/2, 1/4 … 1/64. */
  readonly share: number;
  /** 32 bits, mixed with a session's id. */
  readonly salt: number;
}

/**
 * True for the sessions of a share: by a mix of id and salt, so that a smaller share is part of a larger one and nobody
 * can choose an id that is left out. The id in two halves, little-endian; `share` 0 to 1.
 */
export function isSampled(low: number, high: number, salt: number, share: number): boolean {
  let h = Math.imul(low ^ salt, 0x9e3779b1) ^ Math.imul(high ^ (salt >>> 7), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
  h = Math.imul(h ^ (h >>> 15), 0x735a2d97);
  return ((h ^ (h >>> 15)) >>> 0) / 2 ** 32 < share;
}

/** Whether a player proves what it hears: `session` is the id in its token, `sample` what the state of the room says. */
export function proves(session: Uint8Array, sample: ProofSample | 0 | undefined): boolean {
  if (!sample) return true;
  const id = new DataView(session.buffer, session.byteOffset, session.byteLength);
  return isSampled(id.getUint32(0, true), id.getUint32(4, true), sample.salt, sample.share);
}
