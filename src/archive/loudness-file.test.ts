import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { markedFragment } from '../../test/synthetic.ts';
import { silentLog } from '../base/log.ts';
import { BLOCK_TICKS, epochMs, FRAGMENT_TICKS, TICKS_PER_SECOND, ticks } from '../base/time.ts';
import { RENDITIONS } from '../wire/renditions.ts';
import { type Archive, open, openReader } from './index.ts';

const ZERO = epochMs(Date.UTC(2026, 0, 1));
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'earshot-loudness-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function cell(): Promise<Archive> {
  const archive = await open({
    ...{ dir, clock: manualClock(ZERO), log: silentLog, renditions: ['opus64', 'aac96'] },
    gap: () => {},
  });
  await archive.begin('talk', { zero: ZERO, renditions: RENDITIONS, title: 'Talk' });
  return archive;
}

/** Plays a tone of 1 kHz in both channels in slots `from` to `to`. At amplitude 0.1 its loudness is −20 LUFS. */
function play(archive: Archive, from: number, to: number, amplitude = 0.1, measured = true): void {
  const samples = new Float32Array(2 * BLOCK_TICKS);
  for (let tick = 0; tick < BLOCK_TICKS; tick++)
    samples.fill(
      amplitude * Math.sin((2 * Math.PI * 1000 * tick) / TICKS_PER_SECOND),
      2 * tick,
      2 * tick + 2,
    );
  for (let seq = from; seq <= to; seq++) {
    for (let tick = seq * FRAGMENT_TICKS; measured && tick < (seq + 1) * FRAGMENT_TICKS; tick += BLOCK_TICKS)
      archive.block('talk', { tick: ticks(tick), stereo: false, samples });
    for (const rendition of ['opus64', 'aac96'])
      archive.fragment('talk', { rendition, seq, bytes: markedFragment(rendition, seq) });
  }
}

const figure = async () => (await openReader(dir).recording('talk', { over: true }))?.loudness;
const note = join('talk', 'loudness.json');

describe('the loudness of a recording', () => {
  it('is there when the room is over, as it was mixed', async () => {
    const archive = await cell();
    play(archive, 0, 99);
    expect(await figure()).toBeUndefined();
    await archive.end('talk');
    const { lufs = 0, peak = 0, seconds } = (await figure()) ?? {};
    expect(lufs).toBeCloseTo(-20, 0);
    expect(peak).toBeCloseTo(-20, 1);
    expect(seconds).toBe(32);
  });

  it('counts what was said before a studio was killed', { timeout: 20_000 }, async () => {
    const killed = await cell();
    play(killed, 0, 62);
    const patience = { timeout: 15_000 };
    await expect
      .poll(() => readFile(join(dir, note), 'utf8').catch(() => ''), patience)
      .toContain('"hops":201}');
    // This part is not noted any more.
    play(killed, 63, 79);
    await expect
      .poll(async () => (await openReader(dir).recording('talk'))?.pieces.get('aac96')?.length, patience)
      .toBe(5);
    const next = await cell();
    play(next, 80, 249, 0.01);
    await next.end('talk');
    const { lufs = 0, seconds = 0 } = (await figure()) ?? {};
    expect(lufs).toBeGreaterThan(-21);
    expect(seconds).toBe(74.5);
  });

  it('is left to a later measurement when too much of the sound was not measured', async () => {
    const archive = await cell();
    play(archive, 0, 200, 0.1, false);
    play(archive, 201, 250);
    await archive.end('talk');
    expect(await figure()).toBeUndefined();
  });

  it('is withdrawn while the recording continues', async () => {
    const archive = await cell();
    play(archive, 0, 99);
    await archive.end('talk');
    const next = await cell();
    expect(await figure()).toBeUndefined();
    play(next, 100, 199);
    await next.end('talk');
    expect((await figure())?.seconds).toBe(64);
  });

  it('costs no sound when its file cannot be read', async () => {
    await mkdir(join(dir, note), { recursive: true });
    const archive = await cell();
    play(archive, 0, 31);
    await archive.end('talk');
    const kept = await openReader(dir).recording('talk', { over: true });
    expect([kept?.pieces.get('aac96')?.length, kept?.loudness]).toEqual([2, undefined]);
  });

  it('starts again after a note that cannot be read', async () => {
    const archive = await cell();
    await archive.end('talk');
    for (const text of ['', '{', '[]', '{"state":{"bins":[[1,null,2]],"peak":0,"hops":9}}', '{"state":7}']) {
      await writeFile(join(dir, note), text);
      await (await cell()).end('talk');
      expect(await figure(), text).toBeUndefined();
    }
  });
});
