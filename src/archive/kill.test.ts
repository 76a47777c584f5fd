import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { markedFragment } from '../../test/synthetic.ts';
import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { epochMs } from '../base/time.ts';
import { wholeFragments } from '../media/boxes.ts';
import { RENDITIONS } from '../wire/renditions.ts';
import { open, openReader } from './index.ts';

const WRITER = join(import.meta.dirname, '../../test/write-recording.ts');
const RECORDINGS = 4;
const KILLS_EACH = 5;

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'earshot-kill-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** Runs the writer and kills it `after` ms after its first published segment. Returns what it had published by then. */
function killedWriter(dir: string, from: number, after: number): Promise<string[]> {
  const child = spawn(process.execPath, [WRITER, dir, '1', String(from)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    if (text === '') setTimeout(() => child.kill('SIGKILL'), after);
    text += chunk;
  });
  return new Promise((resolve) => child.on('close', () => resolve(text.split('\n').slice(0, -1))));
}

/** Every recorded fragment of a rendition, each compared with the original. */
async function recorded(dir: string, rendition: string): Promise<Set<number>> {
  const reader = openReader(dir);
  const found = new Set<number>();
  for (const piece of (await reader.recording('room'))?.pieces.get(rendition) ?? []) {
    const bytes = (await reader.read('room', rendition, piece)) ?? Buffer.alloc(0);
    const whole = wholeFragments(bytes);
    expect(whole).toHaveLength(piece.count);
    expect(whole.at(-1)?.end).toBe(bytes.length);
    for (const { seq, start, end } of whole) {
      expect(bytes.subarray(start, end).equals(markedFragment(rendition, seq))).toBe(true);
      expect(found.has(seq)).toBe(false);
      found.add(seq);
    }
  }
  return found;
}

describe('kill -9 at any instant', () => {
  it('loses nothing but the running segment, twenty times', { timeout: 60_000 }, async () => {
    await Promise.all(Array.from({ length: RECORDINGS }, (_, n) => killAndGoOn(join(dir, String(n)), n)));
  });

  /** Kills the writer repeatedly at different instants; each time a new one continues the same recording. */
  async function killAndGoOn(dir: string, phase: number): Promise<void> {
    let from = 0;
    // Fixed delays after the first published segment, 0 to 57 ms, which hit every phase of a write.
    for (let kill = 0; kill < KILLS_EACH; kill++) {
      const published = await killedWriter(dir, from, 3 * (kill * RECORDINGS + phase));
      expect(published.length).toBeGreaterThan(0);
      const archive = await open({
        dir,
        clock: systemClock,
        log: silentLog,
        renditions: ['opus64', 'aac96'],
        closed: () => {},
        gap: () => {},
      });
      await archive.begin('room', { zero: epochMs(0), renditions: RENDITIONS, title: 'A room' });
      await archive.end('room');
      let newest = from;
      for (const rendition of ['opus64', 'aac96']) {
        const have = await recorded(dir, rendition);
        for (const line of published) {
          const [of, first, count] = line.split(' ');
          for (let seq = Number(first); of === rendition && seq < Number(first) + Number(count); seq++)
            expect(have.has(seq)).toBe(true);
        }
        // Nothing in between is missing: the part of this run on disk has no gap.
        const last = Math.max(...have);
        for (let seq = from; seq <= last; seq++) expect(have.has(seq)).toBe(true);
        newest = Math.max(newest, last);
      }
      from = (Math.floor(newest / 16) + 2) * 16;
    }
  }
});

describe('a disk that is really full', () => {
  it('leaves whole pieces, names the gap, and records again when there is room', {
    timeout: 30_000,
  }, async () => {
    // A file system of 192 kB in its own mount namespace: neither this machine nor its users notice.
    const script = join(import.meta.dirname, '../../test/fill-disk.ts');
    const { stdout } = await promisify(execFile)('unshare', [
      ...['-rm', 'sh', '-c', `mount -t tmpfs -o size=192k none "$0" && exec "$1" "$2" "$0"`],
      ...[dir, process.execPath, script],
    ]);
    const told = JSON.parse(stdout) as {
      healthyWhenFull: boolean;
      reasons: string[];
      gaps: { from: number; seconds: number }[];
      recorded: number[];
      whole: boolean;
      given: number;
    };
    expect(told.healthyWhenFull).toBe(false);
    expect(told.reasons).toEqual(['disk-full']);
    expect(told.whole).toBe(true);
    // Every fragment is either on the disk or in the gap.
    const lost = new Set(
      told.gaps.flatMap(({ from, seconds }) =>
        Array.from({ length: Math.round(seconds / 0.32) }, (_, n) => from / 320 + n),
      ),
    );
    expect(lost.size).toBeGreaterThan(10);
    for (let seq = 0; seq < told.given; seq++)
      expect([seq, told.recorded.includes(seq) || lost.has(seq)]).toEqual([seq, true]);
    expect(told.recorded).toContain(told.given - 1);
  });
});
