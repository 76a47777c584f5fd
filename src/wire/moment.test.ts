import { expect, test } from 'vitest';
import { momentOf } from './moment.ts';

test('a lobby is a break once somebody has spoken, and never before', () => {
  expect(momentOf({ status: 'open', clocks: {} })).toBe('open');
  expect(momentOf({ status: 'open', clocks: { firstSpeech: 1 } })).toBe('break');
  expect(momentOf({ status: 'live', clocks: { firstSpeech: 1 } })).toBe('live');
  expect(momentOf({ status: 'ended', clocks: { firstSpeech: 1 } })).toBe('ended');
});
