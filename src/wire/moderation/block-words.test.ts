import { expect, test } from 'vitest';
import { type BlockRule, checkText, compileBlockRule } from './block-words.ts';

const rules = (...patterns: string[]) =>
  patterns.flatMap(
    (pattern, i) => compileBlockRule({ name: `rule ${i + 1}`, pattern } satisfies BlockRule) ?? [],
  );
const breaks = (text: string, ...patterns: string[]): boolean =>
  checkText(text, rules(...patterns)) !== undefined;

test('a word is found as a word, in any case, and not inside of another', () => {
  expect(breaks('You are a TWERP.', 'twerp')).toBe(true);
  expect(breaks('Scunthorpe is a town', 'cunt')).toBe(false);
  expect(breaks('the class', 'ass')).toBe(false);
  expect(checkText('a twerp', rules('nobody', 'twerp'))?.name).toBe('rule 2');
});

test.each([
  ['zero width', 'tw\u200be\u00adr\u2060p'],
  ['direction marks', 'tw\u202eerp\u202c'],
  ['Cyrillic letters', 'tw\u0435rр'],
  ['full width', 'ｔｗｅｒｐ'],
  ['mathematical letters', '𝐭𝐰𝐞𝐫𝐩'],
  ['marks over letters', 't\u0301w\u0308e\u0323rp'],
  ['digits for letters', 'tw3rp'],
  ['blanks between letters', 't w e r p'],
  ['points between letters', 't.w.e.r.p'],
  ['small capitals', 'ᴛᴡᴇʀᴘ'],
  ['signs at the end', 'twerp!!!'],
  ['many letters', 'twerrrrrp'],
])('%s do not hide a word', (_, text) => {
  expect(breaks(text, 'twerp')).toBe(true);
});

test('a pattern stands for the letters of one word, and a phrase for words in a row', () => {
  expect(breaks('twerpish people', 'twerp*')).toBe(true);
  expect(breaks('supertwerp', 'twerp*')).toBe(false);
  expect(breaks('supertwerps', '*twerp*')).toBe(true);
  expect(breaks('buy CHEAP pills', 'cheap pill*')).toBe(true);
  expect(breaks('pills that are cheap', 'cheap pill*')).toBe(false);
});

test('scripts without blanks are searched inside, and marks that are vowels stay', () => {
  expect(breaks('这是垃圾信息吗', '垃圾')).toBe(true);
  expect(breaks('कि', 'की')).toBe(false);
});

test('a rule that would meet everything is none', () => {
  for (const pattern of ['', '*', '  ', '***', '. -', 'word *'])
    expect(compileBlockRule({ name: 'n', pattern })).toBeUndefined();
});

test('a pattern made to take long takes no longer than its length times that of the text', () => {
  const [rule] = rules(`${'a*'.repeat(29)}b`);
  const before = performance.now();
  expect(checkText('a'.repeat(20_000), rule ? [rule] : [])).toBeUndefined();
  expect(checkText('ab'.repeat(10_000), rule ? [rule] : [])).toBeDefined();
  expect(performance.now() - before).toBeLessThan(1_000);
});
