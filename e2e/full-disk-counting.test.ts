import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { continuity, rawListener } from './rig/raw-listener.ts';
import { type Server, startServer, until } from './rig/server.ts';

const ENTRY = fileURLToPath(new URL('../src/cli/index.ts', import.meta.url));

/** Which parts of counting are not well, as `/readyz` says. */
async function unwell({ metricsPort }: Server): Promise<string> {
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/readyz`)).text();
  return (
    text
      .split('\n')
      // A disk as small as this one is never well.
      .filter((line) => /^(?:records|evidence)\b.* failed\b/.test(line))
      .join('\n')
  );
}

/** Fills a disk to the last byte. */
function fill(path: string, largest = 64 << 20): void {
  for (let size = largest; size >= 1; size >>= 1) {
    try {
      writeFileSync(path, Buffer.alloc(size), { flag: 'a' });
    } catch {
      // Full for this size; a smaller piece may still fit.
    }
  }
}

test('a disk that is full while minutes and heads are written: sound goes on, the gap is in the log, the log is right, and all goes on by itself', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'earshot-full-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', dir]);
  expect(mounted.status, 'mounting a small disk needs root').toBe(0);
  const ballast = join(dir, 'ballast');
  try {
    await using server = await startServer({
      ...{ EARSHOT_DATA: dir, EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' },
    });
    const room = await server.room('Small disk');
    using listener = rawListener(server.url, room.slug, 'opus', { name: 'Listener/1' });
    const entries = async (): Promise<number> =>
      Number(/earshot_evidence_log_entries\S* (\d+)/.exec(await server.metrics())?.[1] ?? 0);
    const lost = async (): Promise<number> =>
      Number(/earshot_tally_raw_records_lost_total\S* (\d+)/.exec(await server.metrics())?.[1] ?? 0);
    await until('a minute of it is in the log', async () => (await entries()) >= 2, 90_000);
    const tally = server.child('tally', 0);
    fill(ballast);
    expect(statfsSync(dir).bavail).toBe(0);
    await until('records are lost', async () => (await lost()) > 0, 40_000);
    // Whatever anybody gives up of the disk is taken again.
    const said = new Set<string>();
    await until(
      'both have said so',
      async () => {
        fill(ballast, 1 << 16);
        for (const line of (await unwell(server)).split('\n')) said.add(line.split(' ')[0] ?? '');
        return said.has('records') && said.has('evidence');
      },
      120_000,
    );
    const before = await entries();
    const heard = listener.received.length;
    rmSync(ballast);
    await until('all is well again', async () => (await unwell(server)) === '', 60_000);
    await until('entries are written again', async () => (await entries()) > before, 30_000);
    await until('sound goes on', () => listener.received.length > heard + 10);
    expect(server.child('tally', 0)).toBe(tally);
    expect(continuity(listener.received)).toEqual({ missing: [], repeated: [] });
    // A head that covers the gaps is signed every ten seconds.
    const bundle = async (): Promise<string> => (await fetch(`${server.url}/r/${room.slug}/bundle`)).text();
    await until(
      'the gaps are in the bundle',
      async () => {
        const text = await bundle();
        return text.includes('the disk is full') && text.includes('ENOSPC');
      },
      60_000,
    );
    const file = join(tmpdir(), `full-${process.pid}.bundle`);
    writeFileSync(file, await bundle());
    const verified = spawnSync(process.execPath, [ENTRY, 'verify', file], { encoding: 'utf8' });
    rmSync(file);
    expect(verified.stdout + verified.stderr).not.toMatch(/\bfailed\b/i);
    expect(verified.status).toBe(0);
  } finally {
    spawnSync('umount', ['-l', dir]);
    rmSync(dir, { recursive: true, force: true });
  }
}, 300_000);
