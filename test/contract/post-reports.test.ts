/** Reports about posts at the desk of moderation, on both databases. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { epochMs } from '../../src/base/time.ts';
import { type Moderation, open as openModeration } from '../../src/moderation/index.ts';
import { open, type Store } from '../../src/store/index.ts';
import type { AccountCard } from '../../src/wire/account.ts';
import { manualClock } from '../clock.ts';
import { type Postgres, startPostgres } from './postgres.ts';

const NOW = Date.UTC(2026, 11, 1);
const DAY = 86_400_000;
const ABOUT = { subject: 'post', name: '@zed: Hello', reason: 'hate', words: 'This', made: NOW } as const;
const ZED = '019adf00-0000-7000-8000-000000000001';
const ANA = { id: '019adf00-0000-7000-8000-000000000002', name: 'Ana', role: 'operator' } as AccountCard;

describe.each(['sqlite', 'postgres'] as const)('reports about posts on %s', (engine) => {
  let postgres: Postgres | undefined;
  let folder: string;
  let store: Store;
  let desk: Moderation;
  let removed: string | undefined;
  let cleared = 0;
  const mails: { account: string; text: string }[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-post-reports-'));
    if (engine === 'postgres') postgres = await startPostgres();
    store = await open({ url: postgres?.url ?? `sqlite:${join(folder, 'earshot.sqlite')}` });
    const at = new Date(NOW).toISOString();
    await store.db
      .insertInto('account')
      .values({
        ...{ id: ZED, name: 'Zed', email: 'zed@x.example', email_verified: 1, image: null, role: 'member' },
        ...{ created: at, updated: at, erased: null },
      })
      .execute();
    const none = async (): Promise<undefined> => undefined;
    desk = await openModeration({
      ...{
        store,
        clock: manualClock(epochMs(NOW)),
        log: silentLog,
        keepReports: 30 * DAY,
        keepAudit: 60 * DAY,
        mostReports: 22,
      },
      account: async (request) => (request.headers.get('who') === 'ana' ? ANA : undefined),
      isOperator: async (token) => token === 'op',
      memberOf: async () => ({ refused: 'token-invalid' }),
      ...{ cardOf: none, keepOut: none, endRoom: none, stopRoom: none, resumeRoom: none },
      ...{
        unlistRoom: none,
        relistRoom: none,
        clipTitle: none,
        findClip: none,
        hideClip: none,
        showClip: none,
      },
      mail: async (account, { text }) => void mails.push({ account, text }),
      async removePost(post, reason) {
        if (post !== 'p1') return undefined;
        removed = reason;
        return ZED;
      },
      async clearProfile(handle) {
        if (handle !== 'zed') return undefined;
        cleared += 1;
        return ZED;
      },
      ownerOf: async (subject, target) =>
        `${subject} ${target}` === 'post p2' || target === 'zed' ? ZED : undefined,
      imagesOf: async (_, target) =>
        target === 'first' ? [{ path: '/_image/a-480.webp', alt: 'A <crowd>' }] : [],
      ...{ publishWords: () => undefined, publishWithdrawn: () => undefined },
    });
  });
  afterAll(async () => {
    await desk?.[Symbol.asyncDispose]();
    await store?.[Symbol.asyncDispose]();
    await postgres?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });
  const api = (method: string, path: string, body?: object): Promise<Response> =>
    desk.fetch(
      new Request(`http://x/api/moderation${path}`, {
        ...{ method, ...(body ? { body: JSON.stringify(body) } : {}) },
        headers: { 'content-type': 'application/json', authorization: 'Bearer op' },
      }),
    );

  test('the operator reads it; a removed post stays removed, and its author is told why', async () => {
    const wish = { ...ABOUT, target: 'p1' } as const;
    const sent = new Request('http://x/api/posts/p1/reports', { headers: { 'x-forwarded-for': '10.0.0.9' } });
    const filed = (await desk.reportSocial(sent, wish)) as { number: string };
    expect(await desk.socialOutcome('post', 'p1', filed.number, false)).toBe('Nobody has decided yet.');
    expect(await desk.socialOutcome('post', 'p2', filed.number, false)).toBeUndefined();
    const { reports } = (await (await api('GET', '/reports')).json()) as {
      reports: { id: string; subject: string; choices: string[] }[];
    };
    expect(reports).toMatchObject([{ subject: 'post', choices: ['dismiss', 'remove-post', 'suspend'] }]);
    const choice = { choice: 'remove-post', reason: 'Against our rules' };
    const decided = await api('POST', `/reports/${reports[0]?.id}`, choice);
    expect(decided.status).toBe(201);
    expect(removed).toBe('Against our rules');
    expect(mails).toMatchObject([{ account: ZED }]);
    expect(mails[0]?.text).toContain('A post of yours was removed');
    expect(await desk.socialOutcome('post', 'p1', filed.number, false)).toBe('The post was removed.');
    const { id } = (await decided.json()) as { id: string };
    expect((await api('POST', `/decisions/${id}/lift`, { reason: 'No' })).status).toBe(409);
    const page = await desk.fetch(
      new Request('http://x/operate/reports?state=closed', { headers: { who: 'ana' } }),
    );
    expect(await page.text()).toContain('href="/@zed/p1"');
  });

  /** Each from a network of its own. */
  const report = (subject: 'post' | 'profile', target: string, i: number) =>
    desk.reportSocial(
      new Request('http://x/', { headers: { 'x-forwarded-for': `10.${i >> 8}.${i & 255}.1` } }),
      { ...ABOUT, subject, target, name: `@zed: ${i}` },
    );
  const openOnes = async () =>
    (
      (await (await api('GET', '/reports')).json()) as {
        reports: { id: string; target: string; choices: string[] }[];
      }
    ).reports;

  test('what somebody shows is taken away, and whoever wrote a reported post is suspended', async () => {
    await report('profile', 'zed', 1);
    const [profile] = await openOnes();
    expect(profile?.choices).toEqual(['dismiss', 'clear-profile', 'suspend']);
    const emptied = await api('POST', `/reports/${profile?.id}`, { choice: 'clear-profile', reason: 'Lies' });
    expect([emptied.status, cleared]).toEqual([201, 1]);
    expect(mails.at(-1)).toMatchObject({
      account: ZED,
      text: expect.stringContaining('What your profile showed'),
    });
    await report('post', 'p2', 2);
    const [post] = await openOnes();
    const decided = await api('POST', `/reports/${post?.id}`, {
      choice: 'suspend',
      reason: 'Lies',
      until: new Date(NOW + DAY).toISOString(),
    });
    expect(await decided.json()).toMatchObject({ act: 'suspend', target: ZED });
    await report('post', 'p3', 3);
    const [gone] = await openOnes();
    // Its author was erased meanwhile.
    expect((await api('POST', `/reports/${gone?.id}`, { choice: 'suspend', reason: 'Lies' })).status).toBe(
      422,
    );
    expect((await api('POST', `/reports/${gone?.id}`, { choice: 'dismiss', reason: 'Gone' })).status).toBe(
      204,
    );
  });

  test('a crowd of networks cannot fill the desk, nor bury what waited there before', async () => {
    await report('post', 'first', 10);
    for (let i = 0; i < 20; i += 1) expect(await report('profile', 'zed', 20 + i)).toHaveProperty('number');
    expect(await report('profile', 'zed', 50)).toMatchObject({
      wait: 3_600,
      wrong: expect.stringMatching(/^20 reports about this/),
    });
    expect(await report('post', 'zed', 51)).toHaveProperty('number');
    expect(await report('post', 'p9', 52)).toMatchObject({
      wrong: expect.stringMatching(/^Limit reached: 22 reports/),
    });
    const page = await (
      await desk.fetch(new Request('http://x/operate/reports', { headers: { who: 'ana' } }))
    ).text();
    expect(page.indexOf('/@zed/first')).toBeGreaterThan(0);
    // What it shows is seen by who asks for it.
    expect(page).toMatch(
      /<details class="veiled"><summary><img src="\/_image\/a-480\.webp" alt=""[^>]*> Show the image<\/summary><p dir="auto">A &lt;crowd&gt;<\/p>/,
    );
    expect(page.split('class="veiled"')).toHaveLength(2);
    expect(page.indexOf('/@zed/first')).toBeLessThan(page.indexOf('href="/@zed"'));
    const first = (await openOnes()).at(-1);
    expect(first?.target).toBe('first');
    await api('POST', `/reports/${first?.id}`, { choice: 'dismiss', reason: 'Harmless' });
    expect(await report('post', 'p9', 53)).toHaveProperty('number');
  });
});
