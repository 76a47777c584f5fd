import { expect, test } from 'vitest';
import { epochMs } from '../../base/time.ts';
import type { MixerState } from '../../mixer/index.ts';
import { EncoderWatch } from './encoder-watch.ts';

const stage: MixerState = { carries: 'stage', since: epochMs(0) };

test('a stage that no encoder encodes for two seconds is dead air caused by the encoder, counted from its failure', () => {
  const watch = new EncoderWatch();
  expect(watch.seen(stage, 10_000)).toBe(stage);
  watch.failed(10_000);
  // Every slot of every rendition fails.
  for (let at = 10_000; at < 13_000; at += 320) watch.failed(at);
  expect(watch.seen(stage, 11_999)).toBe(stage);
  const cause = { cause: 'encoder', since: 10_000 };
  expect(watch.seen(stage, 12_000)).toEqual({ ...stage, deadAir: cause });
  // It comes before what the mixer thinks of the same silence.
  const muted: MixerState = { ...stage, deadAir: { cause: 'all-muted', since: epochMs(9_000) } };
  expect(watch.seen(muted, 13_000).deadAir).toEqual(cause);
  watch.came();
  expect(watch.seen(stage, 14_000)).toBe(stage);
});

test('one rendition that fails while others are encoded is no dead air, and neither is hold music', () => {
  const watch = new EncoderWatch();
  for (let at = 0; at < 10_000; at += 320) {
    watch.failed(at);
    watch.came();
  }
  expect(watch.seen(stage, 10_000)).toBe(stage);
  watch.failed(10_000);
  const standby: MixerState = { carries: 'standby', since: epochMs(0) };
  expect(watch.seen(standby, 20_000)).toBe(standby);
});
