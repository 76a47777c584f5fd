/** Moderation: what people report, what is decided then, who is told, and which words are not accepted. */
import { failed as failedAnswer, failureOf } from '../api/index.ts';
import { reasonOf } from '../base/errors.ts';
import { ms } from '../base/time.ts';
import { find } from '../http/index.ts';
import type { ToldQuestions } from '../wire/interaction/questions.ts';
import { abuseNumberOf } from '../wire/moderation/moderation.ts';
import { isOver } from '../wire/room.ts';
import { ACTS_EVERY, openActs } from './acts.ts';
import { openModerationApi } from './api-routes.ts';
import { openAuditLog } from './audit.ts';
import { openBlockLists } from './block-lists.ts';
import { openDecisions } from './decisions.ts';
import { openDeskRoutes } from './desk-routes.ts';
import type { ModerationDeps, SeenPerson, SocialSubject } from './moderation-deps.ts';
import { failedPage, openPublicRoutes, type SocialAbuse } from './public-routes.ts';
import { openReports } from './reports.ts';
import { openSeenPeople } from './seen-people.ts';
import { openSeenQuestions } from './seen-questions.ts';
import { openWithdrawing } from './withdrawing.ts';
import { english } from './words/english.ts';
import { french } from './words/french.ts';

export type { BlockLists } from './block-lists.ts';
export { moderationPaths } from './described.ts';
export type { ModerationDeps, ModerationRefusal } from './moderation-deps.ts';

/** The steps after `/api/rooms/:slug/` that are answered here. */
const STEPS: ReadonlySet<string | undefined> = new Set(['reports', 'decisions', 'audit', 'words']);
const SWEEP_EVERY = ms(3_600_000);

/** What became of a report about a post or a profile when it was sent. */
export type FiledAbuse = { readonly number: string } | { readonly wait: number; readonly wrong: string };

/** The part, once open. */
export interface Moderation extends AsyncDisposable {
  /** True for a path that `fetch` answers. */
  takes(path: string): boolean;
  fetch(request: Request): Promise<Response>;
  /** A studio says who is on a stage. */
  saw(slug: string, stage: readonly SeenPerson[]): void;
  /** A studio says what is asked in a room. */
  asked(slug: string, list: ToldQuestions): void;
  /** True while the recording of a room is kept for a report that nobody has decided about. */
  holds(slug: string): boolean;
  /** Takes a report about a post or a profile: its number, or why not in words and the seconds to wait. */
  reportSocial(request: Request, wish: SocialAbuse): Promise<FiledAbuse>;
  /** What became of it, in words; undefined when there is none of this number about this. */
  socialOutcome(
    subject: SocialSubject,
    target: string,
    number: string,
    french: boolean,
  ): Promise<string | undefined>;
  /** Reports that nobody has decided about. */
  open(): Promise<number>;
}

/** Opens the part on the store. */
export async function open(deps: ModerationDeps): Promise<Moderation> {
  const { clock, log } = deps;
  const reports = await openReports(deps);
  const decisions = openDecisions(deps);
  const audit = openAuditLog(deps);
  const lists = await openBlockLists({ ...deps, publish: deps.publishWords });
  const seen = openSeenPeople();
  const questions = openSeenQuestions();
  const withdrawing = openWithdrawing({ ...deps, decisions });
  await withdrawing.publish();
  const acting = { ...deps, reports, decisions, audit, withdrawing };
  const acts = openActs(acting);
  const people = openPublicRoutes({ ...acting, seen, questions });
  const desk = openDeskRoutes({ ...acting, acts, lists });
  const api = openModerationApi({ ...acting, acts, lists, open: people });
  api.onError((error) => {
    throw error;
  });

  const pages = (request: Request): Promise<Response> | undefined => {
    const path = new URL(request.url).pathname;
    if (Object.hasOwn(desk, path)) return desk[path]?.(request);
    const [, r, slug = '', step] = path.split('/');
    if (r === 'notice') return people.notice(request, slug);
    return r === 'r' && step === 'report' ? people.report(request, slug) : undefined;
  };
  const failed = (error: unknown): void =>
    log.warn({ error: reasonOf(error) }, 'moderation could not look after what is over; it tries again');
  const running = new Set<Promise<unknown>>();
  /** One run of each kind at a time; the other kind never waits for it. */
  const each = (work: () => Promise<unknown>): (() => void) => {
    let busy = false;
    return () => {
      if (busy) return;
      busy = true;
      const one = work()
        .catch(failed)
        .finally(() => {
          busy = false;
          running.delete(one);
        });
      running.add(one);
    };
  };
  const ticks = [
    clock.every(
      ACTS_EVERY,
      each(() => acts.tick()),
    ),
    clock.every(
      SWEEP_EVERY,
      each(async () => {
        await reports.sweep(deps.keepReports);
        await decisions.sweep(deps.keepAudit);
        await audit.sweep(deps.keepAudit);
        // Titles of chapters and clips are compared with them for as long as somebody may mend a recording.
        await lists.sweep(async (room) => {
          const card = await deps.cardOf(room);
          const ended = card && isOver(card.status) ? (card.clocks.ended ?? 0) : clock.wall();
          return !card || ended < clock.wall() - deps.keepAudit;
        });
        await withdrawing.publish();
      }),
    ),
  ];
  return {
    takes(path) {
      const [, api, rooms, , step] = path.split('/');
      if (api === 'api') return rooms === 'moderation' || (rooms === 'rooms' && STEPS.has(step));
      return find(path)?.address.id.startsWith('moderation-') === true;
    },
    async fetch(request) {
      try {
        return await (pages(request) ?? api.fetch(request));
      } catch (error) {
        const why = failureOf(deps, request, error, 'a request about moderation could not be answered');
        const isApi = new URL(request.url).pathname.startsWith('/api/');
        return isApi ? failedAnswer(why) : failedPage(deps, request, why);
      }
    },
    saw: seen.saw,
    asked: questions.asked,
    async reportSocial(request, wish) {
      const filed = await people.fileSocial(request, wish);
      return 'wrong' in filed ? { wait: filed.wait ?? 60, wrong: filed.wrong } : { number: filed.number };
    },
    async socialOutcome(subject, target, typed, isFrench) {
      const number = abuseNumberOf(typed);
      const report = number === undefined ? undefined : await reports.byNumber(number);
      if (report?.subject !== subject || report.target !== target) return undefined;
      const words = isFrench ? french : english;
      return report.outcome === undefined ? words.stillOpen : words.closedWith[report.outcome];
    },
    holds: reports.holds,
    open: reports.countOpen,
    async [Symbol.asyncDispose]() {
      for (const one of ticks) one[Symbol.dispose]();
      await Promise.all(running);
    },
  };
}
