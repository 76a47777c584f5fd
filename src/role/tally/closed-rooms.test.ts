import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog } from '../../base/log.ts';
import type { RoomCard } from '../../wire/room.ts';
import { type ClosedRooms, openClosedRooms } from './closed-rooms.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'closed-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const start = (): Promise<ClosedRooms> => openClosedRooms({ path: join(dir, 'closed.json'), log: silentLog });
const card = (slug: string, access?: RoomCard['access']): RoomCard => ({
  ...{ slug, title: slug, hosts: [], status: 'live', clocks: {} },
  ...(access ? { access } : {}),
});

test('a room stays closed after a restart and after it has left the list, until the site says that it is open', async () => {
  const first = await start();
  first.receive({ kind: 'rooms', rooms: [card('hall', 'private'), card('yard', 'unlisted'), card('attic')] });
  expect(['hall', 'yard', 'attic'].map(first.has)).toEqual([true, false, false]);
  await first.kept();

  const second = await start();
  second.receive({ kind: 'rooms', rooms: [card('attic', 'private')] });
  expect(['hall', 'yard', 'attic'].map(second.has)).toEqual([true, false, true]);
  second.receive({ kind: 'rooms', rooms: [card('hall')] });
  await second.kept();
  const third = await start();
  expect(['hall', 'yard', 'attic'].map(third.has)).toEqual([false, false, true]);
});
