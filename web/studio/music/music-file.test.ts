import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { askMusic, looksLikeSound, sendMusic } from './music-file.ts';

const bytes = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

test('a sound file that this browser cannot play is told apart from a file that is not sound', () => {
  for (const head of [
    'RIFF\x10\0\0\0WAVEfmt ',
    'OggS\0\x02',
    'fLaC\0',
    'ID3\x04',
    'FORM\0\0\0\0AIFF',
    '\0\0\0\x20ftypM4A ',
  ])
    expect(looksLikeSound(bytes(head))).toBe(true);
  expect(looksLikeSound(Uint8Array.of(0xff, 0xfb, 0x90))).toBe(true);
  for (const head of ['', 'hello', '<html>', '%PDF-1.7', '\x89PNG\r\n', 'PK\x03\x04', 'RIFF\x10\0\0\0WEBP'])
    expect(looksLikeSound(bytes(head))).toBe(false);
});

const store = new Map<string, string>();
let sent: { url: string; size: number }[];
let answer: { status: number; body: string };
/** A browser that decodes everything to a second of silence, except files that begin with `bad`. */
beforeEach(() => {
  store.clear();
  sent = [];
  answer = { status: 200, body: '{"seconds":20}' };
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => store.get(key) ?? null,
    setItem: (key: string, value: string) => void store.set(key, value),
  });
  vi.stubGlobal(
    'OfflineAudioContext',
    class {
      async decodeAudioData(file: ArrayBuffer) {
        if (new TextDecoder().decode(file.slice(0, 4)) !== 'RIFF') throw new Error('EncodingError');
        return { numberOfChannels: 1, length: 48_000, getChannelData: () => new Float32Array(48_000) };
      }
    },
  );
  vi.stubGlobal(
    'XMLHttpRequest',
    class extends EventTarget {
      readonly upload = new EventTarget();
      status = 0;
      responseText = '';
      url = '';
      open(_: string, url: string) {
        this.url = url;
      }
      setRequestHeader() {}
      getResponseHeader = () => null;
      abort() {
        this.dispatchEvent(new Event('abort'));
      }
      async send(body: ArrayBuffer) {
        sent.push({ url: this.url, size: body.byteLength });
        await Promise.resolve();
        const half = { loaded: body.byteLength / 2, total: body.byteLength };
        this.upload.dispatchEvent(Object.assign(new Event('progress'), half));
        this.status = answer.status;
        this.responseText = answer.body;
        this.dispatchEvent(new Event('load'));
      }
    },
  );
  vi.stubGlobal('fetch', async () => new Response(answer.body, { status: answer.status }));
});
afterEach(() => void vi.unstubAllGlobals());

const send = async (content: string, signal = new AbortController().signal) => {
  const shares: number[] = [];
  const file = new File([content], 'hold.mp3');
  return { it: await sendMusic('r', 'T', file, { progress: (share) => shares.push(share), signal }), shares };
};

test('a file is sent with its progress, and is known by its name as long as the server plays it', async () => {
  const { it, shares } = await send('RIFF');
  expect([it, shares]).toEqual([{ seconds: 20, name: 'hold.mp3' }, [0, 0.5]]);
  expect(sent).toEqual([{ url: '/api/rooms/r/music', size: 44 + 96_000 }]);
  expect(await askMusic('r', 'T')).toEqual({ seconds: 20, name: 'hold.mp3' });
  answer.body = '{"seconds":31}';
  expect(await askMusic('r', 'T')).toEqual({ seconds: 31 });
  answer.body = '{"seconds":null}';
  expect(await askMusic('r', 'T')).toBeUndefined();
});

test('what went wrong is one of a few things, each with its words', async () => {
  expect((await send('text')).it).toBe('no-sound');
  expect((await send('OggS')).it).toBe('unreadable');
  answer = { status: 408, body: '{"code":"too-slow"}' };
  expect((await send('RIFF')).it).toMatchObject({ refused: true, code: 'too-slow' });
  const stop = new AbortController();
  stop.abort();
  expect((await send('RIFF', stop.signal)).it).toBe('stopped');
});
