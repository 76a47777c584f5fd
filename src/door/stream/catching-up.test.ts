import { expect, test } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import { ms } from '../../base/time.ts';
import { openCatchingUp } from './catching-up.ts';

test('a listener to the recording is counted once, by name or connection, for twenty seconds', () => {
  const clock = manualClock();
  const later = openCatchingUp(clock);
  const connection = {};
  for (let i = 0; i < 3; i++) {
    later.asked('talk', 'abcdefgh', {});
    later.asked('talk', 'ijklmnop', connection);
    later.asked('talk', undefined, connection);
  }
  later.asked('other', ['abcdefgh'], connection);
  expect([...later.counts()]).toEqual([
    ['talk', 3],
    ['other', 1],
  ]);
  clock.advance(ms(19_000));
  later.asked('talk', 'abcdefgh', {});
  clock.advance(ms(2_000));
  expect([...later.counts()]).toEqual([['talk', 1]]);
  clock.advance(ms(20_000));
  expect(later.counts().size).toBe(0);
});

test('made-up names are kept up to a limit, and do not push out those who listen', () => {
  const clock = manualClock();
  const later = openCatchingUp(clock);
  later.asked('talk', 'listener', {});
  for (let i = 0; i < 20_000; i++) later.asked('talk', `name-${String(i).padStart(8, '0')}`, {});
  expect(later.counts().get('talk')).toBe(10_000);
  clock.advance(ms(19_000));
  later.asked('talk', 'listener', {});
  clock.advance(ms(2_000));
  expect(later.counts().get('talk')).toBe(1);
});

test('a connection is one listener whatever names it makes up; of a network behind a proxy a tenth of all are counted', () => {
  const clock = manualClock();
  const later = openCatchingUp(clock);
  const connection = {};
  for (let i = 0; i < 500; i++) later.asked('talk', `name-${String(i).padStart(8, '0')}`, connection);
  expect(later.counts().get('talk')).toBe(1);
  for (let i = 0; i < 5_000; i++)
    later.asked('talk', `loud-${String(i).padStart(8, '0')}`, connection, '192.0.2');
  later.asked('talk', 'somebody-else', connection, '198.51.100');
  expect(later.counts().get('talk')).toBe(1_002);
});
