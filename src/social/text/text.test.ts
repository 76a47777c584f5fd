import { expect, test } from 'vitest';
import { roomLinkIn } from '../posts/room-link.ts';
import { findFacets, tooMany } from './facets.ts';
import { lengthOf, POST_LENGTH, tidyText } from './post-text.ts';
import { askedWords, searchWords } from './search-words.ts';

const kept = (sent: string): string | undefined => {
  const tidy = tidyText(sent, POST_LENGTH);
  return 'text' in tidy ? tidy.text : undefined;
};
const fault = (sent: string): string | undefined => {
  const tidy = tidyText(sent, POST_LENGTH);
  return 'fault' in tidy ? tidy.fault : undefined;
};

test('characters are counted as people do', () => {
  expect(['e\u0301', '👩‍👩‍👧‍👦', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '🇫🇷🇩🇪', 'நி', '한국', 'a\r\n'].map(lengthOf)).toEqual([
    1, 1, 1, 2, 1, 2, 2,
  ]);
  expect(kept('👩‍👩‍👧‍👦'.repeat(POST_LENGTH))).toBeDefined();
  expect(fault('👩‍👩‍👧‍👦'.repeat(POST_LENGTH + 1))).toBe('too-long');
  expect(kept('x'.repeat(POST_LENGTH))).toHaveLength(POST_LENGTH);
});

test('marks on one letter have a bound, and a hundred thousand of them cost no time', () => {
  expect(kept('Tiếng Việt, שָׁל֑וֹם, ཧཱུྃ')).toBeDefined();
  expect(fault(`a${'\u0301'.repeat(9)}`)).toBe('too-many-marks');
  expect(fault(`a${'\u0301\u0316'.repeat(50_000)}`)).toBe('too-long');
  expect(fault(`👩${'\u200d👩'.repeat(60)}`)).toBe('too-many-marks');
});

test('a text of blanks, of full stops or of brackets alone costs no time either', () => {
  expect(fault(`a${' '.repeat(19_998)}b`)).toBe('too-long');
  expect(kept('one \u00a0\t\n two')).toBe('one\n two');
  expect(findFacets(`http://${'.'.repeat(5_000)}a${')'.repeat(14_000)}`)).toEqual([]);
  expect(findFacets(`http://x.example/${'('.repeat(900)}${')'.repeat(901)}.`)[0]?.to).toBe(17 + 1_800);
});

test('what cannot be seen, or turns the text of others around, does not stay', () => {
  expect(kept('one\r\n\r\n\r\n\r\ntwo \u202e\u0000\u0007three\u2028four ')).toBe('one\n\ntwo three\nfour');
  expect(kept('ב\u200eא')).toBe('ב\u200eא');
  expect(kept('a\ufffe\uffff\ufdd0\u{1fffe}\u{e0001}\u{e0068}\u{e0069}b')).toBe('ab');
  expect(kept('🏴󠁧󠁢󠁳󠁣󠁴󠁿 and 🏴󠁧󠁢󠁥󠁮󠁧󠁿')).toBe('🏴󠁧󠁢󠁳󠁣󠁴󠁿 and 🏴󠁧󠁢󠁥󠁮󠁧󠁿');
  for (const nothing of ['', ' \n ', '\u200b\u2060', '\u3164', '\u0301'])
    expect(fault(nothing)).toBe('empty');
  expect(fault('\ud800')).toBe('broken');
});

test('links, mentions and hashtags are found where people mean them', () => {
  const text =
    'See (https://en.wikipedia.org/wiki/Ear_(band)), https://x.example/a?b=1#c! @ana and @Bo_2: #Été #2024 #東京 mail@ana.example #a/b http://u@x.example';
  expect(findFacets(text).map((facet) => [facet.kind, text.slice(facet.from, facet.to)])).toEqual([
    ['link', 'https://en.wikipedia.org/wiki/Ear_(band)'],
    ['link', 'https://x.example/a?b=1#c'],
    ['mention', '@ana'],
    ['mention', '@Bo_2'],
    ['tag', '#Été'],
    ['tag', '#東京'],
    ['tag', '#a'],
  ]);
  expect(findFacets('javascript:alert(1) data:text/html,x https:// https://[')).toEqual([]);
  expect(tooMany(findFacets('@ab '.repeat(21)))).toBe('mention');
  expect(tooMany(findFacets('@ab '.repeat(20)))).toBeUndefined();
});

test('words are searched without accents, and in the script that they are written in', () => {
  expect(searchWords('Été à ŁÓDŹ, straße! Ελλάς')).toEqual(['ete', 'a', 'lodz', 'strasse', 'ελλασ']);
  expect(searchWords('हिन्दी')).toEqual(['हिन्दी'.normalize('NFKC')]);
  expect(searchWords('東京都に住む')).toContain('東京都'.slice(0, 2));
  expect(searchWords('한국')).toEqual(['한국']);
  expect(askedWords('Café lat')).toEqual({ words: ['cafe'], beginning: 'lat' });
  expect(askedWords('café ')).toEqual({ words: ['cafe'] });
  expect(askedWords('a')).toEqual({ words: ['a'] });
  expect(askedWords('":*()')).toBeUndefined();
});

test('a link to a room or a clip of this server makes a card, and no other does', () => {
  const at = (text: string) => roomLinkIn(text, 'x.example');
  expect(at('see https://y.example/r/hall, https://x.example/r/hall.')).toEqual({ room: 'hall' });
  expect(at('http://x.example/r/hall/')).toEqual({ room: 'hall' });
  expect(at('https://x.example/r/hall/clip/aB3')).toEqual({ room: 'hall', clip: 'aB3' });
  for (const none of [
    'https://x.example/',
    'https://x.example/r/hall/numbers',
    'https://x.example:81/r/hall',
    '/r/hall',
  ])
    expect(at(none), none).toBeUndefined();
});
