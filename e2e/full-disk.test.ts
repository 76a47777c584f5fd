import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RoomState } from '../src/wire/room.ts';
import { continuity, rawListener } from './rig/raw-listener.ts';
import { type Server, startServer, until } from './rig/server.ts';

const state = async (server: Server, slug: string): Promise<RoomState> =>
  (await (await fetch(`${server.url}/r/${slug}/state.json`)).json()) as RoomState;

test('a full disk: the sound goes on, the page says that the recording has a gap, and it goes on when there is room', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'earshot-full-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', dir]);
  expect(mounted.status, 'mounting a small disk needs root').toBe(0);
  try {
    await using server = await startServer({ EARSHOT_DATA: dir, EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' });
    const room = await server.room('Small disk');
    // Sound before this is not recorded.
    await server.cli('room', 'live', room.slug, '--url', server.url);
    using listener = rawListener(server.url, room.slug);
    await until('sound', () => listener.received.length > 10);
    const ballast = join(dir, 'ballast');
    let size = 64 << 20;
    for (; size >= 1024; size >>= 1) {
      try {
        writeFileSync(ballast, Buffer.alloc(size), { flag: 'a' });
      } catch {
        // Full for this size; a smaller piece may still fit.
      }
    }
    await until('the page says so', async () => (await state(server, room.slug)).gaps.length > 0, 30_000);
    expect((await state(server, room.slug)).gaps[0]?.reason).toBe('disk-full');
    rmSync(ballast);
    const heard = listener.received.length;
    await until('sound goes on', () => listener.received.length > heard + 20);
    expect(continuity(listener.received)).toEqual({ missing: [], repeated: [] });
    await until(
      'the recording goes on',
      async () => {
        const gaps = (await state(server, room.slug)).gaps;
        await new Promise((resolve) => setTimeout(resolve, 1500));
        const later = (await state(server, room.slug)).gaps;
        return JSON.stringify(gaps) === JSON.stringify(later);
      },
      30_000,
    );
  } finally {
    spawnSync('umount', ['-l', dir]);
    rmSync(dir, { recursive: true, force: true });
  }
});
