import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { logFolder, notesOf, openTestLog } from '../../test/evidence.ts';

const WRITER = join(import.meta.dirname, '../../test/write-evidence.ts');
/** Kills in one folder, one after the other: fifty by `EARSHOT_KILLS=50`. */
const KILLS = Number(process.env.EARSHOT_KILLS ?? 10);

/** Runs the writer and kills it `after` ms after its first entry. Returns what it had printed by then. */
function killedWriter(dir: string, from: number, after: number): Promise<string[]> {
  const child = spawn(process.execPath, [WRITER, dir, String(from)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  let timed = false;
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk;
    if (timed || !text.includes('kept')) return;
    timed = true;
    setTimeout(() => child.kill('SIGKILL'), after);
  });
  return new Promise((resolve) => child.on('close', () => resolve(text.split('\n').slice(0, -1))));
}

test(`kill -9 at any instant, ${KILLS} times: nothing that was kept is lost, nothing is there twice`, {
  timeout: 30_000 + KILLS * 5_000,
}, async () => {
  using folder = logFolder();
  const kept = new Set<number>();
  let next = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    // Up to 190 ms: many groups, a dozen heads, and often a change of the file.
    const said = await killedWriter(folder.path, next, (kill * 37) % 191);
    expect(said[0]).toBe('open true');
    let head = 0;
    for (const line of said.slice(1)) {
      const [what, number] = line.split(' ');
      expect(['kept', 'head']).toContain(what);
      if (what === 'kept') kept.add(Number(number));
      else head = Number(number);
    }
    next = Math.max(next, ...kept) + 1_000;
    await using log = await openTestLog(folder.path);
    expect(log.check()).toEqual({ part: 'evidence', ok: true });
    expect(Number((await log.checkpoint()).split('\n')[1])).toBeGreaterThanOrEqual(head);
  }
  await using log = await openTestLog(folder.path);
  const found: number[] = [];
  for (const room of [0, 1, 2]) {
    const notes = (await notesOf(log, `room-${room}`)).map(Number);
    // In the order in which they were written.
    expect(notes).toEqual([...notes].sort((a, b) => a - b));
    for (const n of notes) expect(n % 3).toBe(room);
    found.push(...notes);
  }
  expect(new Set(found).size).toBe(found.length);
  for (const n of kept) expect(found.includes(n)).toBe(true);
  expect(kept.size).toBeGreaterThan(KILLS);
});
