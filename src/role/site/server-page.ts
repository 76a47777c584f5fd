import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import project from '../../../package.json' with { type: 'json' };
import { readBackupMark } from '../../backup/index.ts';
import { languageOf } from '../../base/negotiation.ts';
import type { Config } from '../../config/index.ts';
import {
  accountFrame,
  type ComingRooms,
  loadManifest,
  notForYou,
  type ServerFacts,
  serverPage,
} from '../../pages/index.ts';
import type { Store } from '../../store/index.ts';
import type { AccountCard } from '../../wire/account.ts';
import type { Operations } from '../../wire/operations/operations.ts';
import type { RoomCard } from '../../wire/room.ts';
import { limitsOf } from './server-limits.ts';

const BUILD = fileURLToPath(new URL('../../../dist', import.meta.url));
/** Nothing inline, nothing foreign, kept nowhere. Spec: CSP 3. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  vary: 'accept-language, cookie',
} as const;
/** Operators whose names are shown. */
const MOST_NAMES = 20;

/** Where this page is. */
export const SERVER_PAGE = '/operate/server';

/** What the page about the whole server is made of. */
export interface ServerPageDeps {
  readonly config: Config;
  readonly store: Store;
  /** The file in which the last backup left its mark. */
  readonly backupMark: string;
  now(): number;
  account(request: Request): Promise<AccountCard | undefined>;
  /** What the processes do; undefined while nobody says. */
  operations(): Promise<Operations | undefined>;
  cards(): readonly RoomCard[];
  openReports(): Promise<number>;
  /** The rooms that come next, with their forecasts. */
  coming?(): Promise<ComingRooms>;
}

/** Counts that stand in the database. */
async function countsOf(store: Store, now: number) {
  const { db } = store;
  const [roles, names, suspended, objections, mails] = await Promise.all([
    db
      .selectFrom('account')
      .select(['role', (e) => e.fn.countAll<number | string>().as('count')])
      .where('erased', 'is', null)
      .groupBy('role')
      .execute(),
    db
      .selectFrom('account')
      .select('name')
      .where('role', '=', 'operator')
      .where('erased', 'is', null)
      .orderBy('created')
      .limit(MOST_NAMES)
      .execute(),
    db
      .selectFrom('moderation_decision')
      .select((e) => e.fn.count<number | string>('target').distinct().as('count'))
      .where('act', '=', 'suspend')
      .where('lifted', 'is', null)
      .where((e) => e.or([e('until', 'is', null), e('until', '>', now)]))
      .executeTakeFirst(),
    db
      .selectFrom('moderation_decision')
      .select((e) => e.fn.countAll<number | string>().as('count'))
      .where('objection', 'is not', null)
      .where('answer', 'is', null)
      .executeTakeFirst(),
    db
      .selectFrom('mail')
      .select([
        (e) => e.fn.countAll<number | string>().as('waiting'),
        (e) => e.fn.count<number | string>('error').as('failed'),
      ])
      .where('sent', 'is', null)
      .executeTakeFirst(),
  ]);
  const role = (name: string): number => Number(roles.find((one) => one.role === name)?.count ?? 0);
  return {
    accounts: { operators: role('operator'), hosts: role('host'), members: role('member') },
    operators: names.map(({ name }) => name),
    suspended: Number(suspended?.count ?? 0),
    objections: Number(objections?.count ?? 0),
    mails: { waiting: Number(mails?.waiting ?? 0), failed: Number(mails?.failed ?? 0) },
  };
}

/** The operator's page about the whole server; everybody else is told whom it is for. */
export async function openServerPage(deps: ServerPageDeps): Promise<(request: Request) => Promise<Response>> {
  const { config, store } = deps;
  const frame = accountFrame(await loadManifest(BUILD));
  const limits = limitsOf(config);
  return async (request) => {
    const language = languageOf(request.headers.get('accept-language') ?? undefined);
    const answer = (page: { title: string; main: string }, status = 200): Response =>
      new Response(frame(language, page), { status, headers: HEADERS });
    const me = await deps.account(request);
    if (me?.role !== 'operator') return answer(notForYou(language, me !== undefined), me ? 403 : 401);
    const now = deps.now();
    const [told, counts, reports, backup, coming] = await Promise.all([
      deps.operations(),
      countsOf(store, now),
      deps.openReports(),
      readFile(deps.backupMark, 'utf8').then(readBackupMark, () => undefined),
      deps.coming?.(),
    ]);
    const cards = deps.cards();
    const rooms = (status: RoomCard['status']): number =>
      cards.filter((card) => card.status === status).length;
    const facts: ServerFacts = {
      ...{ now, told, version: project.version, publicUrl: config.publicUrl, backup, limits, reports },
      ...{ ...counts, database: store.engine === 'sqlite' ? 'SQLite' : 'PostgreSQL' },
      rooms: { scheduled: rooms('scheduled'), open: rooms('open'), live: rooms('live') },
      ...(coming ? { coming } : {}),
      mailServer: config.smtpUrl === undefined ? undefined : new URL(config.smtpUrl).hostname,
    };
    return answer(serverPage(language, facts));
  };
}
