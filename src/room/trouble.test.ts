import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { NOW, tokens } from '../../test/rooms.ts';
import { silentLog } from '../base/log.ts';
import { epochMs } from '../base/time.ts';
import { open as openStore, type Store } from '../store/index.ts';
import { open } from './index.ts';
import { openTrouble } from './trouble.ts';

test('damage to the file of a running system refuses changes with a reason; what is in memory is still served', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'earshot-trouble-'));
  const path = join(dir, 'earshot.sqlite');
  const said: string[] = [];
  const log = { ...silentLog, error: (_fields: object, message: string) => said.push(message) };
  {
    await using store = await openStore({ url: `sqlite:${path}` });
    const clock = manualClock(epochMs(NOW));
    await using rooms = await open({
      ...{ store, tokens, clock, log, cells: 1, openLead: 0, idleEnd: 3_600_000 },
    });
    const create = (title: string) =>
      rooms.fetch(
        new Request('http://x.example/api/rooms', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ title }),
        }),
      );
    expect((await create('Before')).status).toBe(201);
    for (const file of [path, `${path}-wal`, `${path}-shm`])
      writeFileSync(file, Buffer.alloc(statSync(file).size, 'noise'), { flag: 'r+' });
    const refused = await create('After');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10']);
    const problem = (await refused.json()) as { code: string };
    expect(problem.code).toBe('database-away');
    expect(JSON.stringify(problem)).not.toContain(dir);
    expect(await (await rooms.fetch(new Request('http://x.example/api/rooms'))).json()).toMatchObject({
      rooms: [{ slug: 'before', status: 'open' }],
    });
    expect(said).toEqual([expect.stringContaining(`the database ${path} is damaged (`)]);
  }
  rmSync(dir, { recursive: true });
});

test('an unavailable database is logged once a minute, with how often that happened since', () => {
  const clock = manualClock();
  const lines: unknown[] = [];
  const log = { ...silentLog, error: (fields: object, message: string) => lines.push([fields, message]) };
  const store = { fault: (error: unknown) => (error === 'ours' ? undefined : `sentence ${error}`) };
  const trouble = openTrouble({ store: store as unknown as Store, clock, log });
  expect([trouble('ours'), trouble('a'), trouble('b'), trouble('c')]).toEqual([false, true, true, true]);
  clock.advance(60_000);
  trouble('d');
  expect(lines).toEqual([
    [{ more: 0 }, 'sentence a'],
    [{ more: 2 }, 'sentence d'],
  ]);
});

test('a body that breaks off is not our fault: nothing is logged', async () => {
  const said: string[] = [];
  const log = { ...silentLog, error: (_fields: object, message: string) => said.push(message) };
  await using store = await openStore({ url: 'sqlite::memory:' });
  const clock = manualClock(epochMs(NOW));
  await using rooms = await open({
    ...{ store, tokens, clock, log, cells: 1, openLead: 0, idleEnd: 3_600_000 },
  });
  const body = new ReadableStream({ pull: (controller) => controller.error(new Error('aborted')) });
  const headers = { 'content-type': 'application/json' };
  const request = new Request('http://x.example/api/rooms', {
    method: 'POST',
    headers,
    body,
    duplex: 'half',
  });
  expect((await rooms.fetch(request)).status).toBe(400);
  expect(said).toEqual([]);
});
