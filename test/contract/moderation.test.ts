import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { epochMs, ms } from '../../src/base/time.ts';
import { openAccounts } from '../../src/identity/accounts.ts';
import { type BlockLists, type Moderation, open as openModeration } from '../../src/moderation/index.ts';
import { open, type Store } from '../../src/store/index.ts';
import type { AccountCard } from '../../src/wire/account.ts';
import type { WithdrawnQuestions } from '../../src/wire/interaction/questions.ts';
import type { RoomCard } from '../../src/wire/room.ts';
import type { Ban } from '../../src/wire/stage/hands.ts';
import { manualClock } from '../clock.ts';
import { type Postgres, startPostgres } from './postgres.ts';

const none = async (): Promise<undefined> => undefined;
const NOW = Date.UTC(2026, 10, 30, 20);
const DAY = 86_400_000;
const ZOE = '019adf00-0000-7000-8000-000000000001';
const ANA = { id: '019adf00-0000-7000-8000-000000000002', name: 'Ana', role: 'operator' } as AccountCard;
const HALL: RoomCard = {
  ...{ slug: 'hall', title: 'The hall', hosts: ['Zoë'], status: 'live' },
  clocks: { firstSpeech: NOW - 3_600_000 },
};

describe.each(['sqlite', 'postgres'] as const)('moderation on %s', (engine) => {
  let postgres: Postgres | undefined;
  let folder: string;
  let store: Store;
  let desk: Moderation;
  let clock: ReturnType<typeof manualClock>;
  let signedIn: AccountCard | undefined;
  let bans: Ban[];
  let clips: Map<string, object>;
  let lists: BlockLists;
  let withdrawn: WithdrawnQuestions;
  let unlisted: boolean;
  let mails: { account: string; subject: string; text: string }[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-moderation-'));
    if (engine === 'postgres') postgres = await startPostgres();
    store = await open({ url: postgres?.url ?? `sqlite:${join(folder, 'earshot.sqlite')}` });
  });
  afterAll(async () => {
    await desk?.[Symbol.asyncDispose]();
    await store?.[Symbol.asyncDispose]();
    await postgres?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await store.db.transaction().execute(async (trx) => {
      await trx
        .insertInto('moderation_audit_retention')
        .values({ before: NOW * 2 })
        .execute();
      await trx.deleteFrom('moderation_audit').execute();
      await trx.deleteFrom('moderation_audit_retention').execute();
    });
    for (const table of [
      ...(['moderation_report', 'moderation_decision'] as const),
      ...(['moderation_block_rule', 'room_member', 'account_session', 'account', 'room'] as const),
    ])
      await store.db.deleteFrom(table).execute();
    clock = manualClock(epochMs(NOW));
    signedIn = undefined;
    bans = [];
    unlisted = false;
    mails = [];
    clips = new Map([['c1', { id: 'c1', title: 'Clip', from: NOW - 60_000 }]]);
    await desk?.[Symbol.asyncDispose]();
    desk = await openModeration({
      ...{ store, clock, log: silentLog, keepReports: 30 * DAY, keepAudit: 60 * DAY, mostReports: 1_000 },
      account: async () => signedIn,
      isOperator: async (token) => token === 'op',
      memberOf: async (_, token) =>
        token === 'host' || token === 'speaker'
          ? { card: HALL, role: token, operator: false, speaker: `s-${token}` }
          : { refused: 'token-invalid' },
      cardOf: async (slug) => (slug === 'hall' ? HALL : undefined),
      async keepOut(_, added, lifted) {
        bans = [...bans.filter(({ id }) => !lifted.includes(id)), ...added];
        return undefined;
      },
      endRoom: async () => undefined,
      stopRoom: async () => undefined,
      resumeRoom: async () => undefined,
      async unlistRoom() {
        unlisted = true;
        return undefined;
      },
      async relistRoom() {
        unlisted = false;
        return undefined;
      },
      mail: async (account, letter) => void mails.push({ account, ...letter }),
      clipTitle: async (_, id) => clips.get(id) as { title: string; from: number } | undefined,
      findClip: async (_, id) => clips.get(id),
      async hideClip(_, id) {
        const clip = clips.get(id);
        clips.delete(id);
        return clip;
      },
      showClip: async (_, clip) => void clips.set((clip as { id: string }).id, clip),
      ...{ removePost: none, clearProfile: none, ownerOf: none },
      publishWithdrawn: (all) => {
        withdrawn = all;
      },
      publishWords: (all) => {
        lists = all;
      },
    });
    desk.saw('hall', [
      { id: 'p1', name: 'Max', role: 'speaker' },
      { id: 'h1', name: 'Zoë', role: 'host' },
      { id: ZOE, name: 'Zed', role: 'speaker' },
    ]);
  });

  const form = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    desk.fetch(
      new Request(`http://x${path}`, {
        ...{ method: 'POST', body: new URLSearchParams(fields).toString() },
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      }),
    );
  const api = (method: string, path: string, token?: string, body?: object) =>
    desk.fetch(
      new Request(`http://x${path}`, {
        ...{ method, ...(body ? { body: JSON.stringify(body) } : {}) },
        headers: {
          'content-type': 'application/json',
          ...(token ? { authorization: `Bearer ${token}` } : {}),
        },
      }),
    );
  const page = async (path: string) => (await desk.fetch(new Request(`http://x${path}`))).text();
  const reported = async (fields: Record<string, string>, from = '10.0.0.1'): Promise<string> => {
    const answer = await form('/r/hall/report', { reason: 'hate', ...fields }, { 'x-forwarded-for': from });
    expect(answer.status).toBe(303);
    return /number=(\w+)/.exec(answer.headers.get('location') ?? '')?.[1] ?? '';
  };
  /** Zed's account, and what it is in the hall. */
  const member = async (role: string): Promise<void> => {
    const at = new Date(NOW).toISOString();
    const { db } = store;
    await db
      .insertInto('account')
      .values({
        ...{ id: ZOE, name: 'Zed', email: 'zed@x.example', email_verified: 1, image: null, role: 'host' },
        ...{ created: at, updated: at, erased: null },
      })
      .execute();
    await db
      .insertInto('room')
      .values({ id: 'r', slug: 'hall', title: 'T', hosts: '[]', status: 'live', welcome: 0, created: NOW })
      .execute();
    await db.insertInto('room_member').values({ room: 'r', account: ZOE, role, created: NOW }).execute();
  };
  /** Lets the clock tick until what is looked at is as it should be. */
  const passes = (look: () => unknown, wanted: unknown, tick: number) =>
    expect
      .poll(() => {
        clock.advance(ms(tick));
        return look();
      })
      .toBe(wanted);
  type Seen = { id: string; name: string; choices: string[]; hear?: string };
  const seenBy = async (token: string): Promise<Seen[]> =>
    ((await (await api('GET', '/api/rooms/hall/reports', token)).json()) as { reports: Seen[] }).reports;

  test('a report has a number by which its writer sees what became of it, and the desk hears the moment', async () => {
    const number = await reported({ about: 'person:p1', words: 'He said it', ago: '10' });
    expect(
      await page(`/r/hall/report?number=${number.toUpperCase().replace(/(.{4})/, '$1-')}&new=1`),
    ).toMatch(/has been received[\s\S]*Nobody has decided/);
    const [one] = await seenBy('host');
    expect(one).toMatchObject({
      name: 'Max',
      hear: '/r/hall?t=2970',
      choices: ['dismiss', 'remove', 'ban', 'end-room'],
    });
    expect(JSON.stringify(one)).not.toContain(number);
    expect(desk.holds('hall')).toBe(true);
    await api('POST', `/api/rooms/hall/reports/${one?.id}`, 'host', {
      choice: 'dismiss',
      reason: 'A quotation',
    });
    expect(await page(`/r/hall/report?number=${number}`)).toContain('nothing was done');
    expect(desk.holds('hall')).toBe(false);
    expect((await desk.fetch(new Request('http://x/r/hall/report?number=aaaaaaaaaaaa'))).status).toBe(404);
  });

  test('reports about hosts, and those that ask for it, are seen by the operator alone', async () => {
    await reported({ about: 'person:h1' });
    await reported({ about: 'room' });
    await reported({ about: 'person:p1', only: '1' });
    expect(await seenBy('host')).toEqual([]);
    expect(await seenBy('op')).toHaveLength(3);
    const [hidden] = await seenBy('op');
    const tried = await api('POST', `/api/rooms/hall/reports/${hidden?.id}`, 'host', {
      choice: 'dismiss',
      reason: 'r',
    });
    expect(tried.status).toBe(404);
    expect((await api('GET', '/api/rooms/hall/reports', 'speaker')).status).toBe(403);
  });

  test('a limit names itself, and a form from another site or without a reason is not taken', async () => {
    for (let i = 0; i < 5; i += 1) await reported({});
    const sixth = await form('/r/hall/report', { reason: 'spam' }, { 'x-forwarded-for': '10.0.0.1' });
    expect([sixth.status, await sixth.text()]).toEqual([
      429,
      expect.stringContaining('5 reports at once from one network'),
    ]);
    await reported({}, '10.0.0.2');
    expect((await form('/r/hall/report', {}, { 'x-forwarded-for': '10.0.0.3' })).status).toBe(422);
    expect((await form('/r/hall/report', { reason: 'other' })).status).toBe(422);
    expect(
      (await form('/r/hall/report', { reason: 'spam' }, { 'sec-fetch-site': 'cross-site' })).status,
    ).toBe(403);
    expect((await form('/r/none/report', { reason: 'spam' })).status).toBe(404);
    const gone = await form('/r/hall/report', { reason: 'spam', about: 'clip:gone' });
    expect([gone.status, await gone.text()]).toEqual([422, expect.stringContaining('no such clip')]);
  });

  test('a ban ends by its time; who is stopped reads by whom, why, until when, and objects; the log says all', async () => {
    await reported({ about: 'person:p1' });
    const [one] = await seenBy('op');
    const until = new Date(NOW + DAY).toISOString();
    const answer = await api('POST', `/api/rooms/hall/reports/${one?.id}`, 'host', {
      choice: 'ban',
      reason: 'Insults',
      until,
    });
    expect(answer.status).toBe(201);
    const { notice } = (await answer.json()) as { notice: string };
    expect(bans).toMatchObject([
      { speaker: 'p1', role: 'host', reason: 'Insults', until: NOW + DAY, notice },
    ]);
    const told = await page(notice);
    for (const text of ['banned from the stage', 'Insults', 'a host of the room', '1 Dec 2026'])
      expect(told).toContain(text);
    expect((await form(notice, { words: 'It was a joke' })).status).toBe(303);
    await form(notice, { words: 'Again' });
    expect(await page(notice)).toContain('It was a joke');
    signedIn = ANA;
    expect(await page('/operate/reports')).toContain('It was a joke');
    const id = bans[0]?.id ?? '';
    await form('/operate/reports', { act: 'answer', decision: id, reason: 'It stays', choice: 'uphold' });
    expect(await page(notice)).toMatch(/The operator answered:[\s\S]*It stays/);
    clock.advance(ms(DAY));
    await passes(() => bans.length, 0, 5_000);
    const log = (await (await api('GET', '/api/moderation/audit', 'op')).text()).trim().split('\n');
    expect(log.map((line) => (JSON.parse(line) as { act: string }).act)).toEqual([
      'ban',
      'object',
      'answer',
      'lift-ban',
    ]);
    expect(JSON.parse(log[0] ?? '')).toMatchObject({
      actor: 's-host',
      actor_role: 'host',
      reason: 'Insults',
      target: 'p1',
      until,
    });
  });

  test('the hosts of a room read its log in pages, without what the operator keeps to themselves', async () => {
    await reported({ about: 'person:p1' });
    await reported({ about: 'room' });
    const [theirs] = await seenBy('host');
    const about = (await seenBy('op')).find(({ id }) => id !== theirs?.id);
    const why = (choice: string, reason: string) => ({ choice, reason });
    await api('POST', `/api/rooms/hall/reports/${theirs?.id}`, 'host', why('ban', 'Insults'));
    await api('POST', `/api/moderation/reports/${about?.id}`, 'op', why('dismiss', 'The host is fine'));
    for (let n = 0; n < 50; n += 1)
      await api('POST', '/api/rooms/hall/words', 'op', { name: `rule ${n}`, pattern: `word${n}x` });
    type Page = { lines: { act: string; role: string; by?: string; name: string }[]; next?: string };
    const log = async (query: string, token = 'host') =>
      (await (await api('GET', `/api/rooms/hall/audit${query}`, token)).json()) as Page;
    const first = await log('');
    expect(first.lines.map(({ act }) => act)).toEqual(Array(50).fill('add-word'));
    expect(first.lines[0]).toMatchObject({ role: 'operator', name: 'rule 49' });
    expect(first.lines.filter((one) => 'by' in one)).toEqual([]);
    const rest = await log(`?cursor=${first.next}`);
    expect(rest).toEqual({ lines: [expect.objectContaining({ act: 'ban', by: 'Zoë', name: 'Max' })] });
    expect((await api('GET', '/api/rooms/hall/audit', 'speaker')).status).toBe(403);
    expect((await api('GET', '/api/rooms/hall/audit?cursor=x', 'host')).status).toBe(422);
  });

  test('the database refuses to change or remove a line of the log, but for its retention', async () => {
    await api('POST', '/api/rooms/hall/words', 'host', { name: 'insults', pattern: 'twerp*' });
    const { db } = store;
    const line = () => db.selectFrom('moderation_audit').selectAll().execute();
    const before = await line();
    expect(before).toHaveLength(1);
    await expect(db.updateTable('moderation_audit').set({ reason: 'nothing' }).execute()).rejects.toThrow(
      'never changed',
    );
    await expect(db.deleteFrom('moderation_audit').execute()).rejects.toThrow('retention alone');
    await expect(
      db.transaction().execute(async (trx) => {
        await trx.insertInto('moderation_audit_retention').values({ before: NOW }).execute();
        await trx.deleteFrom('moderation_audit').execute();
      }),
    ).rejects.toThrow('retention alone');
    if (engine === 'postgres')
      await expect(sql`truncate moderation_audit`.execute(db)).rejects.toThrow('retention alone');
    expect(await line()).toEqual(before);
    expect(await db.selectFrom('moderation_audit_retention').selectAll().execute()).toEqual([]);
  });

  test('a room is taken out of the lists by the operator alone, and its owner is told', async () => {
    await member('host');
    const wish = { act: 'unlist-room', room: 'hall', reason: 'Advertising' };
    expect((await api('POST', '/api/moderation/decisions', 'host', wish)).status).toBe(403);
    const made = await api('POST', '/api/moderation/decisions', 'op', wish);
    expect([made.status, unlisted]).toEqual([201, true]);
    const { id, notice } = (await made.json()) as { id: string; notice: string };
    expect(await page(notice)).toContain('taken out of all lists');
    expect(mails).toMatchObject([{ account: ZOE, text: expect.stringContaining(notice) }]);
    expect(mails[0]?.text).toMatch(/Advertising[\s\S]*Advertising/);
    await api('POST', `/api/moderation/decisions/${id}/lift`, 'op', { reason: 'It was none' });
    expect(unlisted).toBe(false);
    expect(mails[1]?.text).toContain('It was none');
  });

  test('an account is suspended by its address, for programs as well', async () => {
    await member('host');
    const wish = { act: 'suspend', email: 'ZED@x.example', reason: 'Fraud' };
    const made = await api('POST', '/api/moderation/decisions', 'op', wish);
    expect(made.status).toBe(201);
    expect(await made.json()).toMatchObject({ target: ZOE, name: 'Zed' });
    const back = (email: string) =>
      api('POST', '/api/moderation/suspensions/lift', 'op', { email, reason: 'Paid back' });
    expect((await back('zed@x.example')).status).toBe(204);
    expect((await back('zed@x.example')).status).toBe(404);
    const none = { ...wish, email: 'nobody@x.example' };
    expect((await api('POST', '/api/moderation/decisions', 'op', none)).status).toBe(422);
  });

  test('a host cannot do what only the operator does, nor take it back', async () => {
    await reported({ about: 'person:p1' });
    const [one] = await seenBy('host');
    const path = `/api/rooms/hall/reports/${one?.id}`;
    expect((await api('POST', path, 'host', { choice: 'stop-room', reason: 'r' })).status).toBe(422);
    const made = await api('POST', path, 'op', { choice: 'ban', reason: 'r' });
    const { id } = (await made.json()) as { id: string };
    expect((await api('POST', `/api/rooms/hall/decisions/${id}/lift`, 'host', { reason: 'no' })).status).toBe(
      403,
    );
    expect(bans).toHaveLength(1);
    expect(
      (await api('POST', `/api/moderation/decisions/${id}/lift`, 'op', { reason: 'a mistake' })).status,
    ).toBe(204);
    expect(bans).toEqual([]);
    expect((await api('GET', '/api/moderation/audit')).status).toBe(401);
    expect((await api('GET', '/api/moderation/audit', 'host')).status).toBe(403);
  });

  test('one question is reported, taken out with a reason that its writer reads, and given back', async () => {
    const question = { id: 'aB-3_q', text: 'Are you a twerp?', votes: 2, asked: NOW };
    desk.asked('hall', {
      ...{ v: 1, room: 'hall', open: true, version: 1, waiting: 1 },
      ...{ questions: [question], answered: [] },
    });
    expect(await page(`/r/hall/report?question=${question.id}`)).toMatch(
      /<option value="question:aB-3_q" selected>The question “Are you a twerp\?”/,
    );
    await reported({ about: `question:${question.id}` });
    const gone = await form('/r/hall/report', { about: 'question:nope', reason: 'hate' });
    expect([gone.status, await gone.text()]).toEqual([422, expect.stringContaining('not in the list any')]);
    const [one] = await seenBy('host');
    expect(one).toMatchObject({ name: question.text, choices: ['dismiss', 'hide-question', 'end-room'] });
    expect(withdrawn).toEqual({});
    const made = await api('POST', `/api/rooms/hall/reports/${one?.id}`, 'host', {
      ...{ choice: 'hide-question', reason: 'Insults' },
    });
    const { id, notice } = (await made.json()) as { id: string; notice: string };
    expect(withdrawn).toEqual({ hall: { [question.id]: { reason: 'Insults', notice } } });
    expect(await page(notice)).toMatch(
      /Your question in “The hall”[\s\S]*Are you a twerp[\s\S]*a host of the room/,
    );
    expect(mails).toEqual([]);
    expect(
      (await api('POST', `/api/rooms/hall/decisions/${id}/lift`, 'host', { reason: 'A joke' })).status,
    ).toBe(204);
    expect(withdrawn).toEqual({});
  });

  test('a clip that was taken away comes back as it was', async () => {
    await reported({ about: 'clip:c1' });
    const [one] = await seenBy('host');
    const before = clips.get('c1');
    const made = await api('POST', `/api/rooms/hall/reports/${one?.id}`, 'host', {
      choice: 'hide-clip',
      reason: 'private',
    });
    const { id } = (await made.json()) as { id: string };
    expect(clips.size).toBe(0);
    await api('POST', `/api/rooms/hall/decisions/${id}/lift`, 'host', { reason: 'allowed' });
    expect(clips.get('c1')).toEqual(before);
  });

  test('a suspended account is signed out, off its stages, and back when it is lifted', async () => {
    await member('host');
    const at = new Date(NOW).toISOString();
    await store.db
      .insertInto('account_session')
      .values({
        id: 's',
        account: ZOE,
        token: 't',
        ...{ expires: at, created: at, updated: at },
        address: null,
        agent: null,
      })
      .execute();
    signedIn = ANA;
    const accounts = openAccounts(store, clock);
    expect((await accounts.find(ZOE))?.suspended).toBeUndefined();
    const answer = await form('/operate/reports', {
      act: 'suspend',
      email: 'ZED@x.example',
      reason: 'Fraud',
      span: '7d',
    });
    const notice = /\/notice\/\w+/.exec(await answer.text())?.[0] ?? '';
    expect(bans).toMatchObject([{ speaker: ZOE, role: 'operator', hostLinks: true }]);
    expect(await store.db.selectFrom('account_session').selectAll().execute()).toEqual([]);
    expect((await accounts.find(ZOE))?.suspended).toMatchObject({
      reason: 'Fraud',
      until: NOW + 7 * DAY,
      notice,
    });
    expect(await page(notice)).toContain('Your account is suspended');
    const id = bans[0]?.id ?? '';
    await form('/operate/reports', { act: 'lift', decision: id, reason: 'Paid back' });
    expect(bans).toEqual([]);
    expect((await accounts.find(ZOE))?.suspended).toBeUndefined();
    const refused = await api('POST', '/api/moderation/decisions', 'op', {
      act: 'suspend',
      target: ANA.id,
      reason: 'r',
    });
    expect(refused.status).toBe(422);
  });

  test('lists of words are published as they change, and the pages are for operators', async () => {
    expect((await desk.fetch(new Request('http://x/operate/words'))).status).toBe(401);
    expect(
      (await api('POST', '/api/rooms/hall/words', 'host', { name: 'insults', pattern: 'twerp*' })).status,
    ).toBe(201);
    expect((await api('POST', '/api/rooms/hall/words', 'host', { name: 'all', pattern: '***' })).status).toBe(
      422,
    );
    signedIn = ANA;
    await form('/operate/words', { act: 'add', name: 'fraud', pattern: 'cheap pills' });
    expect(lists).toEqual({
      hall: [{ name: 'insults', pattern: 'twerp*' }],
      '': [{ name: 'fraud', pattern: 'cheap pills' }],
    });
    signedIn = { ...ANA, role: 'host' };
    for (const path of ['/operate/reports', '/operate/audit', '/operate/audit.jsonl', '/operate/words'])
      expect((await desk.fetch(new Request(`http://x${path}`))).status).toBe(403);
  });

  test('whoever changes too much too fast is told so, and how long to wait; reading is not counted', async () => {
    const rule = (n: number, token: string) =>
      api('POST', '/api/rooms/hall/words', token, { name: `rule ${n}`, pattern: `word${n}x` });
    const first = await rule(0, 'host');
    expect(first.headers.get('ratelimit')).toMatch(/^"moderation-of-one";r=59;/);
    for (let n = 1; n < 60; n += 1) expect((await rule(n, 'host')).status).toBe(201);
    const late = await rule(60, 'host');
    expect([late.status, late.headers.get('retry-after')]).toEqual([429, '1']);
    expect(((await late.json()) as { detail: string }).detail).toContain('60 changes at once');
    expect((await api('GET', '/api/rooms/hall/words', 'host')).status).toBe(200);
    expect((await rule(61, 'op')).status).toBe(201);
    clock.advance(ms(1_000));
    expect((await rule(62, 'host')).status).toBe(201);
  });

  test('what is over is removed by its retention, and the log after its own', async () => {
    await reported({ about: 'person:p1' });
    const [one] = await seenBy('host');
    await api('POST', `/api/rooms/hall/reports/${one?.id}`, 'host', { choice: 'dismiss', reason: 'r' });
    clock.advance(ms(31 * DAY));
    const count = async (table: 'moderation_report' | 'moderation_audit') =>
      (await store.db.selectFrom(table).select('id').execute()).length;
    await passes(() => count('moderation_report'), 0, 3_600_000);
    expect(await count('moderation_audit')).toBe(1);
    clock.advance(ms(31 * DAY));
    await passes(() => count('moderation_audit'), 0, 3_600_000);
  });
});
