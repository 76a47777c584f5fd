import { expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { power } from '../../test/sound.ts';
import { silentLog } from '../base/log.ts';
import { BLOCK_TICKS, epochMs, ms, ticks } from '../base/time.ts';
import { holdMusic } from './hold-music.ts';
import { type MixerState, open } from './index.ts';
import { LIMITER_DELAY } from './limiter.ts';

const LOOP_BLOCKS = 66 * 16;
/** A block in the fourth round of the loop. */
const FIRST = 3 * LOOP_BLOCKS + 500;

/** The left channel of ten seconds of a program that continues from `state`, and the states that it reported. */
async function goOn(state: MixerState, live: boolean): Promise<{ sound: Float32Array; told: MixerState[] }> {
  const clock = manualClock();
  const told: MixerState[] = [];
  const sound = new Float32Array(500 * BLOCK_TICKS);
  let at = 0;
  await using mixer = await open({
    ...{ clock, log: silentLog, firstTick: ticks(FIRST * BLOCK_TICKS), due: ms(0) },
    rested: { state, loopBlocks: LOOP_BLOCKS },
    block({ samples }) {
      for (let i = 0; i < BLOCK_TICKS && at < sound.length; i += 1, at += 1) sound[at] = samples[2 * i] ?? 0;
    },
    state: (next) => told.push(next),
  });
  mixer.live(live);
  clock.advance(10_000);
  expect(mixer.state()).toEqual(state);
  return { sound, told };
}

/** The loop that doors play in place of these blocks. */
function loop(blocks: number): Float32Array {
  const music = holdMusic();
  const out = new Float32Array(2 * BLOCK_TICKS);
  const sound = new Float32Array(blocks * BLOCK_TICKS);
  for (let n = 0; n < blocks; n += 1) {
    music.render((FIRST + n) % LOOP_BLOCKS, out);
    for (let i = 0; i < BLOCK_TICKS; i += 1) sound[n * BLOCK_TICKS + i] = out[2 * i] ?? 0;
  }
  return sound;
}

test('a room that rested continues with the music that was heard meanwhile, and a second later with music that never repeats', async () => {
  const { sound, told } = await goOn({ carries: 'standby', since: epochMs(5) }, false);
  expect(told).toEqual([]);
  const expected = loop(5);
  let error = 0;
  for (let i = 0; i < 4 * BLOCK_TICKS; i += 1)
    error += ((sound[i + LIMITER_DELAY] ?? 0) - (expected[i] ?? 0)) ** 2 / (4 * BLOCK_TICKS);
  expect(error).toBeLessThan(0.02 * power(expected));
  for (let from = 0; from + 4800 <= sound.length; from += 4800)
    expect(power(sound, from, 4800)).toBeGreaterThan(1e-4);
});

test('a live room with an empty stage continues its music, and lowers it without a break', async () => {
  const since = epochMs(1000);
  const state: MixerState = { carries: 'standby', since, deadAir: { cause: 'nobody-on-stage', since } };
  const lobby = await goOn({ carries: 'standby', since }, false);
  const { sound, told } = await goOn(state, true);
  expect(told).toEqual([]);
  for (let from = 0; from + 4800 <= sound.length; from += 4800)
    expect(power(sound, from, 4800)).toBeGreaterThan(2e-5);
  // Half the level is a quarter of the power.
  expect(power(sound, 5 * 48_000) / power(lobby.sound, 5 * 48_000)).toBeCloseTo(0.25, 1);
  expect(power(sound, LIMITER_DELAY, 4800) / power(lobby.sound, LIMITER_DELAY, 4800)).toBeGreaterThan(0.9);
});
