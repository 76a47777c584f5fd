import { expect, test } from 'vitest';
import { type Answer, refusal, roomsRig } from '../../test/rooms.ts';

const rig = roomsRig();
const { ask, create } = rig;
const slugs = ({ body }: Answer): string[] => (body.rooms as { slug: string }[]).map(({ slug }) => slug);

async function readAll(
  limit: number,
  query = '',
  between = async (): Promise<void> => {},
): Promise<string[]> {
  const all: string[] = [];
  let path = `/api/rooms?limit=${limit}${query}`;
  for (let pages = 0; pages < 50; pages += 1) {
    const page = await ask('GET', path);
    expect(page.status, JSON.stringify(page.body)).toBe(200);
    all.push(...slugs(page));
    const next = /^<(.+)>; rel="next"$/.exec(page.headers.get('link') ?? '')?.[1];
    expect(next === undefined).toBe(page.body.next === undefined);
    if (next === undefined) return all;
    path = next;
    await between();
  }
  throw new Error('the list has no end');
}

test('rooms of one millisecond are each listed once over all pages', async () => {
  for (let i = 0; i < 7; i += 1) await create({ title: `room ${i}` });
  for (const limit of [1, 2, 3, 7, 100])
    expect((await readAll(limit)).sort()).toEqual([
      ...['room-0', 'room-1', 'room-2', 'room-3', 'room-4', 'room-5', 'room-6'],
    ]);
});

test('rooms that come or go while somebody reads shift no page', async () => {
  const made: { slug: string; token: string }[] = [];
  for (let i = 0; i < 6; i += 1) {
    rig.clock.advance(1_000 as never);
    made.push(await create({ title: `room ${i}` }));
  }
  let turn = 0;
  const read = await readAll(2, '', async () => {
    turn += 1;
    rig.clock.advance(3_000 as never);
    await create({ title: `new ${turn}` });
    if (turn > 1) return;
    await ask('POST', '/api/rooms/room-5/end', undefined, made[5]?.token);
    await ask('DELETE', '/api/rooms/room-5', undefined, made[5]?.token);
  });
  expect(read).toEqual(['room-5', 'room-4', 'room-3', 'room-2', 'room-1', 'room-0']);
});

test('a list of one status goes on with that status', async () => {
  for (let i = 0; i < 4; i += 1) {
    const { token } = await create({ title: `room ${i}` });
    if (i % 2) await ask('POST', `/api/rooms/room-${i}/end`, undefined, token);
  }
  expect((await readAll(1, '&status=ended')).sort()).toEqual(['room-1', 'room-3']);
});

test('finished rooms that memory no longer holds are on later pages', async () => {
  const rows = Array.from({ length: 230 }, (_, i) => ({
    ...{ id: `id-${i}`, slug: `old-${String(i).padStart(3, '0')}`, title: 'T', hosts: '[]', status: 'ended' },
    ...{ welcome: 0, created: 1_000 + i },
  }));
  await rig.store.db.insertInto('room').values(rows).execute();
  await rig.restart();
  await create({ title: 'new' });
  const all = await readAll(100);
  expect(all).toHaveLength(231);
  expect(new Set(all).size).toBe(231);
  expect([all[0], all[1], all.at(-1)]).toEqual(['new', 'old-229', 'old-000']);
});

test.each(['rubbish', 'bnVsbA', '', 'e30', 'WzEuNSwieCJd'])('the cursor "%s" is refused', async (cursor) => {
  expect(refusal(await ask('GET', `/api/rooms?cursor=${cursor}`))).toEqual([422, 'unprocessable']);
});
