import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { firstSegment, openCachedStream, readList, SEGMENT_MS } from './cached-stream.ts';
import type { Sink } from './stream.ts';

const list = (first: number, last: number, more = ''): string =>
  `#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:${first}\n#EXT-X-MAP:URI="opus64/init.mp4"\n${Array.from(
    { length: last - first + 1 },
    (_, i) => `#EXTINF:5.12,\nopus64/${first + i}.m4s\n`,
  ).join('')}${more}`;

/** A box of a type with a body. */
function box(type: string, body: Uint8Array = new Uint8Array(4)): Uint8Array {
  const bytes = new Uint8Array(8 + body.length);
  new DataView(bytes.buffer).setUint32(0, bytes.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(body, 8);
  return bytes;
}
/** A fragment that says its number, as `mfhd` does. */
function fragment(seq: number): Uint8Array {
  const mfhd = new Uint8Array(16);
  new DataView(mfhd.buffer).setUint32(12, seq);
  return new Uint8Array([...box('moof', mfhd), ...box('mdat')]);
}
const segment = (number: number): Uint8Array =>
  new Uint8Array(Array.from({ length: 16 }, (_, i) => [...fragment(number * 16 + i)]).flat());

interface Trial {
  readonly asked: { url: string; at: number }[];
  readonly heard: number[];
  readonly words: string[];
  /** Answers that differ from "everything is there". */
  broken: (url: URL, n: number) => Response | undefined;
  newest: number;
  fellBack: number;
}
let trial: Trial;
let from: number;
beforeEach(() => {
  vi.useFakeTimers();
  from = performance.now();
  trial = { asked: [], heard: [], words: [], broken: () => undefined, newest: 100, fellBack: 0 };
  vi.stubGlobal('addEventListener', () => {});
  vi.stubGlobal('removeEventListener', () => {});
  vi.stubGlobal('fetch', async (address: string) => {
    const url = new URL(address);
    trial.asked.push({ url: address, at: performance.now() - from });
    const other = trial.broken(url, trial.asked.length);
    if (other) return other;
    const newest = trial.newest + Math.floor((performance.now() - from) / SEGMENT_MS);
    if (url.pathname.endsWith('.m3u8')) return new Response(list(newest - 8, newest));
    if (url.pathname.endsWith('init.mp4')) return new Response(box('moov') as Uint8Array<ArrayBuffer>);
    const number = Number(/(\d+)\.m4s$/.exec(url.pathname)?.[1]);
    return number > newest
      ? new Response('', { status: 404 })
      : new Response(segment(number) as Uint8Array<ArrayBuffer>);
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const sink: Sink = {
  opened: (period) => trial.words.push(`opened ${period}`),
  init: () => trial.words.push('init'),
  fragment: (seq) => trial.heard.push(seq),
  notice: () => trial.words.push('notice'),
  lost: () => trial.words.push('lost'),
  over: () => trial.words.push('over'),
};
const open = (caches: readonly string[] = ['http://a', 'http://b']) =>
  openCachedStream(
    {
      ...{ slug: 'hall', caches, codec: 'opus', delay: 30_000 },
      after: () => trial.heard.at(-1),
      fallback: () => {
        trial.fellBack++;
        return { close() {} };
      },
    },
    sink,
  );
const gapless = (): boolean =>
  trial.heard.every((seq, i) => i === 0 || seq === (trial.heard[i - 1] ?? 0) + 1);
const segments = () => trial.asked.filter(({ url }) => url.endsWith('.m4s'));

test('begins behind the newest segment by the delay, or at the oldest where there is less', () => {
  expect(firstSegment({ first: 90, last: 100, over: false }, 30_000)).toBe(95);
  expect(firstSegment({ first: 99, last: 100, over: false }, 30_000)).toBe(99);
  expect(readList(list(90, 100, '#EXT-X-ENDLIST'))).toEqual({ first: 90, last: 100, over: true });
  expect(readList('#EXTM3U\n')).toBeUndefined();
});

test('requests each segment once, at an even pace, and delivers every fragment once and in order', async () => {
  using _ = { [Symbol.dispose]: open().close };
  await vi.advanceTimersByTimeAsync(60_000);
  expect(trial.words).toEqual(['init', 'opened 5120']);
  expect(trial.heard[0]).toBe(95 * 16);
  expect(trial.heard.length).toBeGreaterThanOrEqual(12 * 16);
  expect(gapless()).toBe(true);
  expect(new Set(segments().map(({ url }) => url)).size).toBe(segments().length);
  const times = segments().map(({ at }) => at);
  for (let i = 2; i < times.length; i++)
    expect(Math.abs((times[i] ?? 0) - (times[i - 1] ?? 0) - SEGMENT_MS)).toBeLessThan(5);
  // One list at the start, then segments alone.
  expect(trial.asked.length - segments().length).toBe(2);
});

test('waits for a second segment where the program has only just begun', async () => {
  trial.newest = 0;
  trial.broken = (url) =>
    url.pathname.endsWith('.m3u8') && performance.now() - from < 3_000 ? new Response(list(0, 0)) : undefined;
  using _ = { [Symbol.dispose]: open().close };
  await vi.advanceTimersByTimeAsync(2_500);
  expect(segments()).toEqual([]);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(trial.heard.length).toBeGreaterThan(32);
  expect(gapless()).toBe(true);
});

test('listeners ask at different instants of the period', async () => {
  const phases: number[] = [];
  for (let n = 0; n < 12; n++) {
    trial.asked.length = 0;
    trial.heard.length = 0;
    const began = performance.now() - from;
    const stream = open();
    await vi.advanceTimersByTimeAsync(SEGMENT_MS);
    stream.close();
    phases.push((segments()[1]?.at ?? 0) - began);
  }
  expect(Math.max(...phases) - Math.min(...phases)).toBeGreaterThan(300);
});

test('switches to the other cache when one fails, and misses nothing', async () => {
  trial.broken = (url, n) => (url.hostname === 'a' && n > 5 ? new Response('', { status: 502 }) : undefined);
  using _ = { [Symbol.dispose]: open().close };
  await vi.advanceTimersByTimeAsync(60_000);
  expect(gapless()).toBe(true);
  expect(trial.heard.length).toBeGreaterThanOrEqual(12 * 16);
  expect(trial.fellBack).toBe(0);
});

test('continues with the stream of the door when no cache answers, once', async () => {
  trial.broken = (_, n) => (n > 8 ? new Response('', { status: 503 }) : undefined);
  using _ = { [Symbol.dispose]: open().close };
  await vi.advanceTimersByTimeAsync(120_000);
  expect(trial.fellBack).toBe(1);
  expect(trial.words.at(-1)).toBe('lost');
  const asked = trial.asked.length;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(trial.asked.length).toBe(asked);
});

test('a segment that is not there yet is waited for; the end of the list is the end', async () => {
  trial.newest = 60;
  using _ = { [Symbol.dispose]: open().close };
  await vi.advanceTimersByTimeAsync(10_000);
  const end = trial.newest + 2;
  trial.broken = (url) => {
    if (url.pathname.endsWith('.m3u8')) return new Response(list(end - 8, end, '#EXT-X-ENDLIST\n'));
    const number = Number(/(\d+)\.m4s$/.exec(url.pathname)?.[1]);
    return number > end ? new Response('', { status: 404 }) : undefined;
  };
  await vi.advanceTimersByTimeAsync(60_000);
  expect(trial.heard.at(-1)).toBe(end * 16 + 15);
  expect(gapless()).toBe(true);
  expect(trial.words.at(-1)).toBe('over');
});
