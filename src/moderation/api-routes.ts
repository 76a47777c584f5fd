import { type Context, Hono } from 'hono';
import {
  type Attempted,
  isRefusal,
  keptByNobody,
  nextLink,
  pageOf,
  pageRead,
  pageWanted,
  read,
  readCursor,
  refuse,
  refused,
  refuseTheRest,
  rowIdOf,
} from '../api/index.ts';
import type { Clock } from '../base/clock.ts';
import { asSlug } from '../base/ids.ts';
import { openPace, tellPaces } from '../http/index.ts';
import type { RoomCard } from '../wire/room.ts';
import { hearingLink } from './abuse-form.ts';
import { accountBy } from './account-by.ts';
import { auditLine, type Moderator } from './audit.ts';
import type { Decision } from './decisions.ts';
import { type DeskRoutesDeps, moderatorOf, targetOf } from './desk-routes.ts';
import { isNotDone, type ModerationRefusal } from './moderation-deps.ts';
import { choicesFor } from './pages/desk-page.ts';
import type { PublicRoutes } from './public-routes.ts';
import type { AbuseReport } from './reports.ts';
import { LIFTED, NEW_DECISION, NEW_REPORT, NEW_RULE, REPORT_CHOICE, UNSUSPENDED } from './requests.ts';
import { roomLog } from './room-log.ts';

/** Reports, or decisions, on one page. */
export const MOST_ROWS = 100;
/** Lines of the log of the whole server on one page. */
export const MOST_LINES = 1_000;
/** What one moderator changes: so much at once, and one more every so often, ms. */
const CHANGES = { size: 60, every: 1_000 } as const;
const bearerOf = (c: Context): string | undefined =>
  /^Bearer\s+(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
/** Who shows nothing is asked for a link; who shows one that is not the operator's is refused. */
const noOperator = (c: Context): Response =>
  refuse(bearerOf(c) === undefined ? 'token-missing' : 'operator-only');
const not = ({ refused: code, detail, wait }: ModerationRefusal): Response =>
  refused({
    refused: code,
    ...(detail === undefined ? {} : { detail }),
    ...(wait === undefined ? {} : { wait }),
  });

/** Somebody who moderates, and the room that it is about. */
interface Deciding {
  readonly me: Moderator & { readonly role: Decision['byRole'] };
  readonly card?: RoomCard;
}

/** Why a change of a moderator comes too soon; reading is never too soon. */
function openChanges(clock: Clock): (c: Context, who: string) => ModerationRefusal | undefined {
  const changes = openPace(clock, 'moderation-of-one', CHANGES.size, CHANGES.every);
  return (c, who) => {
    const wait = c.req.method === 'GET' ? undefined : changes.take(c, who);
    if (wait === undefined) return undefined;
    const detail = `Limit reached: ${CHANGES.size} changes at once by one moderator, then one a second. Try again in ${wait} s.`;
    return { refused: 'too-often', detail, wait };
  };
}

/** The API of moderation: hosts with their link, the operator with theirs or an account. */
export function openModerationApi(deps: DeskRoutesDeps & { readonly open: PublicRoutes }): Hono {
  const { reports, decisions, acts } = deps;
  const app = new Hono();
  const tooSoon = openChanges(deps.clock);

  /** The operator, by account or link. */
  async function operator(c: Context): Promise<Deciding['me'] | undefined> {
    const account = await deps.account(c.req.raw);
    if (account?.role === 'operator') return moderatorOf(account);
    return (await deps.isOperator(bearerOf(c)))
      ? { id: 'operator-link', name: '', role: 'operator' }
      : undefined;
  }
  /** Who moderates a room: its hosts, and the operator. */
  async function host(c: Context): Promise<Attempted<Required<Deciding>>> {
    const slug = asSlug(c.req.param('slug') ?? '');
    const card = slug && (await deps.cardOf(slug));
    if (!card) return { refused: 'room-unknown' };
    const me = await operator(c);
    if (me) return tooSoon(c, me.id) ?? { me, card };
    const member = await deps.memberOf(card.slug, bearerOf(c));
    // A stranger learns nothing of a private room, not even that it is there.
    if (isNotDone(member)) return { refused: card.access === 'private' ? 'room-unknown' : member.refused };
    if (member.role === 'speaker') return { refused: 'not-host' };
    const id = member.speaker ?? 'operator-link';
    const name = member.speaker === undefined ? '' : (card.hosts[0] ?? '');
    return (
      tooSoon(c, `${card.slug} ${id}`) ?? {
        me: { id, name, role: member.operator ? 'operator' : member.role },
        card,
      }
    );
  }
  const told = (report: AbuseReport, card: RoomCard | undefined, isOperator: boolean) => {
    // By its number whoever wrote it could be asked for it.
    const { number: _, moment, ...rest } = report;
    const hear = hearingLink(card, moment);
    const at = (time: number | undefined) => (time === undefined ? null : new Date(time).toISOString());
    return {
      ...rest,
      ...{ created: at(report.created), closed: at(report.closed), moment: at(moment) },
      ...(hear === undefined ? {} : { hear }),
      choices: report.closed === undefined ? ['dismiss', ...choicesFor(report, isOperator)] : [],
    };
  };
  const shown = ({ detail: _, objection: __, ...one }: Decision) => ({
    ...one,
    notice: `${deps.publicUrl ?? ''}/notice/${one.notice}`,
    since: new Date(one.since).toISOString(),
    ...(one.until === undefined ? {} : { until: new Date(one.until).toISOString() }),
  });
  const made = (one: Decision | ModerationRefusal, c: Context): Response =>
    isNotDone(one) ? not(one) : c.json(shown(one), 201);

  async function chosen(c: Context, { me, card }: Deciding): Promise<Response> {
    const wish = await read(c, REPORT_CHOICE);
    if (isRefusal(wish)) return refused(wish);
    const report = await reports.find(c.req.param('id') ?? '');
    const isTheirs =
      report && (me.role === 'operator' || (report.room === card?.slug && !report.operatorOnly));
    if (!report || !isTheirs) return refuse('not-found', 'There is no such report.');
    const { choice, reason, until } = wish.value;
    const rowId = rowIdOf(c.req.raw);
    // The same request, whose answer got lost: it is carried on, and answered as it would have been.
    const again = rowId === undefined ? undefined : await decisions.find(rowId);
    if (report.closed !== undefined && again?.report !== report.id) {
      if (rowId !== undefined && choice === 'dismiss' && (await wasDismissed(report.id, me, reason)))
        return c.body(null, 204);
      return refuse('wrong-moment', 'This report is closed already.');
    }
    if (choice === 'dismiss') {
      const refusal = await acts.dismiss(me, report.id, reason);
      return refusal ? not(refusal) : c.body(null, 204);
    }
    if (!choicesFor(report, me.role === 'operator').includes(choice))
      return refuse(
        'unprocessable',
        `choice: for this report use ${['dismiss', ...choicesFor(report, me.role === 'operator')].join(', ')}`,
      );
    const { room, name, id } = report;
    const target = await targetOf(deps, report, choice);
    const act = { act: choice, room, target, name, reason, until, report: id };
    return made(await acts.decide(me, { ...act, id: rowId }), c);
  }
  /** True when this moderator has dismissed a report with these words. */
  const wasDismissed = async (report: string, { id }: Moderator, reason: string): Promise<boolean> =>
    (await deps.store.db
      .selectFrom('moderation_audit')
      .select('id')
      .where('act', '=', 'dismiss')
      .where('report', '=', report)
      .where('actor', '=', id)
      .where('reason', '=', reason)
      .executeTakeFirst()) !== undefined;
  async function lifted(c: Context, { me, card }: Deciding): Promise<Response> {
    const wish = await read(c, LIFTED);
    if (isRefusal(wish)) return refused(wish);
    const one = await decisions.find(c.req.param('id') ?? '');
    if (!one || (card && one.room !== card.slug)) return refuse('not-found', 'There is no such decision.');
    // What the operator decided, the operator takes back.
    if (one.byRole === 'operator' && me.role !== 'operator') return refuse('operator-only');
    const refusal = await acts.lift(me, one, wish.value.reason);
    return refusal ? not(refusal) : c.body(null, 204);
  }

  const changing = async (c: Context): Promise<Deciding['me'] | Response> => {
    const me = await operator(c);
    if (!me) return noOperator(c);
    const soon = tooSoon(c, me.id);
    return soon ? not(soon) : me;
  };

  const routes: ModerationApi = { app, deps, operator, changing, host, told, shown, made, chosen, lifted };
  app.use(tellPaces);
  keptByNobody(app);
  roomRoutes(routes);
  serverRoutes(routes);
  refuseTheRest(app, '/api');
  return app;
}

/** What the routes share. */
interface ModerationApi {
  readonly app: Hono;
  readonly deps: DeskRoutesDeps & { readonly open: PublicRoutes };
  operator(c: Context): Promise<Deciding['me'] | undefined>;
  /** The operator who changes something; or the refusal. */
  changing(c: Context): Promise<Deciding['me'] | Response>;
  host(c: Context): Promise<Attempted<Required<Deciding>>>;
  told(report: AbuseReport, card: RoomCard | undefined, isOperator: boolean): object;
  shown(one: Decision): object;
  made(one: Decision | ModerationRefusal, c: Context): Response;
  chosen(c: Context, who: Deciding): Promise<Response>;
  lifted(c: Context, who: Deciding): Promise<Response>;
}

/** A page of reports, the newest first. */
async function reportsPage(
  c: Context,
  { reports }: Pick<DeskRoutesDeps, 'reports'>,
  query: { readonly room?: string; readonly operator: boolean },
  tell: (report: AbuseReport) => object | Promise<object>,
): Promise<Response> {
  const wanted = pageWanted(c.req.query(), MOST_ROWS);
  if (isRefusal(wanted)) return refused(wanted);
  const { limit, after } = wanted;
  const isOpen = c.req.query('state') !== 'closed';
  const read = await reports.list({ ...query, isOpen, limit: limit + 1, after });
  const { rows, next } = pageRead(read, ({ created, id }) => ({ at: created, key: id }), limit);
  return pageOf(c, 'reports', await Promise.all(rows.map(tell)), next);
}

/** A page of what is in force, the newest first. */
async function decisionsPage(
  c: Context,
  { decisions }: Pick<DeskRoutesDeps, 'decisions'>,
  room: string | undefined,
  show: (one: Decision) => object,
): Promise<Response> {
  const wanted = pageWanted(c.req.query(), MOST_ROWS);
  if (isRefusal(wanted)) return refused(wanted);
  const { limit, after } = wanted;
  const read = await decisions.inForce(room, limit + 1, after);
  const { rows, next } = pageRead(read, ({ since, id }) => ({ at: since, key: id }), limit);
  return pageOf(c, 'decisions', rows.map(show), next);
}

/** What anybody, and the hosts of a room, do about it. */
function roomRoutes({ app, deps, host, told, shown, chosen, lifted }: ModerationApi): void {
  const { lists, audit } = deps;
  app.post('/api/rooms/:slug/reports', async (c) => {
    const slug = asSlug(c.req.param('slug'));
    const card = slug && (await deps.cardOf(slug));
    // Who was let into a private room has its page with the form.
    if (!card || card.access === 'private') return refuse('room-unknown');
    const wish = await read(c, NEW_REPORT);
    if (isRefusal(wish)) return refused(wish);
    const { operatorOnly, ...fields } = wish.value;
    const sent = new URLSearchParams(operatorOnly ? { only: '1' } : {});
    for (const [name, value] of Object.entries(fields)) if (value !== undefined) sent.set(name, `${value}`);
    const filed = await deps.open.file(c.req.raw, card, sent, c);
    if (!('wrong' in filed))
      return c.json({ number: filed.number, page: `/r/${card.slug}/report?number=${filed.number}` }, 201);
    return filed.status === 429
      ? refused({ refused: 'too-often', detail: filed.wrong, wait: filed.wait ?? 60 })
      : refuse('unprocessable', filed.wrong);
  });
  app.get('/api/rooms/:slug/reports', async (c) => {
    const who = await host(c);
    if (isRefusal(who)) return refused(who);
    const operator = who.me.role === 'operator';
    return reportsPage(c, deps, { room: who.card.slug, operator }, (one) => told(one, who.card, operator));
  });
  app.post('/api/rooms/:slug/reports/:id', async (c) => {
    const who = await host(c);
    return isRefusal(who) ? refused(who) : chosen(c, who);
  });
  app.get('/api/rooms/:slug/decisions', async (c) => {
    const who = await host(c);
    if (isRefusal(who)) return refused(who);
    return decisionsPage(c, deps, who.card.slug, shown);
  });
  app.post('/api/rooms/:slug/decisions/:id/lift', async (c) => {
    const who = await host(c);
    return isRefusal(who) ? refused(who) : lifted(c, who);
  });
  app.get('/api/rooms/:slug/audit', async (c) => {
    const who = await host(c);
    if (isRefusal(who)) return refused(who);
    const from = readCursor(c.req.query('cursor'));
    if (isRefusal(from)) return refused(from);
    const { lines, next } = await roomLog(deps.store, who.card.slug, from.after);
    return pageOf(c, 'lines', lines, next);
  });
  app.get('/api/rooms/:slug/words', async (c) => {
    const who = await host(c);
    return isRefusal(who) ? refused(who) : c.json({ rules: await lists.list(who.card.slug) });
  });
  app.post('/api/rooms/:slug/words', async (c) => {
    const who = await host(c);
    if (isRefusal(who)) return refused(who);
    const wish = await read(c, NEW_RULE);
    if (isRefusal(wish)) return refused(wish);
    const rule = await lists.add(who.card.slug, wish.value.name, wish.value.pattern, rowIdOf(c.req.raw));
    if (rule === 'full') return refuse('wrong-moment', 'Limit reached: 500 rules in one list.');
    if (typeof rule === 'string')
      return refuse('unprocessable', `${rule}: this would meet nothing or everything`);
    await audit.addOnce({
      ...{ by: who.me, act: 'add-word', room: who.card.slug },
      name: rule.name,
      target: rule.id,
    });
    return c.json(rule, 201);
  });
  app.delete('/api/rooms/:slug/words/:id', async (c) => {
    const who = await host(c);
    if (isRefusal(who)) return refused(who);
    const gone = await lists.remove(who.card.slug, c.req.param('id'));
    if (!gone) return refuse('not-found', 'There is no such rule.');
    await audit.add({ by: who.me, act: 'remove-word', room: who.card.slug, name: gone.name });
    return c.body(null, 204);
  });
}

/** What the operator does about all rooms and accounts. */
function serverRoutes({
  app,
  deps,
  operator,
  changing,
  told,
  shown,
  made,
  chosen,
  lifted,
}: ModerationApi): void {
  const { decisions, acts, audit } = deps;
  app.get('/api/moderation/reports', async (c) => {
    if (!(await operator(c))) return noOperator(c);
    return reportsPage(c, deps, { operator: true }, async (one) =>
      told(one, await deps.cardOf(one.room), true),
    );
  });
  app.post('/api/moderation/reports/:id', async (c) => {
    const me = await changing(c);
    return me instanceof Response ? me : chosen(c, { me });
  });
  app.get('/api/moderation/audit', async (c) => {
    if (!(await operator(c))) return noOperator(c);
    const wanted = pageWanted(c.req.query(), MOST_LINES);
    if (isRefusal(wanted)) return refused(wanted);
    const { limit, after } = wanted;
    const read = await audit.after(after?.key ?? '', limit + 1);
    const { rows, next } = pageRead(read, ({ at, id }) => ({ at, key: id }), limit);
    return c.body(rows.map(auditLine).join(''), 200, {
      'content-type': 'application/jsonl',
      ...(next ? { link: nextLink(c, next) } : {}),
    });
  });
  app.get('/api/moderation/decisions', async (c) => {
    if (!(await operator(c))) return noOperator(c);
    return decisionsPage(c, deps, undefined, shown);
  });
  app.post('/api/moderation/decisions', async (c) => {
    const me = await changing(c);
    if (me instanceof Response) return me;
    const wish = await read(c, NEW_DECISION);
    if (isRefusal(wish)) return refused(wish);
    const { act, room } = wish.value;
    if (act !== 'suspend' && (room === undefined || !(await deps.cardOf(room))))
      return refuse('room-unknown');
    const { email, ...rest } = wish.value;
    const id = rowIdOf(c.req.raw);
    if (email === undefined) return made(await acts.decide(me, { ...rest, id }), c);
    if (act !== 'suspend') return refuse('unprocessable', 'email: only an account is named by its address');
    const account = await accountBy(deps.store, email);
    if (!account) return refuse('unprocessable', 'email: no account has this address');
    return made(await acts.decide(me, { ...rest, target: account.id, name: account.name, id }), c);
  });
  app.post('/api/moderation/suspensions/lift', async (c) => {
    const me = await changing(c);
    if (me instanceof Response) return me;
    const wish = await read(c, UNSUSPENDED);
    if (isRefusal(wish)) return refused(wish);
    const account = await accountBy(deps.store, wish.value.email);
    const one = account && (await decisions.suspensionOf(account.id));
    if (!one) return refuse('not-found', 'No account with this address is suspended.');
    const refusal = await acts.lift(me, one, wish.value.reason);
    return refusal ? not(refusal) : c.body(null, 204);
  });
  app.post('/api/moderation/decisions/:id/lift', async (c) => {
    const me = await changing(c);
    return me instanceof Response ? me : lifted(c, { me });
  });
}
