import { randomBytes } from 'node:crypto';
import type { SpeakerId } from '../base/ids.ts';
import type { Ms } from '../base/time.ts';
import type { Grant } from '../keys/token.ts';
import type { Publisher } from './publisher.ts';
import type { Receiver } from './receiver.ts';
import { MAX_CANDIDATES } from './signalling/candidate.ts';

interface Common {
  /** 128 random bits: the secret part of the session's URL. */
  readonly id: string;
  readonly etag: string;
  readonly who: SpeakerId;
  /** The newest generation of links that its owner has presented for it. */
  generation: number;
  readonly opened: Ms;
  /** True once the transport is connected. */
  connected: boolean;
  /** Its place among the connections being made; disposed when it is connected or ends. */
  readonly handshake: Disposable;
  /** True when the client wants a new session: its next offer replaces this one. */
  yielding: boolean;
  /** Number of remote candidates accepted so far. */
  candidates: number;
}

/** One WHIP session: a microphone. */
export interface WhipSession extends Common {
  readonly kind: 'whip';
  readonly end: Publisher;
}

/** One WHEP session: a person who listens. */
export interface WhepSession extends Common {
  readonly kind: 'whep';
  readonly end: Receiver;
  readonly grant: Grant;
}

/** One session of either kind. */
export type SignallingSession = WhipSession | WhepSession;

/** The initial common part of both kinds of session. */
export const newSession = (grant: Grant, opened: Ms, handshake: Disposable): Common => ({
  id: randomBytes(16).toString('base64url'),
  etag: `"${randomBytes(8).toString('hex')}"`,
  who: grant.speaker,
  generation: grant.generation ?? 0,
  opened,
  connected: false,
  handshake,
  yielding: false,
  candidates: 0,
});

/** Adds a remote candidate to a session, up to the limit. */
export function trickle(session: SignallingSession, candidate: string): void {
  if (session.candidates >= MAX_CANDIDATES) return;
  session.candidates += 1;
  session.end.addCandidate(candidate);
}
