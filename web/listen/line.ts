/** The line for the live edge: a place, what it is worth, and the way up without a click. */

import { type Place, placeIn, pollAfter, type Range, whyWorse } from '../../src/wire/place-in-line.ts';
import type { QueueState, TicketAnswer } from '../../src/wire/queue.ts';
import { element, write } from '../kit/element.ts';
import { keep, kept, type Language } from '../kit/words.ts';
import { lineWords } from './line-words.ts';

/** What the line asks of the page. */
export interface LineOptions {
  readonly slug: string;
  readonly language: Language;
  /** Wall-clock ms by the server's clock. */
  now(): number;
  /** It is this ticket's turn: ask for the stream anew. */
  goUp(): void;
}

/** The card of somebody in line. */
export interface LineCard {
  readonly node: HTMLElement;
  /** Shown with each request for the stream. */
  readonly ticket: string | undefined;
  /** It is this ticket's turn. */
  readonly called: boolean;
  /**
   * Where the sound is now (`either`: nobody can tell), how many ms behind the ring is, and whether the room says that
   * people queue; called about once a second. Nothing is asked for while nothing plays, nor after nobody queues any more.
   */
  show(at: 'live' | 'ring' | 'either' | undefined, ring: number, queue: boolean): void;
}

const PATIENCE_MS = 6_000;
const RETRY_MS = 5_000;
/** A sign of life this long before the ticket runs out. */
const RENEW_MS = 300_000;
/** Between two tries to move up: the place may just have gone to somebody else. */
const UP_AGAIN_MS = 10_000;
/** How long the page says that it has moved up. */
const SAID_MS = 8_000;
/** After this long without news the card says so. */
const STALE_MS = 90_000;

/** True where a figure is shown as a range. */
const ranged = (found: Range | undefined): boolean => found !== undefined && found.low !== found.high;

/** Opens the line and takes a place, the one this browser already has where there is one. */
export function openLine(options: LineOptions): LineCard {
  const { slug } = options;
  const words = lineWords(options.language);
  const stored = `earshot-ticket-${slug}`;
  let mine: TicketAnswer | undefined;
  let queue: QueueState | undefined;
  let place: Place | undefined;
  let note = '';
  let why = '';
  let away = false;
  let freshAt = Date.now();
  let triedAt = Number.NEGATIVE_INFINITY;
  let upSince: number | undefined;
  let here: 'live' | 'ring' | 'either' | undefined;
  let last: typeof here;
  let ringMs = 30_000;
  let announced = true;
  let resting = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const said = element('p', { role: 'status' });
  const hearing = element('p', {});
  const leave = element('button', { type: 'button', class: 'button quiet' }, words.leave);
  const because = element('span', {}, `${words.why} `);
  const small = element(
    'p',
    { class: 'small ash' },
    because,
    `${words.kept} `,
    element('a', { href: `/r/${slug}/queue?part=line`, target: '_blank', rel: 'noopener' }, words.check),
  );
  const node = element(
    'section',
    { class: 'queue card', 'aria-labelledby': 'line-title' },
    element('h2', { id: 'line-title' }, words.title),
    said,
    hearing,
    small,
    element('div', { class: 'actions' }, leave),
  );

  const later = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void look(), ms);
  };
  /** A sign of life: the same place again, or a new one. False when nobody waits for this room. */
  const take = async (): Promise<boolean> => {
    const shown = mine?.ticket ?? (kept(stored) || undefined);
    const response = await fetch(`/r/${slug}/ticket`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(shown === undefined ? {} : { ticket: shown }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (response.status === 409) return false;
    if (!response.ok) throw new Error(String(response.status));
    mine = (await response.json()) as TicketAnswer;
    keep(stored, mine.ticket);
    note = mine.note ? words.note[mine.note] : '';
    return true;
  };
  const look = async (): Promise<void> => {
    if (away || resting || here === undefined || here === 'live') return;
    try {
      if (!mine || mine.until - options.now() < RENEW_MS) {
        if (!(await take())) return nobody();
      }
      const response = await fetch(`/r/${slug}/queue.json`, { signal: AbortSignal.timeout(PATIENCE_MS) });
      if (response.status === 409) return nobody();
      if (!response.ok || !mine) return later(RETRY_MS);
      const fresh = (await response.json()) as QueueState;
      const worse = queue && whyWorse(queue, fresh, mine);
      if (worse) why = words.worse[worse];
      else if (place?.called) why = '';
      queue = fresh;
      place = placeIn(fresh, mine);
      freshAt = Date.now();
      if (place.called && (fresh.places === undefined || fresh.free > 0)) climb();
      later(pollAfter(fresh, mine, options.now(), Math.random()));
    } catch {
      later(RETRY_MS * (1 + Math.random()));
    }
    render();
  };
  const climb = (): void => {
    later(UP_AGAIN_MS);
    lift();
  };
  /** The doors know of no queue: what the room says is on its way, or it is over and nothing more is asked. */
  const nobody = (): void => {
    if (announced) climb();
    else {
      resting = true;
      place = undefined;
      lift();
      render();
    }
  };
  const lift = (): void => {
    if (Date.now() - triedAt < UP_AGAIN_MS) return;
    triedAt = Date.now();
    options.goUp();
  };
  const range = ({ low, high }: Range): string => {
    const [from, to] = [low, high].map((value) => value.toLocaleString(options.language));
    return low === high ? `${to}` : `${from}–${to}`;
  };
  const where = (): string => {
    if (here === 'live') return words.up;
    if (away) return words.left;
    if (!place || !queue) return words.waiting;
    if (place.called) return words.turn;
    const parts = [note];
    if (options.now() < queue.start)
      parts.push(
        words.lottery(
          new Date(queue.start).toLocaleTimeString(options.language, { hour: '2-digit', minute: '2-digit' }),
        ),
      );
    const { low, high } = place.ahead;
    parts.push(high === 0 ? words.nobodyAhead : words.ahead(range({ low: low || high, high }), low === 0));
    if (options.now() >= queue.start)
      parts.push(
        place.minutes ? words.minutes(place.minutes.high === 1 ? '1' : range(place.minutes)) : words.noPace,
      );
    parts.push(why);
    if (Date.now() - freshAt > STALE_MS) parts.push(words.away);
    return parts.filter(Boolean).join(' ');
  };
  const render = (): void => {
    node.hidden =
      here === undefined ||
      (resting && here !== 'live') ||
      (here === 'live' && (upSince === undefined || Date.now() - upSince > SAID_MS));
    write(said, where());
    write(hearing, words.hearing(String(Math.round(ringMs / 1000))));
    hearing.hidden = here !== 'ring';
    because.hidden = !(place && !place.called && (ranged(place.ahead) || ranged(place.minutes)));
    small.hidden = here === 'live' || away;
    leave.hidden = here === 'live';
    write(leave, away ? words.again : words.leave);
  };
  leave.addEventListener('click', () => {
    away = !away;
    if (away && mine) {
      void fetch(`/r/${slug}/ticket`, {
        method: 'DELETE',
        body: JSON.stringify({ ticket: mine.ticket }),
      }).catch(() => {});
      mine = undefined;
      place = undefined;
      keep(stored, '');
    } else later(0);
    render();
  });

  return {
    node,
    get ticket() {
      return away ? undefined : mine?.ticket;
    },
    get called() {
      return !away && place?.called === true;
    },
    show(at, ring, queue) {
      ringMs = ring;
      announced = queue;
      if (last !== 'live' && last !== undefined && at === 'live') upSince = Date.now();
      const waits = (where: typeof here) => where === 'ring' || where === 'either';
      const begins = waits(at) && !waits(here);
      here = at;
      if (begins || (resting && queue)) {
        resting = false;
        later(0);
      }
      last = at ?? last;
      render();
    },
  };
}
