/** Three people on a database of one engine, for the tests of profiles and posts. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { type Log, silentLog } from '../../src/base/log.ts';
import { epochMs, ms } from '../../src/base/time.ts';
import { type Complaint, open as openSocial, type Social } from '../../src/social/index.ts';
import { open, type Store } from '../../src/store/index.ts';
import type { AccountCard } from '../../src/wire/account.ts';
import type { CountedPost } from '../../src/wire/posts/post-figures.ts';
import type { RoomCard } from '../../src/wire/room.ts';
import { manualClock } from '../clock.ts';
import { type Postgres, startPostgres } from './postgres.ts';

/** When tests begin. */
export const NOW = Date.UTC(2026, 11, 1, 12);
const NAMES = ['Ana', 'Bo', 'Çelik', 'Dee'] as const;
type Name = 'ana' | 'bo' | 'cem';
const HANDLES: readonly Name[] = ['ana', 'bo', 'cem'];
/** The account of the first, second, third. */
export const idOf = (i: number): string => `019adf00-0000-7000-8000-00000000000${i}`;
/** The one room. */
export const HALL = {
  ...{ slug: 'hall', title: 'The hall', hosts: ['Ana'], status: 'live', clocks: { opened: NOW } },
} as RoomCard;

/** A post as the API shows it. */
export interface Shown {
  readonly id: string;
  readonly text?: string;
  readonly author: { readonly handle: string } | null;
  readonly deleted?: { readonly at: string; readonly by: string; readonly reason?: string };
  readonly counts: Record<string, number>;
  readonly quoted?: Shown;
  readonly quotes?: string;
  readonly reposted?: Shown;
  readonly mine?: object;
  readonly facets?: { kind: string; handle?: string; tag?: string }[];
  readonly room?: { slug: string; status: string };
  readonly clip?: { id: string };
  readonly version?: number;
  readonly edited?: string;
}

/** Opens them before each test, on an empty database. */
export function useSocial(engine: 'sqlite' | 'postgres') {
  let postgres: Postgres | undefined;
  let folder: string;
  let store: Store;
  let social: Social;
  let clock: ReturnType<typeof manualClock>;
  /** What tests change and look at. */
  const state = {
    card: undefined as RoomCard | undefined,
    complaints: [] as Complaint[],
    mails: [] as { account: string; subject: string; text: string }[],
    /** Who cannot be written to. */
    unmailed: undefined as string | undefined,
    /** What looking at the room fails with. */
    fails: undefined as Error | undefined,
    /** What was counted of posts; undefined: nobody can say. */
    figures: undefined as ReadonlyMap<string, CountedPost> | undefined,
    /** Whoever asks is the operator. */
    operator: false,
    /** Errors in the log. */
    logged: [] as object[],
  };
  const log: Log = { ...silentLog, error: (fields) => void state.logged.push(fields) };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-social-'));
    if (engine === 'postgres') postgres = await startPostgres();
    store = await open({ url: postgres?.url ?? `sqlite:${join(folder, 'earshot.sqlite')}` });
  });
  afterAll(async () => {
    await social?.[Symbol.asyncDispose]();
    await store?.[Symbol.asyncDispose]();
    await postgres?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });
  const opened = async (): Promise<void> => {
    await social?.[Symbol.asyncDispose]();
    social = await openSocial({
      ...{ store, clock, log, publicUrl: 'https://x.example' },
      async account(request) {
        const i = Number(request.headers.get('who') ?? 'none');
        const name = NAMES[i];
        return name === undefined
          ? undefined
          : ({ id: idOf(i), name, role: state.operator ? 'operator' : 'member' } as AccountCard);
      },
      mark: (post, room = '') => `${post}.h.${room}.mac`,
      figures: async () => state.figures,
      async cardOf(slug) {
        if (state.fails) throw state.fails;
        return slug === 'hall' ? state.card : undefined;
      },
      clipTitle: async (slug, id) => (slug === 'hall' && id === 'c1' ? 'A clip' : undefined),
      async complain(_, complaint) {
        state.complaints.push(complaint);
        return { number: 'abcdefghjkmn' };
      },
      outcome: async (_, __, number) => (number === 'abcdefghjkmn' ? 'Nobody has decided yet.' : undefined),
      async setLanguage(account, language) {
        await store.db
          .updateTable('account')
          .set({ language: language ?? null })
          .where('id', '=', account)
          .execute();
      },
      async mail(account, letter) {
        if (account === state.unmailed) throw new Error('no such mailbox');
        state.mails.push({ account, ...letter });
      },
    });
  };
  beforeEach(async () => {
    for (const table of [
      ...([
        'social_post',
        'social_edit',
        'social_like',
        'social_follow',
        'social_shield',
        'social_tag',
        'notification',
        'social_room_event',
        'moderation_report',
        'moderation_decision',
        'room_invitation',
        'social_setting',
      ] as const),
      ...(['social_visit', 'social_search', 'social_profile', 'account', 'room'] as const),
    ])
      await store.db.deleteFrom(table).execute();
    clock = manualClock(epochMs(NOW));
    state.complaints = [];
    state.fails = undefined;
    state.logged = [];
    state.mails = [];
    state.card = HALL;
    Object.assign(state, { unmailed: undefined, figures: undefined, operator: false });
    const at = new Date(NOW).toISOString();
    for (const [i, name] of NAMES.slice(0, 3).entries())
      await store.db
        .insertInto('account')
        .values({
          ...{ id: idOf(i), name, email: `${i}@x.example`, email_verified: 1, image: null, role: 'member' },
          ...{ created: at, updated: at, erased: null },
        })
        .execute();
    await opened();
    for (const handle of HANDLES)
      expect((await as(handle).post('/api/profile', { handle })).status).toBe(201);
  });

  const send = (who: Name | undefined, method: string, path: string, body?: object, headers = {}) =>
    social.fetch(
      new Request(`http://x${path}`, {
        ...{ method, ...(body ? { body: JSON.stringify(body) } : {}) },
        headers: {
          ...(body ? { 'content-type': 'application/json' } : {}),
          ...(who ? { who: `${HANDLES.indexOf(who)}` } : {}),
          ...headers,
        },
      }),
    );
  /** What somebody asks; each millisecond another post. */
  const as = (who?: Name) => ({
    post: (path: string, body: object, headers = {}) => send(who, 'POST', path, body, headers),
    patch: (path: string, body: object, headers = {}) => send(who, 'PATCH', path, body, headers),
    put: async (path: string) => (await send(who, 'PUT', path)).status,
    drop: (path: string) => send(who, 'DELETE', path),
    get: async <T = Shown>(path: string) => (await (await send(who, 'GET', path)).json()) as T,
    list: async (path: string) => ((await (await send(who, 'GET', path)).json()) as { posts: Shown[] }).posts,
    async writes(text: string, more: object = {}) {
      clock.advance(ms(60_000));
      const answer = await send(who, 'POST', '/api/posts', { text, ...more });
      expect(answer.status, await answer.clone().text()).toBe(201);
      return (await answer.json()) as Shown;
    },
  });
  const codeOf = async (answer: Response): Promise<[number, string]> => [
    answer.status,
    ((await answer.json()) as { code: string }).code,
  ];
  const texts = (posts: readonly Shown[]): (string | undefined)[] =>
    posts.map((post) => post.text || post.reposted?.text || (post.deleted ? 'tombstone' : ''));
  const page = async (path: string, who?: Name, fields?: Record<string, string>): Promise<Response> =>
    social.fetch(
      new Request(`http://x${path}`, {
        headers: {
          ...(who ? { who: `${HANDLES.indexOf(who)}` } : {}),
          ...(fields ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        },
        ...(fields ? { method: 'POST', body: new URLSearchParams(fields).toString() } : {}),
      }),
    );
  return {
    ...{ state, as, send, page, codeOf, texts, opened },
    store: () => store,
    social: () => social,
    clock: () => clock,
    setClock: (at: number): void => {
      clock = manualClock(epochMs(at));
    },
  };
}
