import { expect, test } from 'vitest';
import { asSlug, type Slug } from '../base/ids.ts';
import { slugFrom, withSuffix } from './slug.ts';

test.each([
  ['Town hall', 'town-hall'],
  ['Été à Ὀλυμπία!', 'ete-a-olympia'],
  ['Straße & Łódź — «Æther»', 'strasse-lodz-aether'],
  ['Привет, мир', 'privet-mir'],
  ["What's next?", 'whats-next'],
  ['What’s next?', 'whats-next'],
  ['  --a--b--  ', 'a-b'],
  ['日本語', 'room'],
  ['ab', 'room'],
  ['😀', 'room'],
  ['../../etc/passwd', 'etc-passwd'],
  [
    'an extraordinarily long title that nobody would ever type into an address bar',
    'an-extraordinarily-long-title-that',
  ],
  ['x'.repeat(140), 'x'.repeat(40)],
])('%s', (title, slug) => {
  expect(slugFrom(title)).toBe(slug);
});

test('whatever the title, the address is valid, also with an ending', () => {
  let seed = 7;
  const random = (n: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return seed % n;
  };
  for (let i = 0; i < 3000; i++) {
    const title = String.fromCodePoint(
      ...Array.from({ length: 1 + random(60) }, () => random(i % 2 ? 0x250 : 0xd7ff)),
    );
    const slug = slugFrom(title);
    expect(asSlug(slug), title).toBe(slug);
    expect(asSlug(withSuffix(slug)), title).toBeDefined();
  }
  expect(asSlug(withSuffix('x'.repeat(64) as Slug))).toBeDefined();
});
