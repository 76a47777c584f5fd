import { expect, test } from 'vitest';
import { readAsk } from './bodies.ts';

test('the name under a question is a person’s: nothing hidden in it, and no word of two alphabets', () => {
  expect(readAsk({ text: 'Why\u200b not?', name: 'An\u200ba' })).toEqual({ text: 'Why not?', name: 'Ana' });
  expect(readAsk({ text: 'Why not?', name: 'Аna' })).toBe('name: use letters of one alphabet in each word');
  expect(readAsk({ text: 'Why not?', name: ' ' })).toEqual({ text: 'Why not?', name: undefined });
});
