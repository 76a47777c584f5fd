import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MAX_NOTICES, NOTICE_TIME, openNotices } from './notices.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const answer = { label: 'Yes', run: () => {} };

test('a newer message on the same topic replaces the old one, and a settled one disappears', () => {
  const notices = openNotices();
  const texts = () => notices.list.value.map((it) => it.text);
  notices.say('asks you to speak', { topic: 'microphone', answer });
  notices.say('came on stage');
  notices.say('muted you', { topic: 'microphone' });
  expect(texts()).toEqual(['came on stage', 'muted you']);
  notices.say('Ben asks', { topic: 'asks ben', answer });
  notices.settle('asks ben');
  expect(texts()).toEqual(['came on stage', 'muted you']);
});

test('questions stay, other messages go, the list is short, and nothing outlives the stage', () => {
  const notices = openNotices();
  notices.say('question', { answer });
  for (let i = 0; i < 9; i++) notices.say(`news ${i}`);
  expect(notices.list.value).toHaveLength(MAX_NOTICES);
  const other = openNotices();
  other.say('question', { answer });
  other.say('news');
  vi.advanceTimersByTime(NOTICE_TIME);
  expect(other.list.value.map((it) => it.text)).toEqual(['question']);
  other.clear();
  expect(other.list.value).toEqual([]);
});
