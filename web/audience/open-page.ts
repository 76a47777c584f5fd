/** Tells that a page of a room is open: at one place in every third slot of 10 s of the server's clock. */
import type { EventBatches } from './event-batches.ts';
import { randomKey } from './random-key.ts';

const SLOT_MS = 10_000;
/** Slots until the next sign; twice as many while the room is crowded. */
const SLOTS = 3;
/**
 * Signs of a page that is not shown: after five minutes browsers wake it up once a minute only, so the next sign is due
 * before that and holds for longer.
 */
const HIDDEN = { slots: 7, ms: 55_000 } as const;
/** Where in a slot signs are sent, ms: far enough from its ends, with the time that they are gathered. */
const PHASE = { least: 1_000, most: 6_000 } as const;

/** What the signs of a page need. */
export interface OpenPageDeps {
  readonly events: Pick<EventBatches, 'add'>;
  /** The server's wall clock, ms. */
  now(): number;
  /** True while each page has to cost less. */
  crowded(): boolean;
}

/** Begins to tell that the page is open, until it is left. */
export function openPageSigns({ events, now, crowded }: OpenPageDeps): void {
  const key = randomKey();
  const phase = PHASE.least + Math.random() * (PHASE.most - PHASE.least);
  const sign = (): void => {
    const hidden = document.visibilityState === 'hidden';
    const usual = crowded() ? 2 * SLOTS : SLOTS;
    const slots = hidden ? HIDDEN.slots : usual;
    events.add(['page-open', key, String(slots)]);
    const at = now();
    const next = (Math.floor(at / SLOT_MS) + slots) * SLOT_MS + phase;
    setTimeout(sign, hidden ? HIDDEN.ms : next - at);
  };
  // A page that a browser prepares ahead of a click is not open yet.
  const { prerendering } = document as Document & { prerendering?: boolean };
  if (prerendering) document.addEventListener('prerenderingchange', sign, { once: true });
  else sign();
}
