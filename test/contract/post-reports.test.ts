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
const ZED = '019adf00-0000-7000-8000-000000000001';
const ANA = { id: '019adf00-0000-7000-8000-000000000002', name: 'Ana', role: 'operator' } as AccountCard;

describe.each(['sqlite', 'postgres'] as const)('reports about posts on %s', (engine) => {
  let postgres: Postgres | undefined;
  let folder: string;
  let store: Store;
  let desk: Moderation;
  let removed: string | undefined;
  const mails: { account: string; text: string }[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-post-reports-'));
    if (engine === 'postgres') postgres = await startPostgres();
    store = await open({ url: postgres?.url ?? `sqlite:${join(folder, 'earshot.sqlite')}` });
    const none = async (): Promise<undefined> => undefined;
    desk = await openModeration({
      ...{
        store,
        clock: manualClock(epochMs(NOW)),
        log: silentLog,
        keepReports: 30 * DAY,
        keepAudit: 60 * DAY,
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
    const wish = { post: 'p1', name: '@zed: Hello', reason: 'hate', words: 'This', made: NOW } as const;
    const sent = new Request('http://x/api/posts/p1/reports', { headers: { 'x-forwarded-for': '10.0.0.9' } });
    const filed = (await desk.reportPost(sent, wish)) as { number: string };
    expect(await desk.postOutcome('p1', filed.number, false)).toBe('Nobody has decided yet.');
    expect(await desk.postOutcome('p2', filed.number, false)).toBeUndefined();
    const { reports } = (await (await api('GET', '/reports')).json()) as {
      reports: { id: string; subject: string; choices: string[] }[];
    };
    expect(reports).toMatchObject([{ subject: 'post', choices: ['dismiss', 'remove-post'] }]);
    const choice = { choice: 'remove-post', reason: 'Against our rules' };
    const decided = await api('POST', `/reports/${reports[0]?.id}`, choice);
    expect(decided.status).toBe(201);
    expect(removed).toBe('Against our rules');
    expect(mails).toMatchObject([{ account: ZED }]);
    expect(mails[0]?.text).toContain('A post of yours was removed');
    expect(await desk.postOutcome('p1', filed.number, false)).toBe('The post was removed.');
    const { id } = (await decided.json()) as { id: string };
    expect((await api('POST', `/decisions/${id}/lift`, { reason: 'No' })).status).toBe(409);
    const page = await desk.fetch(
      new Request('http://x/operate/reports?state=closed', { headers: { who: 'ana' } }),
    );
    expect(await page.text()).toContain('href="/@zed/p1"');
  });
});
