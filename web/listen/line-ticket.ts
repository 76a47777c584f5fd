import type { TicketAnswer } from '../../src/wire/queue.ts';
import { roomAt } from '../kit/room-name.ts';
import { keep, kept } from '../kit/words.ts';

/** An answer that takes longer than this counts as none, in ms. */
export const PATIENCE_MS = 6_000;

/** This browser's ticket for one room; it is kept when the page closes. */
export interface LineTicket {
  /** The ticket as the server last gave it; undefined before the first `renew` and after `giveBack`. */
  readonly held: TicketAnswer | undefined;
  /** Renews the ticket, or gets a new one. False when nobody waits for this room. */
  renew(): Promise<boolean>;
  /** Gives up the place. */
  giveBack(): void;
}

/** Opens the ticket that this browser has for the room, if it has one. */
export function openTicket(slug: string): LineTicket {
  const stored = `earshot-ticket-${slug}`;
  let held: TicketAnswer | undefined;
  return {
    get held() {
      return held;
    },
    async renew() {
      const shown = held?.ticket ?? (kept(stored) || undefined);
      const response = await fetch(`${roomAt(slug)}/ticket`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(shown === undefined ? {} : { ticket: shown }),
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      if (response.status === 409) return false;
      if (!response.ok) throw new Error(String(response.status));
      held = (await response.json()) as TicketAnswer;
      keep(stored, held.ticket);
      return true;
    },
    giveBack() {
      if (!held) return;
      void fetch(`${roomAt(slug)}/ticket`, {
        method: 'DELETE',
        body: JSON.stringify({ ticket: held.ticket }),
      }).catch(() => {});
      held = undefined;
      keep(stored, '');
    },
  };
}
