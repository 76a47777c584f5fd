import type { Context, Hono } from 'hono';
import { z } from 'zod';
import { pageIn, pageOf, pageWanted, rowIdOf } from '../../api/index.ts';
import { networkOf } from '../../base/allowance.ts';
import { ERRORS } from '../../base/errors.ts';
import { languageOf } from '../../base/negotiation.ts';
import { isForeign, openPace } from '../../http/index.ts';
import type { AttachedClaim, ClaimAuthor, ClaimBook, Written } from '../book/claim-book.ts';
import { cardPicture } from '../card/picture.ts';
import { cardText, signCard } from '../card/signed-card.ts';
import type { ClaimVerdict } from '../check.ts';
import { claimWords } from '../words/catalogue.ts';
import { verdictText } from '../words/verdict-text.ts';
import { baseOf, type CheckDeps, type Checker, pictureAnswer } from './check-routes.ts';
import { CLAIMS_PAGE_HEADERS } from './page.ts';
import { bodyOf, type ClaimRefusal, isRefused, REASON, refusedAnswer, SAID, understood } from './question.ts';
import { roomClaimsPage } from './room-page.ts';

/** Statements of one network that nobody vouches for: so many at once, and one more every so often. */
const STRANGER_BURST = 3;
const STRANGER_EVERY_MS = 10 * 60_000;
/** Statements of all strangers together. */
const ALL_BURST = 60;
const ALL_EVERY_MS = 10_000;

/** Claims on one page of a list. */
export const MOST_CLAIMS_SHOWN = 100;

const FORM = z.strictObject({ text: z.string('say what was said'), claim: z.string().max(64).optional() });

/** Dependencies of the routes for a room's claims. */
export interface BookRoutesDeps extends CheckDeps {
  readonly book: ClaimBook;
  /** What a token makes of its bearer in a room; undefined for a stranger. */
  whoIs(slug: string, token: string | undefined): Promise<'operator' | 'host' | undefined>;
  /** True for the operator's key or link. */
  isOperator(token: string | undefined): Promise<boolean>;
}

/** Who speaks, and whether they may. */
interface Speaking {
  tokenOf(c: Context): string | undefined;
  authorOf(c: Context): Promise<ClaimAuthor>;
  speaking(c: Context): Promise<ClaimAuthor | ClaimRefusal>;
}

/** Opens the look at who speaks, with the allowance of strangers. */
function openSpeaking(deps: BookRoutesDeps, checker: Checker): Speaking {
  const strangers = openPace(deps.clock, 'claims-of-network', STRANGER_BURST, STRANGER_EVERY_MS);
  const all = openPace(deps.clock, 'claims', ALL_BURST, ALL_EVERY_MS);
  const tokenOf = (c: Context): string | undefined =>
    /^Bearer ([\w.~+/=-]+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
  const authorOf = async (c: Context): Promise<ClaimAuthor> =>
    (await deps.whoIs(c.req.param('room') ?? '', tokenOf(c))) ?? 'stranger';
  /** A token that is none here is refused, so that a host with an old link learns of it. */
  const speaking = async (c: Context): Promise<ClaimAuthor | ClaimRefusal> => {
    const often = checker.charge(c);
    if (often) return often;
    if ((await deps.titleOf(c.req.param('room') ?? '')) === undefined) return { refused: 'room-unknown' };
    const author = await authorOf(c);
    if (author !== 'stranger') return author;
    if (tokenOf(c) !== undefined) return { refused: 'token-invalid' };
    const from = c.req.header('x-forwarded-for');
    const wait = (from === undefined ? undefined : strangers.take(c, networkOf(from))) ?? all.take(c, 'all');
    return wait === undefined ? author : { refused: 'too-often', detail: `Try again in ${wait} s.`, wait };
  };
  return { tokenOf, authorOf, speaking };
}

const refusing = (author: ClaimAuthor | ClaimRefusal): author is ClaimRefusal => typeof author === 'object';

/** Adds the routes for a room's claims: JSON, page and cards. */
export function bookRoutes(app: Hono, deps: BookRoutesDeps, checker: Checker): void {
  const speakers = openSpeaking(deps, checker);
  bookApi(app, deps, checker, speakers);
  bookPages(app, deps, checker, speakers);
  bookCards(app, deps, checker);
}

function bookApi(app: Hono, deps: BookRoutesDeps, checker: Checker, speakers: Speaking): void {
  const { book } = deps;
  const { tokenOf, authorOf, speaking } = speakers;
  const told = (written: Written): Response =>
    'refused' in written
      ? refusedAnswer(written)
      : Response.json({ id: written.id, waits: written.waits }, { status: written.waits ? 202 : 201 });
  const said = async (c: Context): Promise<{ value: { text: string } } | ClaimRefusal> => {
    const body = await bodyOf(c.req.raw);
    return isRefused(body) ? body : understood(SAID, body.value);
  };
  const writing =
    (
      write: (
        room: string,
        author: ClaimAuthor,
        text: string,
        key: string | undefined,
        id: string,
      ) => Promise<Written>,
      insiders: boolean,
    ) =>
    async (c: Context): Promise<Response> => {
      // A form on another site needs no leave to send; JSON does, and gets none.
      if (!/^application\/json\b/i.test(c.req.header('content-type') ?? ''))
        return refusedAnswer({ refused: 'unsupported-media-type', detail: 'Send application/json.' });
      const author = await speaking(c);
      if (refusing(author)) return refusedAnswer(author);
      if (insiders && author === 'stranger') return refusedAnswer({ refused: 'token-missing' });
      const body = await said(c);
      if (isRefused(body)) return refusedAnswer(body);
      const key = rowIdOf(c.req.raw);
      return told(
        await write(c.req.param('room') ?? '', author, body.value.text, key, c.req.param('id') ?? ''),
      );
    };

  const at = '/api/rooms/:room/claims';
  app.get(at, async (c) => {
    const often = checker.charge(c);
    if (often) return refusedAnswer(often);
    const room = c.req.param('room');
    if ((await deps.titleOf(room)) === undefined) return refusedAnswer({ refused: 'room-unknown' });
    const wanted = pageWanted(c.req.query(), MOST_CLAIMS_SHOWN);
    if (isRefused(wanted)) return refusedAnswer(wanted);
    const cursor = ({ id, versions }: AttachedClaim) => ({ at: versions[0]?.at ?? 0, key: id });
    const { rows, next } = pageIn(await book.of(room), cursor, wanted);
    // What belongs to no claim stands on the first page.
    if (wanted.after) return pageOf(c, 'claims', rows, next);
    const operator = (await authorOf(c)) === 'operator';
    return pageOf(c, 'claims', rows, next, {
      refusals: (await book.refusals(room)).slice(-MOST_CLAIMS_SHOWN),
      ...(operator ? { waiting: book.waiting(room) } : {}),
    });
  });
  app.post(
    at,
    writing((room, author, text, key) => book.say(room, author, text, key), false),
  );
  app.post(
    `${at}/:id/disputes`,
    writing((room, author, text, key, id) => book.reply(room, author, 'dispute', id, text, key), false),
  );
  app.post(
    `${at}/:id/answers`,
    writing((room, author, text, key, id) => book.reply(room, author, 'answer', id, text, key), true),
  );
  app.post(
    `${at}/:id/corrections`,
    writing((room, author, text, key, id) => book.correct(room, author, id, text, key), true),
  );
  const operatorOnly = async (c: Context): Promise<Response | undefined> => {
    if (tokenOf(c) === undefined) return refusedAnswer({ refused: 'token-missing' });
    return (await deps.isOperator(tokenOf(c))) ? undefined : refusedAnswer({ refused: 'operator-only' });
  };
  app.post(`${at}/waiting/:id/publish`, async (c) => {
    const no = await operatorOnly(c);
    return no ?? told(await book.admit(c.req.param('room'), c.req.param('id')));
  });
  app.post(`${at}/waiting/:id/refuse`, async (c) => {
    const no = await operatorOnly(c);
    if (no) return no;
    const body = await bodyOf(c.req.raw);
    const said = isRefused(body) ? body : understood(REASON, body.value);
    if (isRefused(said)) return refusedAnswer(said);
    return told(await book.refuse(c.req.param('room'), c.req.param('id'), said.value.reason));
  });
  app.get('/api/claims/waiting', async (c) => {
    if (tokenOf(c) === undefined) return refusedAnswer({ refused: 'token-missing' });
    if (!(await deps.isOperator(tokenOf(c)))) return refusedAnswer({ refused: 'operator-only' });
    const wanted = pageWanted(c.req.query(), MOST_CLAIMS_SHOWN);
    if (isRefused(wanted)) return refusedAnswer(wanted);
    // The oldest first.
    const { rows, next } = pageIn(book.waiting(), ({ at, id }) => ({ at: -at, key: id }), wanted);
    const waiting = await Promise.all(
      rows.map(async (one) => {
        const about = one.claim && (await book.of(one.room)).find(({ id }) => id === one.claim);
        const title = (await deps.titleOf(one.room)) ?? one.room;
        return { ...one, title, ...(about ? { about: about.versions.at(-1)?.text } : {}) };
      }),
    );
    return pageOf(c, 'waiting', waiting, next);
  });
}

function bookPages(app: Hono, deps: BookRoutesDeps, checker: Checker, { speaking }: Speaking): void {
  const { book } = deps;
  /** What the figures say of a wording now; undefined when nothing. */
  const verdictNow = async (room: string, text: string): Promise<ClaimVerdict | undefined> => {
    const answered = await checker.answer({ room, text });
    return isRefused(answered) ? undefined : answered.verdict;
  };
  const page = async (c: Context, notice?: string, status = 200): Promise<Response> => {
    const words = claimWords(languageOf(c.req.header('accept-language')));
    const room = c.req.param('room') ?? '';
    const title = await deps.titleOf(room);
    if (title === undefined) return refusedAnswer({ refused: 'room-unknown' });
    const claims = await book.of(room);
    const shown: { claim: AttachedClaim; verdict: ClaimVerdict | undefined }[] = [];
    for (const claim of claims)
      shown.push({ claim, verdict: await verdictNow(room, claim.versions.at(-1)?.text ?? '') });
    const html = roomClaimsPage({
      ...{ words, room, title, claims: shown, base: baseOf(c, deps.publicUrl) },
      ...{ refusals: await book.refusals(room), notice },
    });
    return new Response(html, { status, headers: CLAIMS_PAGE_HEADERS });
  };
  app.get('/r/:room/claims', async (c) => {
    const often = checker.charge(c);
    return often ? refusedAnswer(often) : page(c);
  });
  app.post('/r/:room/claims', async (c) => {
    const words = claimWords(languageOf(c.req.header('accept-language')));
    if (isForeign(c.req.raw, deps.publicUrl)) return refusedAnswer({ refused: 'foreign-page' });
    const author = await speaking(c);
    if (refusing(author))
      return page(c, author.detail ?? ERRORS[author.refused].title, ERRORS[author.refused].status);
    const body = await bodyOf(c.req.raw);
    const form = isRefused(body) ? body : understood(FORM, body.value);
    if (isRefused(form)) return page(c, form.detail, ERRORS[form.refused].status);
    const { text, claim } = form.value;
    const room = c.req.param('room');
    const written = claim
      ? await book.reply(room, author, 'dispute', claim, text)
      : await book.say(room, author, text);
    return 'refused' in written
      ? page(c, written.detail, ERRORS[written.refused].status)
      : page(c, written.waits ? words.attached.waits : undefined);
  });
}

function bookCards(app: Hono, deps: BookRoutesDeps, checker: Checker): void {
  const { book } = deps;
  app.get('/r/:room/claims/:file{[\\w-]+\\.(?:svg|png|json)}', async (c) => {
    const often = checker.charge(c);
    if (often) return refusedAnswer(often);
    const words = claimWords(languageOf(c.req.query('words') ?? c.req.header('accept-language')));
    const room = c.req.param('room');
    const [id, kind] = c.req.param('file').split('.');
    const title = await deps.titleOf(room);
    const claim = (await book.of(room)).find((one) => one.id === id);
    const last = claim?.versions.at(-1);
    if (title === undefined || !claim || !last) return refusedAnswer({ refused: 'not-found' });
    const answered = await checker.answer({ room, text: last.text });
    if (isRefused(answered)) return refusedAnswer(answered);
    const [first] = claim.versions;
    const corrected = claim.versions.length > 1 && first;
    const card = signCard(
      answered.verdict,
      {
        ...{ title, said: corrected ? first.text : last.text, checked: deps.clock.wall() },
        // The card of a claim that was corrected shows the correction, wherever it is embedded.
        ...(corrected ? { correction: `${words.attached.correctedTo} ${words.quoted(last.text)}` } : {}),
      },
      deps.key,
    );
    return kind === 'json'
      ? new Response(cardText(card), { headers: { 'content-type': 'application/json' } })
      : pictureAnswer(
          deps,
          cardPicture(
            card,
            words,
            verdictText(answered.verdict, words),
            new URL(baseOf(c, deps.publicUrl)).host,
          ),
          kind === 'png',
        );
  });
}
