import { expect, test } from 'vitest';
import { makeEvening } from '../../../test/evening/evening.ts';
import { KINDS, planOf } from '../../../test/evening/kinds.ts';
import { slotsOf } from '../../../test/evening/slots-of.ts';
import { isRequestSlot } from './read-slot.ts';

const kind = KINDS[0];
if (!kind) throw new Error('no evenings');
const SLOTS = slotsOf(makeEvening({ ...planOf(kind, 5), logged: [10, 12] }));

test('every slot of an evening is one', () => {
  expect(SLOTS.length).toBeGreaterThan(3);
  for (const slot of SLOTS) expect(isRequestSlot(JSON.parse(JSON.stringify(slot)))).toBe(true);
});

const client = [0, 'a', 'p', 0, [1, 1, 0, 0], [0, 1], [0, 1]];
const slot = {
  ...{ v: 1, kind: 'requests', door: 'd', life: 'a', at: 1_796_000_000_000, part: 0, parts: 1 },
  ...{ agents: [['browser', 'aa']], clients: [client] },
};

test.each([
  ['nothing', null],
  ['a slot without clients', { ...slot, clients: undefined }],
  ['a time that no date can name', { ...slot, at: 8e15 }],
  ['a client that is a number', { ...slot, clients: [-1] }],
  ['a cost beyond all sums', { ...slot, clients: [[0, 'a', 'p', 0, [1e300, 1, 0, 0], [0, 1], [0, 1]]] }],
  ['counts that are none', { ...slot, clients: [[...client.slice(0, 6), [0, 'x']]] }],
  ['totals without classes of time', { ...slot, totals: { requests: 1 } }],
  ['an agent without a kind', { ...slot, agents: [[]] }],
] as const)('%s is no slot', (_, value) => {
  expect(isRequestSlot(slot)).toBe(true);
  expect(isRequestSlot(value)).toBe(false);
});
