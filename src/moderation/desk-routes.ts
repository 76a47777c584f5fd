import { plainText } from '../base/plain-text.ts';
import { goOn, refusedNote, sentFields } from '../form/index.ts';
import type { AccountCard } from '../wire/account.ts';
import {
  ABUSE_WORDS_LENGTH,
  DECISION_ACTS,
  DECISION_REASON_LENGTH,
  type DecisionAct,
} from '../wire/moderation/moderation.ts';
import { hearingLink } from './abuse-form.ts';
import { accountBy } from './account-by.ts';
import type { Acts, ActsDeps } from './acts.ts';
import type { Moderator } from './audit.ts';
import type { BlockListBook } from './block-lists.ts';
import { MOST_FORM, moderationWords, pageAnswer } from './forms.ts';
import { isNotDone, isSocial, type ReportedImage } from './moderation-deps.ts';
import { auditPage, blockListPage, type DeskView, deskPage } from './pages/desk-page.ts';
import { wrapped } from './pages/wrapped.ts';
import type { AbuseReport } from './reports.ts';

/** Rows that are shown of each list. */
const MOST_ROWS = 100;
const SPANS: Readonly<Record<string, number>> = {
  '1h': 3_600_000,
  '1d': 86_400_000,
  '7d': 7 * 86_400_000,
  '30d': 30 * 86_400_000,
};
const SLUG = /^[a-z0-9-]{1,64}$/;
const ID = /^[0-9a-f-]{36}$/;

/** What the desk needs. */
export interface DeskRoutesDeps extends ActsDeps {
  readonly acts: Acts;
  readonly lists: BlockListBook;
}

/** The pages of the operator. */
export type DeskPages = Readonly<Record<string, (request: Request) => Promise<Response>>>;

/** An operator's account as the log names it. */
export const moderatorOf = ({ id, name }: AccountCard): Moderator & { readonly role: 'operator' } => ({
  ...{ id, name, role: 'operator' },
});

/** Whom or what a choice about a report concerns: whoever is suspended for a post or a profile is its owner. */
export const targetOf = async (
  { ownerOf }: Pick<ActsDeps, 'ownerOf'>,
  { subject, target }: AbuseReport,
  choice: DecisionAct,
): Promise<string | undefined> =>
  choice === 'suspend' && isSocial(subject) ? ownerOf(subject, target ?? '') : target;

/** Opens the operator's pages: who is not an operator is sent to sign in. */
export function openDeskRoutes(deps: DeskRoutesDeps): DeskPages {
  const { reports, decisions, audit, acts, clock } = deps;

  const forOperators: ForOperators = (answer) => async (request) => {
    const words = moderationWords(request);
    const account = await deps.account(request);
    if (account?.role === 'operator') return answer(request, moderatorOf(account));
    const link = account ? '' : `<p><a href="/sign-in">${words.signIn}</a></p>`;
    return pageAnswer(
      deps,
      words,
      wrapped(words.deskTitle, `${refusedNote(words.operatorsOnly)}${link}`),
      account ? 403 : 401,
    );
  };

  async function view(isOpen: boolean): Promise<Omit<DeskView, 'wrong' | 'told'>> {
    // What has waited longest is read first: nobody buries it under reports that come later.
    const list = await reports.list({ operator: true, isOpen, limit: MOST_ROWS, isOldestFirst: isOpen });
    const links = new Map<string, string>();
    for (const { id, room, moment } of list) {
      const link = hearingLink(await deps.cardOf(room), moment);
      if (link !== undefined) links.set(id, link);
    }
    const images = new Map<string, readonly ReportedImage[]>();
    for (const { id, subject, target = '' } of list)
      if (isSocial(subject)) images.set(id, (await deps.imagesOf?.(subject, target)) ?? []);
    const [inForce, objections] = await Promise.all([
      decisions.inForce(undefined, MOST_ROWS),
      decisions.objections(MOST_ROWS),
    ]);
    return { isOpen, reports: list, links, images, inForce, objections };
  }

  const desk = forOperators(async (request, me) => {
    const words = moderationWords(request);
    const query = new URL(request.url).searchParams;
    const show = async (more: Partial<DeskView>, status = 200): Promise<Response> => {
      const page = deskPage(words, { ...(await view(query.get('state') !== 'closed')), ...more });
      return pageAnswer(deps, words, page, status);
    };
    if (request.method !== 'POST') return show(query.get('done') === '1' ? { told: words.done } : {});
    const sent = await sentFields(request, MOST_FORM);
    if (!sent) return show({ wrong: words.unread }, 413);
    const act = sent.get('act');
    const reason = plainText(
      sent.get('reason') ?? '',
      act === 'answer' ? ABUSE_WORDS_LENGTH : DECISION_REASON_LENGTH,
    );
    if (reason === undefined) return show({ wrong: words.reasonNeeded }, 422);
    const span = SPANS[sent.get('span') ?? ''];
    const until = span === undefined ? undefined : clock.wall() + span;
    const id = (name: string): string => (ID.test(sent.get(name) ?? '') ? (sent.get(name) ?? '') : '');

    if (act === 'lift' || act === 'answer') {
      const one = await decisions.find(id('decision'));
      if (!one) return show({ wrong: words.noNotice }, 404);
      const lifts = act === 'lift' || sent.get('choice') === 'lift';
      const refusal = lifts && one.lifted === undefined ? await acts.lift(me, one, reason) : undefined;
      if (refusal) return show({ wrong: refusal.detail ?? refusal.refused }, 409);
      if (one.objection !== undefined && one.answer === undefined) {
        await decisions.answer(one.id, reason);
        await audit.add({
          ...{ by: me, act: 'answer', room: one.room, target: one.target, name: one.name, reason },
          decision: one.id,
        });
      }
      return goOn('/operate/reports?done=1');
    }
    if (act === 'suspend') {
      const row = await accountBy(deps.store, sent.get('email') ?? '');
      if (!row) return show({ wrong: words.noAccount }, 404);
      const made = await acts.decide(me, { act, target: row.id, name: row.name, reason, until });
      return isNotDone(made)
        ? show({ wrong: made.detail ?? made.refused }, 409)
        : show({ told: words.done, notice: `/notice/${made.notice}` });
    }
    const report = await reports.find(id('report'));
    if (!report) return show({ wrong: words.numberUnknown }, 404);
    const wanted = sent.get('choice');
    if (wanted === 'dismiss') {
      const refusal = await acts.dismiss(me, report.id, reason);
      return refusal
        ? show({ wrong: refusal.detail ?? refusal.refused }, 409)
        : goOn('/operate/reports?done=1');
    }
    const choice = DECISION_ACTS.find((one) => one === wanted);
    if (!choice) return show({ wrong: words.unread }, 422);
    const made = await acts.decide(me, {
      ...{ act: choice, room: report.room, target: await targetOf(deps, report, choice), name: report.name },
      ...{ reason, until, report: report.id },
    });
    return isNotDone(made)
      ? show({ wrong: made.detail ?? made.refused }, 409)
      : show({ told: words.done, notice: `/notice/${made.notice}` });
  });

  return { '/operate/reports': desk, ...logPages(deps, forOperators) };
}

type ForOperators = (
  answer: (request: Request, me: ReturnType<typeof moderatorOf>) => Promise<Response>,
) => (request: Request) => Promise<Response>;

/** The log of what moderators did, and the lists of words. */
function logPages(deps: DeskRoutesDeps, forOperators: ForOperators): DeskPages {
  const { audit, lists } = deps;
  const log = forOperators(async (request) => {
    const words = moderationWords(request);
    const before = new URL(request.url).searchParams.get('before') ?? '';
    const rows = await audit.list(MOST_ROWS, ID.test(before) ? before : undefined);
    const older = rows.length === MOST_ROWS ? rows.at(-1)?.id : undefined;
    return pageAnswer(deps, words, auditPage(words, rows, older));
  });

  const file = forOperators(
    async () =>
      new Response(ReadableStream.from(encoded(audit.lines())), {
        headers: {
          'content-type': 'application/jsonl; charset=utf-8',
          'content-disposition': 'attachment; filename="earshot-audit.jsonl"',
          'cache-control': 'no-store',
        },
      }),
  );

  const blocked = forOperators(async (request, me) => {
    const words = moderationWords(request);
    const sent = request.method === 'POST' ? await sentFields(request, MOST_FORM) : undefined;
    const typed = (sent ?? new URL(request.url).searchParams).get('room')?.trim() ?? '';
    const room = SLUG.test(typed) && (await deps.cardOf(typed)) ? typed : '';
    const show = async (wrong?: string, status = 200): Promise<Response> =>
      pageAnswer(deps, words, blockListPage(words, room, await lists.list(room), wrong), status);
    if (typed !== room) return show(words.noRoom, 404);
    if (request.method !== 'POST') return show();
    if (!sent) return show(words.unread, 413);
    const back = `/operate/words${room === '' ? '' : `?room=${room}`}`;
    if (sent.get('act') === 'remove') {
      const gone = await lists.remove(room, sent.get('id') ?? '');
      if (gone) await audit.add({ by: me, act: 'remove-word', room, name: gone.name });
      return goOn(back);
    }
    const made = await lists.add(room, sent.get('name') ?? '', sent.get('pattern') ?? '');
    if (typeof made === 'string') return show(words.ruleFaults[made], 422);
    await audit.add({ by: me, act: 'add-word', room, name: made.name });
    return goOn(back);
  });

  return { '/operate/audit': log, '/operate/audit.jsonl': file, '/operate/words': blocked };
}

async function* encoded(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const line of lines) yield encoder.encode(line);
}
