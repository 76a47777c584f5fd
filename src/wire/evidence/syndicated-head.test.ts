import { expect, test } from 'vitest';
import { noteInFeed } from './syndicated-head.ts';

const NOTE = 'a.example/evidence\n41\nq+/8=\n\n— a.example/evidence Az3grl+/\n';

test('a note comes out of a feed as it went in, however the feed was written again', () => {
  const escaped = NOTE.replaceAll('+', '&#x2b;').replaceAll('/', '&#47;').replaceAll('—', '&#8212;');
  for (const element of [
    `<tlog:checkpoint xmlns:tlog="x">${NOTE}</tlog:checkpoint>`,
    `<checkpoint>\n  ${NOTE}\n  </checkpoint>`,
    `<ns0:checkpoint>${escaped}</ns0:checkpoint >`,
    `<checkpoint><![CDATA[${NOTE}]]></checkpoint>`,
    `<checkpoint>${NOTE.replaceAll('\n', '\r\n')}</checkpoint>`,
  ])
    expect(noteInFeed(`<rss><channel><title>x &amp; y</title>${element}<item/></channel></rss>`)).toBe(NOTE);
});

test('a note that is no feed stays as it is, to the byte', () => {
  for (const text of [NOTE, '', 'checkpoint', `${NOTE}\r\n`]) expect(noteInFeed(text)).toBe(text);
});

test('names that were escaped twice are taken back once', () => {
  expect(noteInFeed('<checkpoint>a&amp;lt;b</checkpoint>')).toBe('a&lt;b\n');
});

test('a feed of a megabyte that only opens elements is read in a moment', () => {
  for (const piece of ['<checkpoint>', '<checkpoint ', '<checkpoint><![CDATA[', '</checkpoint ']) {
    const text = piece.repeat(1_000_000 / piece.length);
    const began = process.cpuUsage();
    noteInFeed(text);
    noteInFeed(`${text}</checkpoint>`);
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1000).toBeLessThan(2_000);
  }
});
