/** The measure of what somebody misses on the way to the stage and back: what is heard of a scale of tones. */
import { expect, test } from 'vitest';
import {
  type HeardAt,
  hearTone,
  missedSteps,
  pilotSamples,
  SCALE,
  STEP_MS,
  scaleSamples,
  TONES_HEARD,
} from './rig/scale.ts';

const LOOK = 1_024;
const scale = scaleSamples();
const pilot = pilotSamples();
const stepSamples = scale.length / SCALE.length;

/** 21 ms of the middle of a step, with the pilot at a share of its loudness, played faster by a share. */
function sound(step: number, pilotGain: number, faster = 0): Float32Array {
  const from = step * stepSamples + stepSamples / 3;
  return Float32Array.from({ length: LOOK }, (_, i) => {
    const at = from + i * (1 + faster);
    const [whole, rest] = [Math.floor(at), at % 1];
    const sample = (scale[whole] ?? 0) * (1 - rest) + (scale[whole + 1] ?? 0) * rest;
    return sample + pilotGain * (pilot[(i + step * 211) % pilot.length] ?? 0);
  });
}

test('each tone is recognised alone, played faster, and together with the pilot, however loud that is', () => {
  for (const [step, tone] of SCALE.entries()) {
    for (const faster of [0, 0.02, 0.04])
      expect(hearTone(sound(step, 0, faster), TONES_HEARD), `step ${step}, faster ${faster}`).toEqual([
        tone,
        false,
      ]);
    for (const loud of [0.2, 1, 2])
      expect(hearTone(sound(step, loud), TONES_HEARD), `step ${step}, pilot ${loud}`).toEqual([tone, true]);
  }
});

/** Looks at the scale, from step to step, as long as each lasts, beginning at a wall-clock time. */
function looks(from: number, to: number, begin: number, source: HeardAt[3] = 'program'): HeardAt[] {
  const all: HeardAt[] = [];
  for (let at = 5; at < (to - from) * STEP_MS; at += LOOK / 48)
    all.push([begin + at, SCALE[(from + Math.floor(at / STEP_MS)) % SCALE.length] ?? -1, false, source]);
  return all;
}

test('nothing is missed of a scale that is heard whole, also over its end', () => {
  expect(missedSteps(looks(100, 150, 1_000))).toEqual({ missed: 0, heard: 50, where: [] });
});

test('what is heard again after any time is not missed', () => {
  for (const back of [1, 3, 7, 9, 12, 16, 30]) {
    const heard = [...looks(20, 60, 0, 'stage'), ...looks(60 - back, 80, 40 * STEP_MS)];
    expect(missedSteps(heard), `back ${back}`).toMatchObject({ missed: 0, heard: 60 });
  }
});

test('as many steps as were left out are missed, whether few or many', () => {
  for (const out of [1, 2, 7, 9, 16, 40]) {
    const heard = [...looks(20, 40, 0, 'stage'), ...looks(40 + out, 70 + out, 20 * STEP_MS)];
    expect(missedSteps(heard), `out ${out}`).toMatchObject({ missed: out, heard: 50 });
  }
});

test('a tone that nobody played, for a fifth of a second, costs no more than the step in which it was', () => {
  const heard = looks(20, 60, 0);
  const wrong = heard.map((look): HeardAt => {
    const [at, , , from] = look;
    return at > 3_010 && at < 3_240 ? [at, 14, false, from] : look;
  });
  expect(missedSteps(wrong).missed).toBeLessThanOrEqual(1);
});
