/** Lists in pages, on both databases: every row once, in order, whatever comes meanwhile. */
import { afterEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { ms } from '../../src/base/time.ts';
import { type Moderation, type ModerationDeps, open as openModeration } from '../../src/moderation/index.ts';
import { open, type Store } from '../../src/store/index.ts';
import { manualClock } from '../clock.ts';
import { startPostgres } from './postgres.ts';

const ROWS = 25;

describe.each(['sqlite', 'postgres'] as const)('on %s', (engine) => {
  const stack: AsyncDisposable[] = [];
  afterEach(async () => {
    for (const one of stack.splice(0).reverse()) await one[Symbol.asyncDispose]();
  });

  async function desk(): Promise<{ store: Store; part: Moderation; clock: ReturnType<typeof manualClock> }> {
    const postgres = engine === 'postgres' ? await startPostgres() : undefined;
    if (postgres) stack.push(postgres);
    const store = await open({ url: postgres?.url ?? 'sqlite::memory:' });
    stack.push(store);
    const clock = manualClock();
    const part = await openModeration({
      ...{ store, clock, log: silentLog, keepReports: 1e12, keepAudit: 1e12 },
      account: async () => undefined,
      isOperator: async (token: string | undefined) => token === 'op',
      cardOf: async (slug: string) => ({ slug, title: slug, hosts: [], status: 'ended', clocks: {} }),
      unlistRoom: async () => undefined,
      ...{ publishWords: () => undefined, publishWithdrawn: () => undefined },
    } as unknown as ModerationDeps);
    stack.push(part);
    return { store, part, clock };
  }

  const ask = (part: Moderation, path: string, body?: object): Promise<Response> =>
    part.fetch(
      new Request(`http://x.example${path}`, {
        method: body ? 'POST' : 'GET',
        headers: { authorization: 'Bearer op', 'content-type': 'application/json' },
        ...(body ? { body: JSON.stringify(body) } : {}),
      }),
    );

  /** All pages of a list, one after the other, by the address in `Link`. */
  async function walk<T>(
    part: Moderation,
    path: string,
    rows: (answer: Response) => Promise<readonly T[]>,
    between: () => Promise<void>,
  ): Promise<T[]> {
    const found: T[] = [];
    for (let next: string | undefined = path; next !== undefined; ) {
      const answer: Response = await ask(part, next);
      expect(answer.status).toBe(200);
      const page = await rows(answer);
      expect(page.length).toBeLessThanOrEqual(7);
      found.push(...page);
      next = /<([^>]*)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
      await between();
    }
    return found;
  }

  test('reports, decisions and the log are read whole, while more of them come', async () => {
    const { store, part, clock } = await desk();
    let made = 0;
    const report = async (): Promise<void> => {
      // Several in one millisecond.
      if (made % 3 === 0) clock.advance(ms(1));
      made += 1;
      await store.db
        .insertInto('moderation_report')
        .values({
          ...{
            id: `r-${(made * 7919) % 1000}`.padEnd(8, '-'),
            number: `n${made}`,
            room: 'hall',
            subject: 'room',
          },
          ...{ target: null, target_name: '', reason: 'spam', words: `${made}`, moment: 0, operator_only: 0 },
          ...{ created: clock.wall(), closed: null, outcome: null },
        })
        .execute();
    };
    for (let n = 0; n < ROWS; n++) await report();
    const words = await walk(
      part,
      '/api/moderation/reports?limit=7',
      async (answer) => ((await answer.json()) as { reports: { words: string; created: string }[] }).reports,
      report,
    );
    const seen = words.map((one) => Number(one.words)).filter((one) => one <= ROWS);
    expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: ROWS }, (_, n) => n + 1));
    const times = words.map(({ created }) => created);
    expect(times).toEqual([...times].sort().reverse());

    const decide = async (n: number): Promise<void> => {
      clock.advance(ms(n % 3 === 0 ? 1 : 0));
      const wish = { act: 'unlist-room', room: `room-${n}`, reason: `reason ${n}` };
      expect((await ask(part, '/api/moderation/decisions', wish)).status).toBe(201);
    };
    for (let n = 0; n < ROWS; n++) await decide(n);
    let more = ROWS;
    const decisions = await walk(
      part,
      '/api/moderation/decisions?limit=7',
      async (answer) => ((await answer.json()) as { decisions: { reason: string }[] }).decisions,
      () => decide(more++),
    );
    const reasons = decisions.map(({ reason }) => Number(reason.slice(7))).filter((n) => n < ROWS);
    expect(reasons.sort((a, b) => a - b)).toEqual(Array.from({ length: ROWS }, (_, n) => n));

    const lines = await walk(
      part,
      '/api/moderation/audit?limit=7',
      async (answer) =>
        (await answer.text())
          .split('\n')
          .filter(Boolean)
          .map((line) => (JSON.parse(line) as { reason: string }).reason),
      async () => undefined,
    );
    expect(lines).toEqual(Array.from({ length: more }, (_, n) => `reason ${n}`));
  });

  test.each(['reports', 'decisions', 'audit'])(
    'a limit or a cursor of %s that is none is refused',
    async (list) => {
      const { part } = await desk();
      for (const query of ['limit=0', 'limit=100000', 'limit=x', 'cursor=x', 'cursor=W10'])
        expect((await ask(part, `/api/moderation/${list}?${query}`)).status, query).toBe(422);
    },
  );
});
