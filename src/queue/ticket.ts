import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { asSlug } from '../base/ids.ts';
import { keyFor } from '../keys/signing-keys.ts';
import { LAST_RANK } from '../wire/queue.ts';

/** A place in the queue of one room, as its holder carries it; no server stores it. */
export interface Ticket {
  readonly slug: string;
  /** The bucket; see `QueueBucket.minute`. */
  readonly minute: number;
  /** Random within the bucket, 1 to 2^32 − 1. */
  readonly rank: number;
  /** `wait`: a place in line. `seat`: a place at the live edge, kept for a connection that dropped. */
  readonly kind: 'wait' | 'seat';
  /** Wall-clock ms until which it is valid. */
  readonly until: number;
}

/** The result of checking a text that claims to be a ticket. `expired` and `foreign` were signed here once. */
export type CheckedTicket =
  | { readonly kind: 'good' | 'expired' | 'foreign'; readonly ticket: Ticket }
  | { readonly kind: 'forged' };

/** Signs and checks tickets. */
export interface Tickets {
  sign(ticket: Ticket): string;
  /** Takes constant time for everything that has the form of a ticket; anything else costs nothing. */
  check(text: string, slug: string, wall: number): CheckedTicket;
}

const FORM =
  /^q1\.([a-z0-9][a-z0-9-]{1,62}[a-z0-9])\.(0|[1-9][0-9]{0,9})\.([1-9][0-9]{0,9})\.(w|s)\.([1-9][0-9]{0,12})\.([A-Za-z0-9_-]{22})$/;
/** 128 bits of HMAC-SHA256 as base64url. Spec: RFC 2104, 5 (truncation to half of the hash). */
const MAC_LETTERS = 22;
/** Anything longer is not a ticket. */
const MAX_TICKET_LETTERS = 160;

/** Opens the signer; the key is derived from the installation's secret. */
export function openTickets(secret: Uint8Array): Tickets {
  // Raw bytes would be made into a key at each call, which takes five times as long as the hash itself.
  const key = createSecretKey(keyFor(secret, 'queue ticket'));
  const mac = (text: string): string =>
    createHmac('sha256', key).update(text).digest('base64url').slice(0, MAC_LETTERS);
  return {
    sign({ slug, minute, rank, kind, until }) {
      const text = `q1.${slug}.${minute}.${rank}.${kind === 'seat' ? 's' : 'w'}.${Math.ceil(until / 1000)}`;
      return `${text}.${mac(text)}`;
    },
    check(text, slug, wall) {
      const found = text.length <= MAX_TICKET_LETTERS ? FORM.exec(text) : null;
      if (!found) return { kind: 'forged' };
      const cut = text.length - MAC_LETTERS;
      if (!timingSafeEqual(Buffer.from(mac(text.slice(0, cut - 1))), Buffer.from(text.slice(cut))))
        return { kind: 'forged' };
      const room = asSlug(found[1] ?? '');
      const rank = Number(found[3]);
      if (!room || rank > LAST_RANK) return { kind: 'forged' };
      const ticket: Ticket = {
        slug: room,
        minute: Number(found[2]),
        rank,
        kind: found[4] === 's' ? 'seat' : 'wait',
        until: Number(found[5]) * 1000,
      };
      if (ticket.slug !== slug) return { kind: 'foreign', ticket };
      return { kind: ticket.until > wall ? 'good' : 'expired', ticket };
    },
  };
}
