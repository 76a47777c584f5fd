import { expect, test } from 'vitest';
import { chance } from '../../../test/chance.ts';
import { manualClock } from '../../../test/clock.ts';
import { proves } from '../../wire/listening/proof-sample.ts';
import { ProofSampling } from './proof-sampling.ts';

const KEY = new Uint8Array(32).fill(7);

/** A door's sampling whose share the test sets. */
function sampling(first: number | undefined) {
  const clock = manualClock();
  const told = { share: first };
  return { clock, told, of: new ProofSampling({ clock, key: KEY, share: () => told.share }) };
}

test('two doors choose the same sessions, and so does each player from what the state says', () => {
  const random = chance(3);
  const [one, two] = [sampling(1 / 4), sampling(1 / 4)];
  const sample = one.of.sample('room');
  expect(sample).toEqual(two.of.sample('room'));
  let asked = 0;
  for (let i = 0; i < 4_000; i += 1) {
    const id = Uint8Array.from({ length: 8 }, () => Math.floor(random() * 256));
    const view = new DataView(id.buffer);
    const [low, high] = [view.getUint32(0, true), view.getUint32(4, true)];
    const is = one.of.asks('room', low, high);
    expect([two.of.asks('room', low, high), proves(id, sample)]).toEqual([is, is]);
    if (is) asked += 1;
  }
  expect(asked).toBeGreaterThan(850);
  expect(asked).toBeLessThan(1_150);
});

test('all prove while the tally says nothing, or that all do; and rooms have samples of their own', () => {
  const { of, told } = sampling(undefined);
  expect([of.sample('room'), of.asks('room', 1, 2)]).toEqual([undefined, true]);
  expect(proves(new Uint8Array(8), undefined)).toBe(true);
  told.share = 1 / 2;
  expect(of.sample('room')?.salt).not.toBe(of.sample('hall')?.salt);
});

test('a session that is asked again is stood for until its first proof can be there; one that no longer is, at once', () => {
  const { of, told, clock } = sampling(1 / 64);
  const left = Array.from({ length: 200 }, (_, i) => i).filter((low) => !of.asks('room', low, 9));
  expect(left.length).toBeGreaterThan(150);
  told.share = 1;
  const stoodFor = (was: boolean): number => left.filter((low) => of.isStoodFor('room', low, 9, was)).length;
  expect([stoodFor(true), stoodFor(false)]).toEqual([left.length, 0]);
  clock.advance(50_000);
  expect(stoodFor(true)).toBe(0);
  told.share = 1 / 64;
  expect(stoodFor(false)).toBe(left.length);
});

test('a tally that is away changes nothing', () => {
  const { of, told } = sampling(1 / 8);
  const before = of.sample('room');
  told.share = undefined;
  expect(of.sample('room')).toEqual(before);
});
