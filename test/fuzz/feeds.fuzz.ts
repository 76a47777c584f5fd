/** What feeds and calendars are written of: any text in, strict XML and a calendar out that reads back the same. */
import { atomFeed, calendar, chaptersFile, podcastFeed } from '../../src/feeds/index.ts';
import { readCalendar, strictXml } from '../foreign/feed-readers.ts';
import { target } from './engine/target.ts';

const AT = 1_780_000_000_000;
const url = 'https://x.example/r/hall';

export default target({
  covers: ['src/feeds/'],
  run(bytes) {
    // Half characters as well: what JavaScript may hold and UTF-8 may not.
    const text = bytes.length % 2 === 0 ? bytes.toString('utf16le') : bytes.toString('utf8');
    const item = {
      ...{ guid: text, title: text, link: url, about: text, html: text, author: text, at: AT },
      people: [{ name: text, role: 'guest' as const, href: text }],
      otherSounds: [{ url: text, type: text, title: text }],
      soundbites: [{ at: bytes.length, seconds: 1, title: text }],
    };
    const feed = { self: url, link: url, title: text, about: text, language: 'en', author: text };
    const live = { ...item, status: 'live' as const, start: AT, watch: text };
    strictXml(
      podcastFeed({ ...feed, guid: text, image: url, people: item.people, live: [live], entries: [item] }),
    );
    const author = { name: text, uri: text };
    const post = { id: text, title: text, link: url, updated: AT, html: text, author, tags: [text] };
    strictXml(atomFeed({ ...feed, id: text, updated: AT, author, entries: [post] }));
    JSON.parse(chaptersFile(text, [{ at: 1, title: text, link: text }]));
    const event = {
      uid: 'x',
      sequence: 0,
      created: AT,
      modified: AT,
      start: AT,
      title: text,
      url,
      hosts: [text],
    };
    const { events } = readCalendar(calendar([{ ...event, about: text, cancelled: text }]));
    const kept = text
      .replace(/\r\n?/g, '\n')
      .replace(/(?![\t\n\u0080-\u009f])\p{Cc}/gu, '')
      .toWellFormed();
    if (events[0]?.summary !== kept) throw new Error('a calendar reads another title');
  },
  seeds: ['Town hall', ']]>&<"\'', '👩‍👩‍👧‍👦 שלום', 'a;b,c\\n\r\nd^n', '\u0000\u0008\ud83d', '语'.repeat(60)],
  words: [']]>', '<![CDATA[', '&amp;', '\\n', '\r\n', '\ufffe', '^n', ';', ','],
  mostBytes: 4_096,
  patienceMs: 500,
});
