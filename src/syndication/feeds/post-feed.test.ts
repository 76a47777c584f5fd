import { expect, test } from 'vitest';
import { elementsOf, readFeed, strictXml } from '../../../test/foreign/feed-readers.ts';
import { postFeed } from './post-feed.ts';

test('images are in the text with their descriptions, and beside it for readers that show none', async () => {
  const image = { id: 'a'.repeat(32), width: 1_200, height: 900, alt: 'A boat, "half" <painted>' };
  const text = postFeed({
    ...{ base: 'https://x.example', path: '/posts.atom', guid: 'g', ids: 'i', language: 'en' },
    rooms: new Map(),
    posts: [
      {
        ...{ key: 36 ** 9, created: Date.UTC(2026, 11, 1) },
        counts: { replies: 0, reposts: 0, quotes: 0, likes: 0 },
        content: {
          ...{ text: 'Look', facets: [], version: 1 },
          images: [image, { ...image, id: 'b'.repeat(32), alt: '' }],
        },
      },
    ],
  });
  const [entry] = elementsOf(strictXml(text), 'entry');
  if (!entry) throw new Error('no entry');
  const [content] = elementsOf(entry, 'content');
  expect(content?.text).toContain(
    `<p><a href="https://x.example/_image/${image.id}-1600.webp"><img src="https://x.example/_image/${image.id}-800.webp" width="1200" height="900" alt="A boat, &quot;half&quot; &lt;painted&gt;"></a></p>`,
  );
  expect(content?.text).toContain('alt=""');
  const beside = elementsOf(entry, 'link').filter(({ attributes }) => attributes.rel === 'enclosure');
  expect(beside.map(({ attributes }) => [attributes.href, attributes.type, attributes.title])).toEqual([
    [`https://x.example/_image/${image.id}-1600.webp`, 'image/webp', image.alt],
    [`https://x.example/_image/${'b'.repeat(32)}-1600.webp`, 'image/webp', undefined],
  ]);
  expect((await readFeed(text)).items).toHaveLength(1);
});
