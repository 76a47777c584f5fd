/** The line for the live edge: shows a place in line, and moves up without a click when it is called. */

import { type Place, placeIn, pollAfter, whyWorse } from '../../src/wire/place-in-line.ts';
import type { QueueState } from '../../src/wire/queue.ts';
import { element, write } from '../kit/element.ts';
import { roomAt } from '../kit/room-name.ts';
import type { Language } from '../kit/words.ts';
import { isRanged, lineSentence } from './line-sentence.ts';
import { openTicket, PATIENCE_MS } from './line-ticket.ts';
import { type LineWords, lineWords } from './line-words.ts';

/** What the line needs from the page. */
export interface LineOptions {
  readonly slug: string;
  readonly language: Language;
  /** Wall-clock ms by the server's clock. */
  now(): number;
  /** Called when it is this ticket's turn: asks for the stream again. */
  moveUp(): void;
}

/** The card of a person in line. */
export interface LineCard {
  readonly node: HTMLElement;
  /** The ticket to send with each request for the stream. */
  readonly ticket: string | undefined;
  /** It is this ticket's turn. */
  readonly called: boolean;
  /**
   * Takes where the sound is now, how many ms behind the delayed program is, and whether people queue; called about
   * once a second. Nothing is requested while nothing plays or when nobody queues any more.
   */
  show(at: Heard, delayMs: number, queue: boolean): void;
}

/** Where the sound is: `either` when it is unknown, undefined while nothing plays. */
type Heard = 'live' | 'ring' | 'either' | undefined;

const RETRY_MS = 5_000;
/** A ticket is renewed this long before it expires, ms. */
const RENEW_MS = 300_000;
/** Time between two tries to move up, ms: the free place may have gone to somebody else. */
const UP_AGAIN_MS = 10_000;
/** How long the page says that it has moved up, ms. */
const SAID_MS = 8_000;
/** After this long without news the card says so, ms. */
const STALE_MS = 90_000;

/** Opens the line. Takes the place that this browser already has, or a new one. */
export function openLine(options: LineOptions): LineCard {
  const { slug } = options;
  const words = lineWords(options.language);
  const ticket = openTicket(slug);
  let queue: QueueState | undefined;
  let place: Place | undefined;
  let note = '';
  let why = '';
  let away = false;
  let freshAt = Date.now();
  let triedAt = Number.NEGATIVE_INFINITY;
  let upSince: number | undefined;
  let here: Heard;
  let last: Heard;
  let delayMs = 30_000;
  let announced = true;
  let resting = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const later = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void look(), ms);
  };
  const look = async (): Promise<void> => {
    if (away || resting || here === undefined || here === 'live') return;
    try {
      if (!ticket.held || ticket.held.until - options.now() < RENEW_MS) {
        if (!(await ticket.renew())) return nobody();
        note = ticket.held?.note ? words.note[ticket.held.note] : '';
      }
      const fresh = await readQueue(slug);
      if (fresh === 'nobody') return nobody();
      const mine = ticket.held;
      if (!fresh || !mine) return later(RETRY_MS);
      const worse = queue && whyWorse(queue, fresh, mine);
      if (worse) why = words.worse[worse];
      else if (place?.called) why = '';
      queue = fresh;
      place = placeIn(fresh, mine);
      freshAt = Date.now();
      if (place.called && (fresh.places === undefined || fresh.free > 0)) moveUp();
      later(pollAfter(fresh, mine, options.now(), Math.random()));
    } catch {
      later(RETRY_MS * (1 + Math.random()));
    }
    render();
  };
  const moveUp = (): void => {
    later(UP_AGAIN_MS);
    tryToMoveUp();
  };
  /** The doors know of no queue. Either its news has not arrived yet, or the queue is over and asking stops. */
  const nobody = (): void => {
    if (announced) moveUp();
    else {
      resting = true;
      place = undefined;
      tryToMoveUp();
      render();
    }
  };
  const tryToMoveUp = (): void => {
    if (Date.now() - triedAt < UP_AGAIN_MS) return;
    triedAt = Date.now();
    options.moveUp();
  };
  const leaveOrReturn = (): void => {
    const had = ticket.held !== undefined;
    away = !away;
    if (away && had) {
      ticket.giveBack();
      place = undefined;
    } else later(0);
    render();
  };
  const { node, draw } = makeCard(slug, words, leaveOrReturn);
  const render = (): void => {
    const live = here === 'live';
    const stale = Date.now() - freshAt > STALE_MS;
    node.hidden =
      here === undefined ||
      (resting && !live) ||
      (live && (upSince === undefined || Date.now() - upSince > SAID_MS));
    draw({
      said: lineSentence(
        { live, away, queue, place, note, why, stale, now: options.now() },
        words,
        options.language,
      ),
      delayMs: here === 'ring' ? delayMs : undefined,
      ranged: place !== undefined && !place.called && (isRanged(place.ahead) || isRanged(place.minutes)),
      live,
      away,
    });
  };

  return {
    node,
    get ticket() {
      return away ? undefined : ticket.held?.ticket;
    },
    get called() {
      return !away && place?.called === true;
    },
    show(at, delay, queue) {
      delayMs = delay;
      announced = queue;
      if (last !== 'live' && last !== undefined && at === 'live') upSince = Date.now();
      const waits = (where: Heard) => where === 'ring' || where === 'either';
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

/** The queue as it is now: `nobody` where the doors know of none, undefined where it cannot be read. */
async function readQueue(slug: string): Promise<QueueState | 'nobody' | undefined> {
  const response = await fetch(`${roomAt(slug)}/queue.json`, { signal: AbortSignal.timeout(PATIENCE_MS) });
  if (response.status === 409) return 'nobody';
  return response.ok ? ((await response.json()) as QueueState) : undefined;
}

/** What the card shows. */
interface Drawn {
  readonly said: string;
  /** How far behind the sound is, ms; undefined unless the delayed program is heard. */
  readonly delayMs: number | undefined;
  /** A figure is a range, so the card explains why. */
  readonly ranged: boolean;
  readonly live: boolean;
  readonly away: boolean;
}

/** Makes the card; `leaveOrReturn` is called to leave the line or to take a place again. */
function makeCard(slug: string, words: LineWords, leaveOrReturn: () => void) {
  const said = element('p', { role: 'status' });
  const hearing = element('p', {});
  const leave = element('button', { type: 'button', class: 'button quiet' }, words.leave);
  leave.addEventListener('click', leaveOrReturn);
  const because = element('span', {}, `${words.why} `);
  const small = element(
    'p',
    { class: 'small ash' },
    because,
    `${words.kept} `,
    element('a', { href: `${roomAt(slug)}/queue?part=line`, target: '_blank', rel: 'noopener' }, words.check),
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
  const draw = (it: Drawn): void => {
    write(said, it.said);
    if (it.delayMs !== undefined) write(hearing, words.hearing(String(Math.round(it.delayMs / 1000))));
    hearing.hidden = it.delayMs === undefined;
    because.hidden = !it.ranged;
    small.hidden = it.live || it.away;
    leave.hidden = it.live;
    write(leave, it.away ? words.again : words.leave);
  };
  return { node, draw };
}
