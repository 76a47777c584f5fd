import type { Context } from 'hono';
import { type RequestFailure, rowIdOf } from '../api/index.ts';
import { networkOf, openAllowance } from '../base/allowance.ts';
import { asSlug } from '../base/ids.ts';
import { plainText } from '../base/plain-text.ts';
import { doneNote, goOn, refusedNote, sentFields } from '../form/index.ts';
import { isForeign, openPace, type RequestPace } from '../http/index.ts';
import { ABUSE_WORDS_LENGTH, type AbuseReason, abuseNumberOf } from '../wire/moderation/moderation.ts';
import type { RoomCard } from '../wire/room.ts';
import { readAbuseForm } from './abuse-form.ts';
import type { AuditLog } from './audit.ts';
import type { Decisions } from './decisions.ts';
import { MOST_FORM, moderationWords, pageAnswer } from './forms.ts';
import type { ModerationDeps, SocialSubject } from './moderation-deps.ts';
import { noticePage, reportFormPage, reportStatePage } from './pages/report-pages.ts';
import { wrapped } from './pages/wrapped.ts';
import { type AbuseReports, type AbuseWish, MOST_OPEN_IN_ROOM, MOST_OPEN_OF_ONE } from './reports.ts';
import type { SeenPeople } from './seen-people.ts';
import type { SeenQuestions } from './seen-questions.ts';

/** Reports from one network: so many at once, and one more every so often, ms. */
const REPORTS = { size: 5, every: 120_000 } as const;
/** Reports about one room from everywhere. */
const OF_ROOM = { size: 60, every: 10_000 } as const;
/** Reports about all posts and profiles from everywhere: no crowd of networks fills the desk in a moment. */
const OF_SOCIAL = { size: 120, every: 5_000 } as const;
/** Looks at numbers and notices, and objections, from one network. */
const LOOKS = { size: 60, every: 2_000 } as const;

/** What the public pages need. */
export interface PublicRoutesDeps extends ModerationDeps {
  readonly reports: AbuseReports;
  readonly decisions: Decisions;
  readonly audit: AuditLog;
  readonly seen: SeenPeople;
  readonly questions: SeenQuestions;
}

/** What a report through the API is answered with: the report, or why there is none. */
export type Filing =
  | { readonly number: string; readonly created: number }
  | { readonly wrong: string; readonly status: 404 | 422 | 429; readonly wait?: number };

/** What somebody says against a post or a profile; `name`: whose it is, and how it begins. */
export interface SocialAbuse {
  readonly subject: SocialSubject;
  readonly target: string;
  readonly name: string;
  readonly reason: AbuseReason;
  readonly words: string;
  /** When it was made, wall-clock ms. */
  readonly made: number;
}

/** The pages that need no account: reports, what became of them, and what was decided about somebody. */
export interface PublicRoutes {
  /** `c`: where the answer tells how many more there may be. */
  file(request: Request, card: RoomCard, sent: URLSearchParams, c?: Context): Promise<Filing>;
  /** Posts and profiles are for the operator alone. */
  fileSocial(request: Request, wish: SocialAbuse): Promise<Filing>;
  report(request: Request, slug: string): Promise<Response>;
  notice(request: Request, code: string): Promise<Response>;
}

/** Takes reports about posts and profiles. */
function socialFiling(
  deps: PublicRoutesDeps,
  network: RequestPace,
  from: (request: Request) => string,
): PublicRoutes['fileSocial'] {
  const all = openPace(deps.clock, 'reports-of-posts', OF_SOCIAL.size, OF_SOCIAL.every);
  return async (request, { subject, target, name, reason, words: said, made }) => {
    const words = moderationWords(request);
    const wait = network.take(undefined, from(request)) ?? all.take(undefined, 'all');
    if (wait !== undefined) return { wrong: words.tooOften(wait), status: 429, wait };
    const wish: AbuseWish = {
      ...{ room: '', subject, target, name, reason, words: said },
      ...{ moment: made, operatorOnly: true },
    };
    const filed = await deps.reports.file(wish, rowIdOf(request));
    if (typeof filed !== 'string') return filed;
    const wrong = filed === 'full-one' ? words.oneFull(MOST_OPEN_OF_ONE) : words.deskFull(deps.mostReports);
    return { wrong, status: 429, wait: 3_600 };
  };
}

/** Opens them. */
export function openPublicRoutes(deps: PublicRoutesDeps): PublicRoutes {
  const { reports, decisions, clock, seen } = deps;
  const network = openPace(clock, 'reports-of-network', REPORTS.size, REPORTS.every);
  const room = openPace(clock, 'reports-of-room', OF_ROOM.size, OF_ROOM.every);
  const looks = openAllowance(clock, LOOKS.size, LOOKS.every);
  const from = (request: Request): string => networkOf(request.headers.get('x-forwarded-for') ?? '');

  const clipOf = async (slug: string, sent: URLSearchParams) => {
    const id = /^clip:(\w{1,20})$/.exec(sent.get('about') ?? '')?.[1] ?? sent.get('clip') ?? '';
    const clip = /^\w{1,20}$/.test(id) ? await deps.clipTitle(slug, id) : undefined;
    return clip && { id, ...clip };
  };
  const questionOf = (slug: string, sent: URLSearchParams) => {
    const id = /^question:([\w-]{1,40})$/.exec(sent.get('about') ?? '')?.[1] ?? sent.get('question') ?? '';
    const text = deps.questions.textOf(slug, id);
    return text === undefined ? undefined : { id, text };
  };
  /** What a form, or the address of one, names. */
  const thingsOf = async (slug: string, sent: URLSearchParams) => ({
    ...{ clip: await clipOf(slug, sent), question: questionOf(slug, sent) },
  });

  const file: PublicRoutes['file'] = async (request, card, sent, c) => {
    const words = moderationWords(request);
    const { slug } = card;
    const people = seen.of(slug);
    const wish = readAbuseForm(sent, card, people, await thingsOf(slug, sent), clock.wall());
    if (typeof wish === 'string') return { wrong: words.faults[wish], status: 422 };
    const wait = network.take(c, from(request)) ?? room.take(c, slug);
    if (wait !== undefined) return { wrong: words.tooOften(wait), status: 429, wait };
    const made = await reports.file(wish, rowIdOf(request));
    return typeof made === 'string'
      ? { wrong: words.roomFull(MOST_OPEN_IN_ROOM), status: 429, wait: 3_600 }
      : made;
  };

  return {
    ...{ file, fileSocial: socialFiling(deps, network, from) },
    async report(request, said) {
      const words = moderationWords(request);
      const slug = asSlug(said);
      const card = slug && (await deps.cardOf(slug));
      if (!card) return pageAnswer(deps, words, wrapped(words.noRoom, refusedNote(words.noRoom)), 404);
      const show = async (
        sent: URLSearchParams,
        wrong?: string,
        status = 200,
        more = {},
      ): Promise<Response> => {
        const things = await thingsOf(card.slug, sent);
        const view = { card, people: seen.of(card.slug), ...things, sent, wrong };
        return pageAnswer(deps, words, reportFormPage(words, view), status, more);
      };
      if (request.method !== 'POST') {
        const query = new URL(request.url).searchParams;
        const typed = query.get('number');
        if (typed === null) return show(query);
        const wait = looks.take(from(request));
        if (wait !== undefined)
          return show(new URLSearchParams(), words.tooOften(wait), 429, { 'retry-after': `${wait}` });
        const number = abuseNumberOf(typed);
        const found = number === undefined ? undefined : await reports.byNumber(number);
        const report = found?.room === card.slug ? found : undefined;
        const page = reportStatePage(words, card, report, query.get('new') === '1');
        return pageAnswer(deps, words, page, report ? 200 : 404);
      }
      if (isForeign(request, deps.publicUrl)) return show(new URLSearchParams(), words.foreign, 403);
      const sent = await sentFields(request, MOST_FORM);
      if (!sent) return show(new URLSearchParams(), words.unread, 413);
      const made = await file(request, card, sent);
      if ('wrong' in made)
        return show(
          sent,
          made.wrong,
          made.status,
          made.wait === undefined ? {} : { 'retry-after': `${made.wait}` },
        );
      return goOn(`report?number=${made.number}&new=1`);
    },

    async notice(request, code) {
      const words = moderationWords(request);
      const wait = looks.take(from(request));
      const tell = (text: string, status: number, more = {}): Response =>
        pageAnswer(deps, words, wrapped(words.noticeTitle, refusedNote(text)), status, more);
      if (wait !== undefined) return tell(words.tooOften(wait), 429, { 'retry-after': `${wait}` });
      const one = abuseNumberOf(code) === undefined ? undefined : await decisions.byNotice(code);
      if (!one) return tell(words.noNotice, 404);
      const card = one.room === undefined ? undefined : await deps.cardOf(one.room);
      const title = card?.title || (one.room ?? '');
      const show = (wrong?: string, status = 200): Response =>
        pageAnswer(deps, words, noticePage(words, one, title, wrong), status);
      if (request.method !== 'POST') return show();
      if (isForeign(request, deps.publicUrl)) return show(words.foreign, 403);
      const sent = await sentFields(request, MOST_FORM);
      const said = plainText(sent?.get('words') ?? '', ABUSE_WORDS_LENGTH);
      if (said === undefined) return show(words.faults.words, 422);
      if (await decisions.object(one.id, said))
        await deps.audit.add({
          by: { id: 'notice', name: one.name, role: 'person' },
          ...{ act: 'object', room: one.room, target: one.target, name: one.name, decision: one.id },
        });
      return goOn(`/notice/${one.notice}`);
    },
  };
}

/** The page in place of one that could not be made: the database is away, or we have made a mistake. */
export const failedPage = (deps: ModerationDeps, request: Request, { mark }: RequestFailure): Response => {
  const words = moderationWords(request);
  return mark === undefined
    ? pageAnswer(deps, words, wrapped(words.deskTitle, doneNote(words.away)), 503, { 'retry-after': '10' })
    : pageAnswer(deps, words, wrapped(words.deskTitle, doneNote(words.broken(mark))), 500);
};
