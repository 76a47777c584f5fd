import { afterEach, expect, test, vi } from 'vitest';
import { openReplay } from './replay.ts';

const LIST = `#EXTM3U
#EXT-X-TARGETDURATION:6
#EXT-X-MAP:URI="init.mp4"
#EXTINF:5.12,
0.m4s
#EXTINF:5.12,
1.m4s
#EXT-X-ENDLIST
`;

/** An element that plays as soon as it is asked to. */
class FakeAudio extends EventTarget {
  currentTime = 0;
  src = '';
  readonly buffered = { length: 0 };
  async play(): Promise<void> {
    this.dispatchEvent(new Event('playing'));
  }
  pause(): void {}
}

afterEach(() => void vi.unstubAllGlobals());

test('a recording that could not be loaded is requested again when somebody presses the button again', async () => {
  let there = false;
  vi.stubGlobal('location', { href: 'https://h/r/x' });
  vi.stubGlobal('fetch', async () => new Response(there ? LIST : '', { status: there ? 200 : 503 }));
  const audio = new FakeAudio();
  const replay = openReplay('x', audio as unknown as HTMLAudioElement, 3);
  await replay.play();
  await vi.waitFor(() => expect(replay.state).toBe('missing'));
  await replay.play();
  expect(replay.state).toBe('missing');
  there = true;
  await replay.play();
  expect(replay.state).toBe('playing');
  expect(audio.currentTime).toBe(3);
  replay.close();
});

test('a place that is chosen while the recording is still loading is where it begins', async () => {
  vi.stubGlobal('location', { href: 'https://h/r/x' });
  vi.stubGlobal('fetch', async () => new Response(LIST));
  const audio = new FakeAudio();
  const replay = openReplay('x', audio as unknown as HTMLAudioElement, 3);
  expect(replay.at).toBe(3);
  const playing = replay.play();
  replay.seek(6);
  expect(replay.at).toBe(6);
  await playing;
  await vi.waitFor(() => expect(replay.state).toBe('playing'));
  expect(audio.currentTime).toBe(6);
  replay.close();
});
