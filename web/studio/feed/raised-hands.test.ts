import { expect, test } from 'vitest';
import type { HostHand } from '../../../src/wire/stage/hands.ts';
import { openRaisedHands } from './raised-hands.ts';

const hand = (n: number, more: Partial<HostHand> = {}): HostHand => ({
  ...{ id: `h${n}`, n, name: `P${n}`, topic: '', since: 0, standing: 'up', speaker: `s${n}` },
  ...more,
});

test('hands stay in order whatever order they are told in, and only new ones are announced', () => {
  const told: string[] = [];
  const hands = openRaisedHands(({ id }) => told.push(id));
  hands.take({ kind: 'hands', up: 2, hands: [hand(2), hand(1)], gone: [], whole: true });
  expect(told).toEqual([]);
  hands.take({ kind: 'hands', up: 3, hands: [hand(3)], gone: [] });
  hands.take({ kind: 'hands', up: 2, hands: [hand(1, { standing: 'called' })], gone: [] });
  expect(told).toEqual(['h3']);
  expect(hands.line.value.map(({ id }) => id)).toEqual(['h2', 'h3']);
  hands.take({ kind: 'hands', up: 2, hands: [hand(1, { trouble: 'denied' })], gone: ['h2'] });
  expect(hands.line.value.map(({ id, trouble }) => [id, trouble])).toEqual([
    ['h1', 'denied'],
    ['h3', undefined],
  ]);
  // A call that was taken back is no new hand.
  expect(told).toEqual(['h3']);
  hands.take({ kind: 'hands', up: 0, hands: [], gone: [], whole: true });
  expect(hands.line.value).toEqual([]);
});
