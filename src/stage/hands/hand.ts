import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SpeakerId } from '../../base/ids.ts';
import type { HandStanding, HandTrouble } from '../../wire/stage/hands.ts';

/** One raised hand as its room keeps it. Everything but `seen` and `calledAt` is written to the file of the room. */
export interface Hand {
  readonly id: string;
  /** SHA-256 of the page's secret: the file holds nothing that opens a microphone. */
  secret: string;
  readonly n: number;
  name: string;
  topic: string;
  /** Hash of the device's key. */
  readonly device: string;
  /** The network it came from; only to share the line between networks, never written down. */
  readonly network: string;
  /** Wall-clock ms. */
  readonly since: number;
  readonly speaker: SpeakerId;
  standing: HandStanding;
  /** When the standing changed, wall-clock ms. */
  turned: number;
  /** Heard by the hosts alone before it goes on air. */
  check: boolean;
  /** A host's word to a person they declined. */
  word?: string | undefined;
  trouble?: HandTrouble | undefined;
  /** When its page was last heard of, wall-clock ms. */
  seen: number;
}

/** A hand in the line or on its way to the stage and back. */
export const isOpen = ({ standing }: Pick<Hand, 'standing'>): boolean =>
  standing === 'up' || standing === 'called' || standing === 'stage' || standing === 'listening';

/** A new secret of a page, and what is kept of it. */
export function newSecret(): { readonly secret: string; readonly kept: string } {
  const secret = randomBytes(18).toString('base64url');
  return { secret, kept: keptOf(secret) };
}

/** A new id: public, and random so that nobody can tell a person from it. */
export const newHandId = (): string => randomBytes(8).toString('base64url');

/** A new place on stage. */
export const newSpeaker = (): SpeakerId => `h-${randomBytes(12).toString('base64url')}` as SpeakerId;

/** True for the secret that belongs to the hand. */
export function opens(hand: Pick<Hand, 'secret'>, secret: string): boolean {
  const [kept, said] = [Buffer.from(hand.secret), Buffer.from(keptOf(secret))];
  return kept.length === said.length && timingSafeEqual(kept, said);
}

const keptOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url');
