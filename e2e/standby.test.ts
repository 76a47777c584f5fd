import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createDecoder } from 'libopus-wasm';
import { expect, it } from 'vitest';
import { fragmentFrames } from '../src/media/boxes.ts';
import { packageLoop } from '../src/packager/index.ts';
import { RENDITIONS } from '../src/wire/renditions.ts';
import { broadcast, tone } from './rig/broadcast.ts';

const LOOP_FRAGMENTS = 25;

it('a studio that dies for four seconds is heard as standby: every slot once, and no frame of silence', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'earshot-standby-'));
  const loops = await packageLoop({
    renditions: RENDITIONS.filter(({ id }) => id === 'opus64'),
    fragments: LOOP_FRAGMENTS,
    render: (n, out) => tone(n * 960, out),
  });
  await using air = await broadcast(dir, ['opus64'], { loops });
  const heard: { seq: number; bytes: Buffer; away: boolean }[] = [];
  air.origin.onFragment((slug, _, seq, bytes) =>
    heard.push({ seq, bytes, away: air.origin.state(slug)?.studio === 'away' }),
  );
  await setTimeout(4000);
  await air.restartStudio(4000);
  await setTimeout(5000);

  const seqs = heard.map(({ seq }) => seq);
  expect(seqs).toEqual(seqs.map((_, index) => (seqs[0] ?? 0) + index));
  // Four seconds are twelve slots, and the warm-up takes longer.
  expect(heard.filter(({ away }) => away).length).toBeGreaterThan(10);
  expect(heard.at(-1)?.away).toBe(false);

  const decoder = await createDecoder({ channels: 1 });
  const levels = heard.flatMap(({ bytes }) =>
    fragmentFrames(bytes).map((frame) => {
      const samples = decoder.decodeFloat(frame);
      return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
    }),
  );
  decoder.free();
  expect(levels).toHaveLength(heard.length * 16);
  // The tone has 0.354. A seam between two encoders may weaken one frame but never silence it. The first frame fades
  // in.
  expect(Math.min(...levels.slice(1))).toBeGreaterThan(0.15);
  await rm(dir, { recursive: true });
});
