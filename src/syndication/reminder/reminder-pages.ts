import { sentFields } from '../../form/index.ts';
import { isForeign, readBody } from '../../http/index.ts';
import { isRunning, type RoomCard } from '../../wire/room.ts';
import type { AroundRoomDeps } from '../deps.ts';
import { languageFor, syndicationPage } from '../page-answer.ts';
import type { ReminderBook } from './book.ts';
import { wordsIn } from './delivery.ts';
import type { NotReminded, ReminderDesk } from './desk.ts';
import type { FollowedChoices } from './followed.ts';
import type { Plans } from './plans.ts';
import { followedMain, ownMain, remindMain, saidMain } from './remind-page.ts';
import type { ReminderWords } from './words/english.ts';

const MOST_FORM = 4 * 1_024;
/** Ids of reminders: 16 random bytes. */
const ID = /^[\w-]{22}$/;

/** What the pages need. */
export interface ReminderPagesDeps {
  readonly deps: AroundRoomDeps;
  readonly desk: ReminderDesk;
  readonly book: Pick<ReminderBook, 'one'>;
  readonly plans: Pick<Plans, 'count' | 'window'>;
  readonly choices: Pick<FollowedChoices, 'of' | 'choose'>;
  /** What browsers subscribe with; undefined: nobody is told by their browser. */
  readonly key: string | undefined;
  readonly hasMail: boolean;
  /** A room of which one may be reminded. */
  waiting(slug: string): Promise<RoomCard | 'unknown' | 'begun'>;
}

/** Why somebody is not reminded. */
const refusedWords = (words: ReminderWords, no: NotReminded): string => {
  if (no.not === 'often') return words.refused.often(no.wait);
  if (no.not === 'target') return words.mail.wrong;
  return no.not === 'full' ? words.refused.full : words.refused.noMail;
};

/** Opens the pages: how one is reminded of a room, and what one does with a reminder. Both work without scripts. */
export function openReminderPages(own: ReminderPagesDeps) {
  const { deps, desk, book, plans, choices, key, hasMail, waiting } = own;

  async function remindPage(request: Request, slug: string): Promise<Response> {
    const who = await deps.account(request);
    const language = languageFor(request, who);
    const words = wordsIn(language);
    const reader = who ? 'known' : 'stranger';
    const page = (
      main: string,
      status = 200,
      more: Record<string, string> = {},
      path = `/r/${slug}/remind`,
    ): Response =>
      syndicationPage(
        deps,
        language,
        { title: words.title, about: words.push.lead, path, main, reader, script: 'web/people/reminder.ts' },
        status,
        more,
      );
    const card = await waiting(slug);
    if (typeof card === 'string') {
      const there = card === 'begun' ? await deps.cardOf(slug) : undefined;
      // The address that was asked for is not named: of a closed room a door has hidden it.
      if (!there) return page(saidMain(words, words.title, words.noRoom), 404, {}, '/reminders');
      const says = isRunning(there.status)
        ? words.isOn
        : there.status === 'cancelled'
          ? words.isOff
          : words.isOver;
      return page(saidMain(words, there.title, says, slug));
    }
    const shown = (more: { told?: string; bad?: string }, status = 200, headers = {}): Response =>
      page(
        remindMain(words, {
          ...{ card, people: plans.count(slug), window: plans.window(card), key, hasMail },
          now: deps.clock.wall(),
          ...more,
        }),
        ...[status, headers],
      );
    if (request.method !== 'POST') return shown({});
    if (isForeign(request, deps.publicUrl)) return shown({ bad: words.refused.foreign }, 403);
    const sent = await sentFields(request, MOST_FORM);
    if (!sent) return shown({ bad: words.refused.unread }, 400);
    const from = request.headers.get('x-forwarded-for') ?? '';
    const made = await desk.mail(card, sent.get('email') ?? '', language, from);
    if (made === true) return shown({ told: words.mail.sent });
    const again = made.not === 'often' ? { 'retry-after': String(made.wait) } : {};
    return shown(
      { bad: refusedWords(words, made) },
      made.not === 'target' || made.not === 'away' ? 422 : 429,
      again,
    );
  }

  async function ownPage(request: Request, id: string): Promise<Response> {
    const language = languageFor(request);
    const words = wordsIn(language);
    const path = `/reminder/${id}`;
    // A link in a mail is a secret that stands in the address.
    const page = (main: string, status = 200): Response =>
      syndicationPage(
        deps,
        language,
        { title: words.own.title, about: words.own.title, path, main },
        status,
        {
          'referrer-policy': 'no-referrer',
        },
      );
    const row = ID.test(id) ? await book.one(id) : undefined;
    // One press in a mail program, which sends no cookie and is nobody's page. Spec: RFC 8058, 3.2.
    if (!row)
      return page(saidMain(words, words.own.title, words.own.none), request.method === 'POST' ? 200 : 404);
    const card = await deps.cardOf(row.room);
    const mine = { path, slug: row.room, title: card?.title ?? row.room };
    if (request.method !== 'POST')
      return page(ownMain(words, { ...mine, isConfirmed: Number(row.confirmed) === 1 }));
    const sent = await sentFields(request.clone(), MOST_FORM);
    if (!sent) await readBody(request.body, request.headers.get('content-length'), MOST_FORM);
    if (sent?.get('act') === 'confirm' && card) {
      await desk.confirm(row, card);
      return page(ownMain(words, { ...mine, isConfirmed: true }, words.own.confirmed));
    }
    await desk.leave(id);
    return page(saidMain(words, words.own.title, words.own.left, row.room));
  }

  async function followedPage(request: Request): Promise<Response> {
    const who = await deps.account(request);
    const language = languageFor(request, who);
    const words = wordsIn(language);
    const page = (more: Omit<Parameters<typeof followedMain>[1], 'hasMail'>, status = 200): Response =>
      syndicationPage(
        deps,
        language,
        {
          ...{ title: words.followed.title, about: words.followed.lead, path: '/reminders' },
          ...{ main: followedMain(words, { hasMail, ...more }), reader: who ? 'known' : 'stranger' },
        },
        status,
      );
    if (!who) return page({}, request.method === 'POST' ? 403 : 200);
    const way = (await choices.of(who.id)) ?? 'off';
    if (request.method !== 'POST') return page({ way });
    if (isForeign(request, deps.publicUrl)) return page({ way, bad: words.refused.foreign }, 403);
    const sent = await sentFields(request, MOST_FORM);
    const wanted = sent?.get('way');
    if (wanted !== 'off' && (wanted !== 'mail' || !hasMail))
      return page({ way, bad: words.refused.unread }, 422);
    await choices.choose(who.id, wanted, language);
    return page({ way: wanted, told: wanted === 'off' ? words.followed.ended : words.followed.kept });
  }
  return { remind: remindPage, own: ownPage, followed: followedPage };
}
