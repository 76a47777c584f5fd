/** How links look elsewhere: what other sites are told, images and codes. */
import jsQrModule from 'jsqr';
import { expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { silentLog } from '../base/log.ts';
import { epochMs, ms } from '../base/time.ts';
import { openCardPainter } from '../picture/index.ts';
import type { PostPreview } from '../wire/listening/link-preview.ts';
import type { RoomCard } from '../wire/room.ts';
import { open, type PreviewDeps } from './index.ts';

const readQr = jsQrModule as unknown as typeof jsQrModule.default;
const BEGIN = Date.UTC(2026, 11, 1, 20);
const room = (more: Partial<RoomCard> = {}): RoomCard => ({
  ...{ slug: 'hall', title: 'The harbour', hosts: ['Ana', 'Bo'], status: 'scheduled' },
  ...{ clocks: { scheduled: BEGIN } },
  ...more,
});
const POST: PostPreview = {
  ...{ id: 'abc', path: '/@ana/abc', title: 'Post by Ana of 1 May 2026', text: 'One & <two>\nthree' },
  ...{ isGone: false, author: { name: 'Ana', path: '/@ana' }, height: 280 },
};

function opened(more: Partial<PreviewDeps> = {}) {
  const clock = manualClock(epochMs(BEGIN - 3_600_000));
  const painter = openCardPainter();
  const state = { card: room() as RoomCard | undefined, post: POST as PostPreview | undefined, drawn: 0 };
  const previews = open({
    ...{ clock, log: silentLog, publicUrl: 'https://rooms.example', framedBy: '*' },
    card: async (slug) => (slug === 'hall' ? state.card : undefined),
    clip: async (_, id) =>
      id === 'c1' ? { id, from: 0, to: 6_000, title: 'A word', made: BEGIN } : undefined,
    post: async (id) => (id === 'abc' ? state.post : undefined),
    async draw(svg) {
      state.drawn += 1;
      return painter.png(svg);
    },
    ...more,
  });
  const ask = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    previews.fetch(new Request(`http://inside${path}`, { headers }));
  const oembed = async (address: string, query = ''): Promise<Record<string, unknown>> => {
    const answer = await ask(`/oembed?url=${encodeURIComponent(address)}${query}`);
    return { status: answer.status, ...((await answer.json()) as object) };
  };
  return { clock, state, ask, oembed };
}

test('other sites learn how to show a room, a clip and a post, in all their states, and for how long that holds', async () => {
  const { oembed, state, clock } = opened();
  const at = 'https://rooms.example/r/hall';
  expect(await oembed(at)).toMatchObject({
    ...{ status: 200, version: '1.0', type: 'rich', title: 'The harbour', author_name: 'Ana, Bo' },
    ...{ cache_age: 3_600, width: 480, height: 280, provider_url: 'https://rooms.example/' },
    thumbnail_url: expect.stringMatching(/^https:\/\/rooms\.example\/r\/hall\/card\.png\?v=[0-9a-f]{12}$/),
    html: expect.stringContaining('src="https://rooms.example/embed/r/hall"'),
  });
  for (const same of ['/embed/r/hall', '/r/hall/embed', '/R/Hall'])
    expect((await oembed(`https://rooms.example${same}`))['title']).toBe('The harbour');
  const seen = new Set([(await oembed(at))['thumbnail_url']]);
  clock.advance(ms(3_500_000));
  // A little before it begins, and when it has not.
  expect(await oembed(at)).toMatchObject({ cache_age: 100 });
  clock.advance(ms(200_000));
  expect(await oembed(at)).toMatchObject({ cache_age: 60 });
  seen.add((await oembed(at))['thumbnail_url']);
  for (const [status, age] of [
    ['open', 60],
    ['live', 60],
    ['ended', 3_600],
    ['cancelled', 3_600],
    ['stopped', 60],
  ] as const) {
    state.card = room({ status, clocks: { scheduled: BEGIN + 9e9, opened: BEGIN, ended: BEGIN + 5e6 } });
    const found = await oembed(at);
    expect([status, found['cache_age']]).toEqual([status, age]);
    seen.add(found['thumbnail_url']);
  }
  expect(seen.size).toBe(7);
  expect(await oembed(`${at}/clip/c1`)).toMatchObject({
    ...{ type: 'rich', title: 'A word', width: 480, height: 250 },
    html: expect.stringContaining('src="https://rooms.example/embed/r/hall/clip/c1"'),
  });
  expect(await oembed('https://rooms.example/@ana/abc')).toMatchObject({
    ...{ type: 'rich', title: POST.title, author_url: 'https://rooms.example/@ana', cache_age: 300 },
    html: expect.stringMatching(/<iframe src="https:\/\/rooms\.example\/embed\/p\/abc".*<blockquote/),
  });
  // Its images are in words where they are not shown.
  state.post = { ...POST, text: '', images: ['Image: A <hall>', 'An image without a description'] };
  const inWords = expect.stringContaining(
    '">Image: A &#60;hall&#62;<br>An image without a description</blockquote>',
  );
  expect(await oembed('https://rooms.example/@ana/abc')).toMatchObject({ html: inWords });
  state.post = { ...POST, isGone: true, text: 'A post by Ana of 1 May 2026 stood here.' };
  expect(await oembed('https://rooms.example/embed/p/abc')).toMatchObject({
    ...{ type: 'rich', cache_age: 3_600, html: expect.stringContaining('stood here.') },
  });
});

test('what is asked for wrongly, is private or is nowhere is refused as the specification has it', async () => {
  const { oembed, state, ask } = opened();
  const at = 'https://rooms.example/r/hall';
  expect((await ask('/oembed')).status).toBe(400);
  expect((await oembed(at, '&format=yaml'))['status']).toBe(501);
  expect(await oembed(at, '&maxwidth=300&maxheight=200')).toMatchObject({ width: 300, height: 200 });
  expect((await oembed(at, '&maxwidth=100'))['status']).toBe(404);
  for (const nowhere of [
    ...[
      'https://other.example/r/hall',
      `${at}/studio`,
      'https://rooms.example/r/none',
      'javascript:alert(1)',
    ],
    ...['https://rooms.example/@ana/zzz', `${at}/clip/none`, '', `${at}~${'a'.repeat(40)}`],
  ])
    expect([nowhere, (await oembed(nowhere))['status']]).toEqual([nowhere, 404]);
  state.card = room({ access: 'private' });
  expect((await oembed(at))['status']).toBe(404);
  expect((await ask('/r/hall/card.png')).status).toBe(404);
  expect((await ask('/r/hall/qr.svg')).status).toBe(404);
});

test('XML is answered as well, and is well formed whatever people write', async () => {
  const { ask, state } = opened();
  state.card = room({ title: 'A <b> & \u0007 ]]> "c"' });
  const answer = await ask('/oembed?format=xml&url=https%3A%2F%2Frooms.example%2Fr%2Fhall');
  expect(answer.headers.get('content-type')).toBe('text/xml; charset=utf-8');
  const text = await answer.text();
  expect(text).toMatch(/^<\?xml version="1\.0" encoding="utf-8" standalone="yes"\?>\n<oembed><version>1\.0</);
  expect(text).toContain('<title>A &lt;b&gt; &amp;  ]]&gt; "c"</title>');
  expect(text).toContain('<html>&lt;iframe src="https://rooms.example/embed/r/hall"');
});

test('where nobody may frame, a room is a link, and a post is a quote', async () => {
  const { oembed } = opened({ framedBy: "'none'" });
  const found = await oembed('https://rooms.example/r/hall');
  expect([found['type'], found['html'], found['width']]).toEqual(['link', undefined, undefined]);
  const post = String((await oembed('https://rooms.example/@ana/abc'))['html']);
  expect(post).toContain('One &#38; &#60;two&#62;<br>three</blockquote>');
  expect(post).not.toContain('iframe');
});

test('an image is drawn once for each state, kept for good under its version, and asked for again without bytes', async () => {
  const { ask, state, oembed, clock } = opened();
  const path = String((await oembed('https://rooms.example/r/hall'))['thumbnail_url']).slice(21);
  const first = await ask(path);
  expect(first.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  const png = Buffer.from(await first.arrayBuffer());
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1200, 630]);
  for (let n = 0; n < 100; n++) await ask(`/r/hall/card.png?v=${n}`);
  expect(state.drawn).toBe(1);
  const again = await ask(path, { 'if-none-match': first.headers.get('etag') ?? '' });
  expect([again.status, (await again.arrayBuffer()).byteLength]).toEqual([304, 0]);
  // The old address has the new state, and is not kept for long.
  state.card = room({ status: 'live', clocks: { firstSpeech: BEGIN } });
  const live = await ask(path);
  expect(live.headers.get('cache-control')).toBe('public, max-age=60');
  expect(live.headers.get('etag')).not.toBe(first.headers.get('etag'));
  expect((await ask('/r/hall/card.png?lang=fr')).headers.get('etag')).not.toBe(live.headers.get('etag'));
  expect((await ask('/@ana/abc/card.png')).headers.get('cache-control')).toBe('public, max-age=300');
  expect((await ask('/@ana/zzz/card.png')).status).toBe(404);
  // Whoever asks for everything at once gets the common image for what is too much.
  const answers: number[] = [];
  for (let n = 0; n < 80; n++) {
    state.card = room({ title: `Room ${n}` });
    answers.push((await ask('/r/hall/card.png')).status);
  }
  expect([...new Set(answers)].sort()).toEqual([200, 302]);
  expect(state.drawn).toBeLessThan(45);
  clock.advance(ms(5_000));
  expect((await ask('/r/hall/card.png')).status).toBe(200);
}, 60_000);

test('while the thread has enough to do, or cannot draw, previews show the common image', async () => {
  const busy = opened({ draw: () => undefined });
  const answer = await busy.ask('/r/hall/card.png');
  expect([answer.status, answer.headers.get('location'), answer.headers.get('cache-control')]).toEqual([
    ...[302, '/_/card.png', 'no-store'],
  ]);
  const broken = opened({ draw: async () => Promise.reject(new Error('the thread ended')) });
  expect((await broken.ask('/r/hall/card.png')).status).toBe(302);
});

/** The pixels of a code as a camera sees them: `scale` to a module. */
function pixelsOf(svg: string, scale: number) {
  const whole = Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1]);
  const size = whole * scale;
  const pixels = new Uint8ClampedArray(size * size * 4).fill(255);
  for (const [, x, y, width] of svg.matchAll(/M(\d+) (\d+)h(\d+)v1/g))
    for (let row = Number(y) * scale; row < (Number(y) + 1) * scale; row++)
      for (let at = Number(x) * scale; at < (Number(x) + Number(width)) * scale; at++)
        pixels.set([0, 0, 0], (row * size + at) * 4);
  return { pixels, size };
}

test('a camera reads the address from the code, and the space around it is wide enough', async () => {
  const { ask } = opened();
  const answer = await ask('/r/hall/qr.svg', { 'accept-language': 'fr' });
  expect(answer.headers.get('content-type')).toBe('image/svg+xml');
  const svg = await answer.text();
  expect(svg).toContain('<title>Code QR de https://rooms.example/r/hall</title>');
  const { pixels, size } = pixelsOf(svg, 4);
  expect(readQr(pixels, size, size)?.data).toBe('https://rooms.example/r/hall');
  for (let n = 0; n < size; n++)
    for (let edge = 0; edge < 16; edge++) expect(pixels[(edge * size + n) * 4]).toBe(255);
});

test('a title in letters that no face has is not drawn in part', async () => {
  const drawn: string[] = [];
  const { ask, state } = opened({
    async draw(svg) {
      drawn.push(svg);
      return undefined;
    },
  });
  for (const title of ['Town hall', 'Собрание', 'שלום (1) ok', '東京 Tokyo', 'مرحبا'])
    await ask('/r/hall/card.png').then(() => {
      state.card = room({ title });
    });
  await ask('/r/hall/card.png');
  const texts = drawn.map((svg) => /font-size="(?:64|56)"[^>]*>([^<]*)</.exec(svg)?.[1]);
  expect(texts).toEqual([
    ...[
      'The harbour',
      'Town hall',
      'Собрание',
      'ok (1) םולש',
      'rooms.example/r/hall',
      'rooms.example/r/hall',
    ],
  ]);
});
