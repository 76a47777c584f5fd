import { expect, test } from 'vitest';
import { readRaise } from './hand-body.ts';

const raise = (name: unknown) =>
  readRaise(JSON.stringify({ name, topic: 'О\u2060ne Аpp', device: 'a'.repeat(20) }));

test('the name of a hand is a person’s: nothing hidden in it, and no word of two alphabets', () => {
  expect(raise('An\u200ba')).toMatchObject({ name: 'Ana', topic: 'Оne Аpp' });
  expect(raise('Аna')).toBe('name: use letters of one alphabet in each word');
  for (const none of ['', undefined, 7, '\u200b']) expect(raise(none)).toBe('name: use 1 to 60 characters');
});
