import type { KeyObject } from 'node:crypto';
import type { Context, Hono } from 'hono';
import { networkOf, openAllowance } from '../../base/allowance.ts';
import type { Clock } from '../../base/clock.ts';
import { ERRORS } from '../../base/errors.ts';
import { languageOf, type PageLanguage } from '../../base/negotiation.ts';
import { openPace } from '../../http/index.ts';
import type { RoomNumbers } from '../../wire/numbers.ts';
import { addFigures } from '../adding.ts';
import { factsOfBundle } from '../bundle-facts.ts';
import { cardPicture } from '../card/picture.ts';
import { cardText, signCard } from '../card/signed-card.ts';
import { type ClaimUnchecked, type ClaimVerdict, checkClaim } from '../check.ts';
import { type ClaimFacts, factsOfNumbers } from '../facts.ts';
import { claimWords } from '../words/catalogue.ts';
import { saidText, uncheckedText, verdictText } from '../words/verdict-text.ts';
import { CLAIMS_PAGE_HEADERS, claimsPage } from './page.ts';
import {
  ADDITION,
  bodyOf,
  type ClaimRefusal,
  fieldsOf,
  isRefused,
  QUESTION,
  type Question,
  refusedAnswer,
  understood,
} from './question.ts';

/** Questions of one network: so many at once, and one more every so often. */
const NETWORK_BURST = 30;
const NETWORK_EVERY_MS = 500;
/** The same of everybody: reading a sentence takes well below a millisecond, asking for numbers some. */
const ALL_BURST = 300;
const ALL_EVERY_MS = 10;
/** Numbers of rooms are kept for so long, and of so many rooms. */
const FRESH_MS = 1_000;
const MOST_FRESH = 64;
/** A bundle is megabytes to read: so many at once, and one more every so often; kept for so long, and of so many rooms. */
const BUNDLE_BURST = 3;
const BUNDLE_EVERY_MS = 3_000;
const BUNDLE_MS = 60_000;
const MOST_BUNDLES = 4;
/** Rooms to choose from on the page. */
const MOST_ROOMS = 50;

/** Dependencies of the checker. */
export interface CheckDeps {
  readonly clock: Clock;
  /** Signs cards. */
  readonly key: KeyObject;
  /** The present numbers of a room; undefined when nothing was counted there. Rejects while nobody answers. */
  numbersOf(slug: string): Promise<RoomNumbers | undefined>;
  /** Its bundle as text, for statements about a time; undefined when there is none. Absent: there never is. */
  bundleOf?(slug: string): Promise<string | undefined>;
  /** A room's title; undefined when there is no such room. */
  titleOf(slug: string): Promise<string | undefined>;
  /** Rooms that somebody may want to ask about, newest first. */
  rooms(): readonly { readonly slug: string; readonly title: string }[];
  /** A card as PNG, where it can be drawn; absent: cards are SVG only. */
  pngOf?(svg: string): Uint8Array<ArrayBuffer> | undefined;
  /** The card of one figure; undefined when no such figure is known. Absent: there is none. */
  figureCard?(metric: string, numbers: RoomNumbers, language: PageLanguage): string | undefined;
  /** The address of this server, without a slash at its end; undefined: that of each request. */
  readonly publicUrl?: string | undefined;
}

/** What came of a question. */
type Answered =
  | { readonly verdict: ClaimVerdict; readonly title: string }
  | (ClaimRefusal & { readonly unchecked?: ClaimUnchecked });

/** A question about any room. */
type RoomQuestion = Omit<Question, 'room'> & { readonly room: string };

/** Checks statements against the figures of rooms. */
export interface Checker {
  /** A verdict, or a refusal with its code. */
  answer(question: RoomQuestion): Promise<Answered>;
  /** A refusal when this network, or everybody, asks too often. */
  charge(c: Context): ClaimRefusal | undefined;
}

/** Opens the checker. */
export function openChecker(deps: CheckDeps): Checker {
  const all = openPace(deps.clock, 'checks', ALL_BURST, ALL_EVERY_MS);
  const networks = openPace(deps.clock, 'checks-of-network', NETWORK_BURST, NETWORK_EVERY_MS);
  const fresh = new Map<
    string,
    { readonly at: number; readonly numbers: Promise<RoomNumbers | undefined> }
  >();
  /** The numbers of a room, asked for once a second however many claims are checked. */
  const numbersOf = (slug: string): Promise<RoomNumbers | undefined> => {
    const now = deps.clock.now();
    const known = fresh.get(slug);
    if (known && now - known.at < FRESH_MS) return known.numbers;
    for (const [other, { at }] of fresh)
      if (fresh.size >= MOST_FRESH || now - at >= FRESH_MS) fresh.delete(other);
    const numbers = deps.numbersOf(slug);
    fresh.set(slug, { at: now, numbers });
    numbers.catch(() => fresh.delete(slug));
    return numbers;
  };
  const bundles = openAllowance(deps.clock, BUNDLE_BURST, BUNDLE_EVERY_MS);
  const read = new Map<string, { readonly at: number; readonly facts: Promise<ClaimFacts | undefined> }>();
  /** The minutes of a room; 'busy' when bundles of other rooms are being read. */
  const bundleFacts = (
    slug: string,
    bundleOf: (slug: string) => Promise<string | undefined>,
  ): Promise<ClaimFacts | undefined> | 'busy' => {
    const now = deps.clock.now();
    const known = read.get(slug);
    if (known && now - known.at < BUNDLE_MS) return known.facts;
    if (bundles.take('all') !== undefined) return 'busy';
    read.delete(slug);
    for (const other of read.keys()) if (read.size >= MOST_BUNDLES) read.delete(other);
    const facts = bundleOf(slug).then((text) => {
      const found = text === undefined ? undefined : factsOfBundle(text);
      return found && 'facts' in found ? found.facts : undefined;
    });
    read.set(slug, { at: now, facts });
    facts.catch(() => read.delete(slug));
    return facts;
  };
  const check = async ({ text, room, at, zone, language }: RoomQuestion): Promise<Answered> => {
    // Null: nobody answers.
    const title = await deps.titleOf(room).catch(() => null);
    if (title === null) return { refused: 'database-away' };
    if (title === undefined) return { refused: 'room-unknown' };
    const options = { ...(at ? { at } : {}), ...(zone ? { zone } : {}), ...(language ? { language } : {}) };
    const numbers = await numbersOf(room).catch(() => null);
    if (numbers === null) return { refused: 'numbers-away' };
    let facts: ClaimFacts = numbers
      ? factsOfNumbers(numbers)
      : { room, figures: new Map(), minutes: [], others: [] };
    let found = checkClaim(text, facts, options);
    if ('why' in found && found.why === 'time-unknown' && deps.bundleOf) {
      const reading = bundleFacts(room, deps.bundleOf);
      const bundle = reading === 'busy' ? reading : await reading.catch(() => null);
      if (bundle === null) return { refused: 'numbers-away' };
      if (bundle === 'busy') return { refused: 'too-often', detail: 'Try again in a few seconds.', wait: 5 };
      if (bundle) {
        facts = bundle;
        found = checkClaim(text, facts, options);
      }
    }
    if ('verdict' in found) return { verdict: found.verdict, title };
    const more = { why: found.why, ...('reason' in found ? { reason: found.reason } : {}) };
    const code =
      found.why === 'unlike-figures'
        ? 'unlike-figures'
        : found.why === 'no-figures'
          ? 'numbers-unknown'
          : 'unprocessable';
    return { refused: code, detail: uncheckedText(found, claimWords('en')), more, unchecked: found };
  };
  return {
    answer: check,
    charge(c) {
      const from = c.req.header('x-forwarded-for');
      const wait = (from === undefined ? undefined : networks.take(c, networkOf(from))) ?? all.take(c, 'all');
      return wait === undefined
        ? undefined
        : { refused: 'too-often', detail: `Try again in ${wait} s.`, wait };
    },
  };
}

/** The public address of this server. */
export function baseOf(c: Context, publicUrl: string | undefined): string {
  if (publicUrl !== undefined) return publicUrl;
  const { protocol, host } = new URL(c.req.url);
  const scheme = c.req.header('x-forwarded-proto') === 'https' ? 'https:' : protocol;
  const said = `${scheme}//${c.req.header('x-forwarded-host') ?? host}`;
  return URL.canParse(said) ? new URL(said).origin : `${scheme}//${host}`;
}

const ask = (c: Context): { value: Question } | ClaimRefusal =>
  understood(QUESTION, fieldsOf(new URL(c.req.url).searchParams));

/** Adds the routes of `/claims`: the page, its card and the API. */
export function checkRoutes(app: Hono, deps: CheckDeps, checker: Checker): void {
  const told = async (question: { value: Question } | ClaimRefusal): Promise<Response> => {
    const answered = isRefused(question) ? question : await checker.answer(question.value);
    return isRefused(answered) ? refusedAnswer(answered) : Response.json(answered.verdict);
  };
  app.post('/api/claims/check', async (c) => {
    const often = checker.charge(c);
    if (often) return refusedAnswer(often);
    const body = await bodyOf(c.req.raw);
    return told(isRefused(body) ? body : understood(QUESTION, body.value));
  });
  app.get('/api/claims/check', async (c) => {
    const often = checker.charge(c);
    return often ? refusedAnswer(often) : told(ask(c));
  });

  app.post('/api/claims/add', async (c) => {
    const often = checker.charge(c);
    if (often) return refusedAnswer(often);
    const body = await bodyOf(c.req.raw);
    const wanted = isRefused(body) ? body : understood(ADDITION, body.value);
    if (isRefused(wanted)) return refusedAnswer(wanted);
    const terms = [];
    try {
      const rooms = new Set(wanted.value.terms.map(({ room }) => room as string));
      const known = new Map(
        await Promise.all([...rooms].map(async (room) => [room, await deps.numbersOf(room)] as const)),
      );
      for (const { room, metric } of wanted.value.terms)
        terms.push({ of: room, metric, value: known.get(room)?.metrics[metric]?.value ?? Number.NaN });
    } catch {
      return refusedAnswer({ refused: 'numbers-away' });
    }
    const sum = addFigures(terms);
    if ('why' in sum)
      return refusedAnswer({
        ...{
          refused: 'unlike-figures',
          detail: claimWords('en').notAdded[sum.why],
          more: { reason: sum.why },
        },
      });
    // A figure that is not known is not nothing.
    return Number.isNaN(sum.value)
      ? refusedAnswer({ refused: 'numbers-unknown' })
      : Response.json({ ...sum, terms });
  });

  app.get('/claims', async (c) => {
    const words = claimWords(languageOf(c.req.header('accept-language')));
    const query = new URL(c.req.url).searchParams;
    const page = {
      ...{ words, rooms: deps.rooms().slice(0, MOST_ROOMS), query },
      base: baseOf(c, deps.publicUrl),
    };
    const html = (status: number, answered?: Parameters<typeof claimsPage>[1]): Response =>
      new Response(claimsPage(page, answered), { status, headers: CLAIMS_PAGE_HEADERS });
    if (!query.has('text') && !query.has('room')) return html(200);
    const often = checker.charge(c);
    const question = often ?? ask(c);
    const answered: Answered = isRefused(question) ? question : await checker.answer(question.value);
    if (!isRefused(answered)) return html(200, answered);
    const { refused, detail, unchecked } = answered;
    const why = unchecked
      ? uncheckedText(unchecked, words)
      : refused === 'numbers-away'
        ? words.page.away
        : detail;
    return html(ERRORS[refused].status, {
      refused: why,
      code: refused,
    });
  });

  app.get('/claims/:file{card\\.(?:svg|png|json)}', async (c) => {
    const often = checker.charge(c);
    const question = often ?? ask(c);
    const answered = isRefused(question) ? question : await checker.answer(question.value);
    if (isRefused(answered)) return refusedAnswer(answered);
    const { verdict, title } = answered;
    const wanted = isRefused(question) ? undefined : question.value.words;
    const words = claimWords(wanted ?? languageOf(c.req.header('accept-language')));
    const said = saidText(verdict, words);
    const card = signCard(verdict, { title, said, checked: deps.clock.wall() }, deps.key);
    if (c.req.param('file') === 'card.json')
      return new Response(cardText(card), { headers: { 'content-type': 'application/json' } });
    const svg = cardPicture(
      card,
      words,
      verdictText(verdict, words),
      new URL(baseOf(c, deps.publicUrl)).host,
    );
    return pictureAnswer(deps, svg, c.req.param('file').endsWith('.png'));
  });
  app.get('/r/:room/numbers/:file{[a-z_]+\\.png}', (c) => figurePng(c, deps, checker));
}

/** The image of one figure, for previews of links. */
async function figurePng(c: Context, deps: CheckDeps, checker: Checker): Promise<Response> {
  const often = checker.charge(c);
  if (often) return refusedAnswer(often);
  const metric = (c.req.param('file') ?? '').slice(0, -'.png'.length);
  try {
    const numbers = await deps.numbersOf(c.req.param('room') ?? '');
    const svg = numbers && deps.figureCard?.(metric, numbers, languageOf(c.req.header('accept-language')));
    return svg ? pictureAnswer(deps, svg, true) : refusedAnswer({ refused: 'not-found' });
  } catch {
    return refusedAnswer({ refused: 'numbers-away' });
  }
}

/** Answers with an image that cannot run scripts, wherever it is opened. Spec: CSP 3. */
export function pictureAnswer({ pngOf }: Pick<CheckDeps, 'pngOf'>, svg: string, asPng: boolean): Response {
  const png = asPng ? pngOf?.(svg) : undefined;
  if (asPng && !png) return refusedAnswer({ refused: 'not-found' });
  return new Response(png ?? svg, {
    headers: {
      'content-type': png ? 'image/png' : 'image/svg+xml; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      vary: 'accept-language',
    },
  });
}
