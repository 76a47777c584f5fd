import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { type Log, silentLog } from '../base/log.ts';
import { open as openOutgoing } from '../outgoing/index.ts';
import { open as openStore } from '../store/index.ts';
import { open } from './index.ts';

const ORIGIN = 'https://rooms.example';
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-around-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a mistake of ours is called one, with a mark that the log has; a database that is away is called that', async () => {
  const file = join(folder, 'earshot.sqlite');
  await using store = await openStore({ url: `sqlite:${file}` });
  const logged: { path?: string; mark?: string; error?: string }[] = [];
  const log: Log = { ...silentLog, error: (fields) => void logged.push(fields) };
  let fails: Error | undefined;
  await using around = await open({
    ...{ store, log, clock: manualClock(), publicUrl: ORIGIN, cards: () => [] },
    account: async () => ({ id: '019adf00-0000-7000-8000-000000000001', name: 'Ana' }) as never,
    async cardOf() {
      if (fails) throw fails;
      return undefined;
    },
    reminding: {
      ...{ outgoing: openOutgoing({ allow: [], kept: 4 }), services: [] },
      ...{ vapidKey: new Uint8Array(32).fill(3), topicKey: new Uint8Array(32).fill(4) },
      ...{ most: 1_000, perSecond: 120 },
    },
  });
  const ask = (path: string) => around.fetch(new Request(`${ORIGIN}${path}`));
  expect((await ask('/r/hall/remind')).status).toBe(404);
  expect(logged).toEqual([]);
  fails = new TypeError('a bug');
  const broken = await ask('/r/hall/remind');
  expect([broken.status, await broken.text()]).toEqual([
    500,
    expect.stringContaining(`in the log as ${logged[0]?.mark}`),
  ]);
  expect(logged).toMatchObject([
    {
      path: '/r/hall/remind',
      mark: expect.stringMatching(/^[0-9a-f]{8}$/),
      error: expect.stringMatching(/a bug/),
    },
  ]);
  fails = undefined;
  for (const hurt of [file, `${file}-wal`, `${file}-shm`])
    if (existsSync(hurt)) writeFileSync(hurt, Buffer.alloc(statSync(hurt).size, 'noise'), { flag: 'r+' });
  const away = await ask('/reminders');
  expect([away.status, away.headers.get('retry-after'), await away.text()]).toEqual([
    503,
    '10',
    expect.stringContaining('cannot read its database'),
  ]);
  const api = await ask('/api/reminders/followed');
  expect([api.status, ((await api.json()) as { code: string }).code]).toEqual([503, 'database-away']);
  expect(logged).toHaveLength(1);
});
