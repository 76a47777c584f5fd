import { brotliCompressSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { beforeAll, expect, test } from 'vitest';

/**
 * Limit of the scripts that a listener's browser needs before the first sound, in bytes of brotli. Only a change that
 * needs more raises it.
 */
const LISTENER_JS = 19_500;
const LISTENER_CSS = 6_000;
const REPLAY_JS = 3_500;
/** What counts which posts of a page were seen. */
const POSTS_JS = 2_550;
/** What sends the images of a post one by one, with their progress. */
const IMAGES_JS = 3_000;
/** All that a studio can load, what opens on demand included. */
const STUDIO_JS = 100_000;
const STUDIO_CSS = 5_000;
/** Any other style sheet. */
const OTHER_CSS = 1_500;
/** The worker and its page; some 500 of them show reminders, lead to the room and follow a browser's new subscription. */
const OFFLINE_JS = 1_220;
const DISPLAY_FACE = 25_000;

let files: readonly (Rolldown.OutputChunk | Rolldown.OutputAsset)[];
beforeAll(async () => {
  const built = await build({ logLevel: 'silent', build: { write: false } });
  files = (built as Rolldown.RolldownOutput).output;
}, 60_000);

const chunks = (): Rolldown.OutputChunk[] => files.filter((file) => file.type === 'chunk');
const size = (code: string | Uint8Array): number => brotliCompressSync(code).length;
/** The chunk and everything it imports statically. */
const closure = (chunk: Rolldown.OutputChunk, seen = new Set<string>()): Rolldown.OutputChunk[] => {
  if (seen.has(chunk.fileName)) return [];
  seen.add(chunk.fileName);
  const imported = chunks().filter((other) => chunk.imports.includes(other.fileName));
  return [chunk, ...imported.flatMap((other) => closure(other, seen))];
};
/** The same, with everything that any of it may import later. */
const all = (chunk: Rolldown.OutputChunk): Rolldown.OutputChunk[] => {
  const seen = new Set<string>();
  const found = closure(chunk, seen);
  for (const { dynamicImports } of found)
    for (const other of chunks())
      if (dynamicImports.includes(other.fileName)) found.push(...closure(other, seen));
  return found;
};
const named = (end: string): Rolldown.OutputChunk => {
  const found = chunks().find((chunk) => chunk.facadeModuleId?.endsWith(end));
  if (!found) throw new Error(`no chunk for ${end}`);
  return found;
};

test('a listener loads little before the first sound, the language of the page included', () => {
  const needed = closure(named('web/listen/main.ts'));
  const totals = ['english', 'french'].map((language) => {
    const texts = closure(named(`web/kit/${language}.ts`)).filter((chunk) => !needed.includes(chunk));
    expect(texts.length).toBeGreaterThan(0);
    return [...needed, ...texts].reduce((sum, chunk) => sum + size(chunk.code), 0);
  });
  expect(Math.max(...totals)).toBeLessThanOrEqual(LISTENER_JS);
  // A build without the player would be smaller still.
  expect(needed.some((chunk) => chunk.code.includes('earshot-period'))).toBe(true);
});

test('the replay is fetched by those who replay', () => {
  const needed = closure(named('web/listen/main.ts'));
  const replay = closure(named('web/player/replay.ts')).filter((chunk) => !needed.includes(chunk));
  expect(replay.length).toBeGreaterThan(0);
  expect(replay.reduce((sum, chunk) => sum + size(chunk.code), 0)).toBeLessThanOrEqual(REPLAY_JS);
});

test('what counts the posts of a page is tiny, also inside another site', () => {
  for (const entry of ['web/audience/posts.ts', 'web/audience/embed-posts.ts']) {
    const needed = closure(named(entry));
    expect(needed.some((chunk) => chunk.code.includes('post-events'))).toBe(true);
    expect(needed.reduce((sum, chunk) => sum + size(chunk.code), 0)).toBeLessThanOrEqual(POSTS_JS);
  }
});

test('what sends images from a form is small, and no part of what a listener needs', () => {
  const needed = closure(named('web/people/images.ts'));
  expect(needed.some((chunk) => chunk.code.includes('XMLHttpRequest'))).toBe(true);
  expect(needed.reduce((sum, chunk) => sum + size(chunk.code), 0)).toBeLessThanOrEqual(IMAGES_JS);
  expect(closure(named('web/listen/main.ts')).filter((chunk) => needed.includes(chunk))).toEqual([]);
});

test('a studio loads little, all its dialogs and both languages included', () => {
  const needed = all(named('web/studio/main.tsx'));
  expect(needed.some((chunk) => chunk.code.includes('RTCPeerConnection'))).toBe(true);
  expect(needed.reduce((sum, chunk) => sum + size(chunk.code), 0)).toBeLessThanOrEqual(STUDIO_JS);
});

test('what shows a page without a connection is tiny, imports nothing, and is no part of what a listener needs', () => {
  const own = ['web/offline/service-worker.ts', 'web/offline/page.ts'].map(named);
  expect(own.map(({ fileName, imports }) => [fileName, imports])).toEqual([
    ['service-worker.js', []],
    ['offline.js', []],
  ]);
  expect(own.reduce((sum, chunk) => sum + size(chunk.code), 0)).toBeLessThanOrEqual(OFFLINE_JS);
  const listener = closure(named('web/listen/main.ts'));
  expect(listener.filter(({ code }) => code.includes('service-worker'))).toEqual([]);
});

test('neither a framework nor the studio reaches the listener', () => {
  const modules = closure(named('web/listen/main.ts')).flatMap((chunk) => Object.keys(chunk.modules));
  expect(modules.filter((id) => /node_modules|web\/(studio|capture)\//.test(id))).toEqual([]);
});

test('styles, the studio’s as well, and the display face stay small', () => {
  const assets = files.filter((file) => file.type === 'asset');
  const styles = assets.filter((file) => /^(style|listen|main)-.*\.css$/.test(file.fileName));
  // The studio and the page of the operator are nobody's who listens.
  const listening = styles.filter((file) => !/\.(?:studio|operate)\b/.test(String(file.source)));
  expect(listening.length).toBeGreaterThan(0);
  expect(listening.reduce((sum, file) => sum + size(file.source), 0)).toBeLessThanOrEqual(LISTENER_CSS);
  const studio = assets.filter(
    (file) => file.fileName.endsWith('.css') && /\.studio\b/.test(String(file.source)),
  );
  expect(studio.length).toBeGreaterThan(0);
  expect(studio.reduce((sum, file) => sum + size(file.source), 0)).toBeLessThanOrEqual(STUDIO_CSS);
  const others = assets.filter(
    (file) => file.fileName.endsWith('.css') && !listening.includes(file) && !studio.includes(file),
  );
  for (const file of others)
    expect([file.fileName, size(file.source) <= OTHER_CSS]).toEqual([file.fileName, true]);
  const faces = assets.filter((file) => file.fileName.endsWith('.woff2'));
  expect(faces.length).toBeGreaterThan(0);
  for (const face of faces) expect(Buffer.byteLength(face.source)).toBeLessThanOrEqual(DISPLAY_FACE);
});
