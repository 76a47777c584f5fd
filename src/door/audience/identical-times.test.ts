import { expect, test } from 'vitest';
import { chance } from '../../../test/chance.ts';
import { IdenticalTimes, MOST_ALIKE } from './identical-times.ts';

test('sessions that begin and end in the same milliseconds are found, each of them', () => {
  const times = new IdenticalTimes();
  const found = Array.from({ length: MOST_ALIKE + 2 }, (_, row) => [
    ...times.ended(row, 10.2, 5_000.7, 5_001),
  ]);
  expect(found.slice(0, MOST_ALIKE)).toEqual(Array.from({ length: MOST_ALIKE }, () => []));
  expect(found[MOST_ALIKE]).toEqual([0, 1, 2, 3, 4]);
  expect(found[MOST_ALIKE + 1]).toHaveLength(MOST_ALIKE + 2);
});

test('a crowd in which a thousand come and a thousand go every second has none that are alike', () => {
  const random = chance(8);
  const times = new IdenticalTimes();
  const stays = Array.from({ length: 60_000 }, (_, i) => {
    const began = i + random();
    return { began, left: began + 1_000 - Math.log(1 - random()) * 120_000 };
  }).sort((a, b) => a.left - b.left);
  const alike = stays.filter(({ began, left }, row) => times.ended(row, began, left, left).length > 0);
  expect(alike).toEqual([]);
});
