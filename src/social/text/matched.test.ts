import { expect, test } from 'vitest';
import { askedWords, matchedIn } from './search-words.ts';

/** The words that are marked in `text` for whoever typed `typed`. */
const marked = (text: string, typed: string): string[] => {
  const asked = askedWords(typed);
  return asked ? matchedIn(text, asked).map(([from, to]) => text.slice(from, to)) : [];
};

test('what was searched is marked as it was written, in words that the search takes for the same', () => {
  expect(marked('Été à Łódź, ete', 'ete lod')).toEqual(['Été', 'Łódź', 'ete']);
  // Words before the last are whole ones, and a blank ends the last as well.
  expect(marked('harbours harbour', 'harbour ')).toEqual(['harbour']);
  expect(marked('harbours harbour', 'harb')).toEqual(['harbours', 'harbour']);
  expect(marked('Straße und STRASSE', 'strasse')).toEqual(['Straße', 'STRASSE']);
  expect(marked('قصائد عن البحر', 'البحر')).toEqual(['البحر']);
  expect(marked('我们在港口开会', '港口')).toEqual(['港口']);
  expect(marked('👩‍👩‍👧‍👦 <b>harbour</b>', 'harbour')).toEqual(['harbour']);
  expect(marked('nothing of it', 'zzz')).toEqual([]);
});
