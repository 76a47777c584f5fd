import { expect, test } from 'vitest';
import { english } from './english.ts';
import { french } from './french.ts';

test('both catalogues have a text for every key, and not the same one', () => {
  const texts = (words: object): string[] =>
    Object.values(words).flatMap((it): string[] =>
      typeof it === 'string' ? [it] : typeof it === 'function' ? [String(it(3, 'x', 3, 3, true))] : texts(it),
    );
  expect(texts(french).length).toBe(texts(english).length);
  expect(texts(french).every((text) => text.trim() !== '' && !text.includes('undefined'))).toBe(true);
  const same = texts(french).filter((text, i) => text === texts(english)[i]);
  const both = ['Microphone', 'Studio', 'Sound', '3 s', 'Pause', 'Notes'];
  expect(same.filter((text) => !both.includes(text))).toEqual([]);
});
