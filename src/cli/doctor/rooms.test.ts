import { expect, test } from 'vitest';
import { load } from '../../config/index.ts';
import { starting } from './rooms.ts';

test('a public server on which strangers start rooms is reported with what to do', () => {
  const find = (...flags: string[]) => starting(load({ cores: 4, flags }));
  expect(find().state).toBe('good');
  expect(find('--rooms-create', 'anyone').state).toBe('notice');
  const open = find('--rooms-create', 'anyone', '--public-url', 'https://rooms.example');
  expect(open).toMatchObject({ state: 'bad', change: expect.stringContaining('earshot operator link') });
});
