import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Broadcast, broadcast } from './rig/broadcast.ts';

/** The wave of the test program satisfies the recurrence x[n+1] + x[n-1] = 2cos(w)x[n]. */
const TURN = 2 * Math.cos((2 * Math.PI * 440) / 48_000);

let dir: string;
let air: Broadcast;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'earshot-hls-'));
  air = await broadcast(dir, ['opus64', 'aac96', 'aac64']);
});
afterAll(async () => {
  await air?.[Symbol.asyncDispose]();
  await rm(dir, { recursive: true });
});

interface Played {
  readonly samples: Float32Array;
  readonly complaints: string;
}

/** The sound that ffmpeg decodes from an address, as mono floats at 48 kHz, and all its messages. */
async function play(
  url: string,
  args: readonly string[] = [],
  before: readonly string[] = [],
): Promise<Played> {
  const { stdout, stderr } = await promisify(execFile)(
    'ffmpeg',
    [
      '-hide_banner',
      '-loglevel',
      'warning',
      ...before,
      '-i',
      url,
      ...args,
      '-map',
      '0:a:0',
      '-ac',
      '1',
      '-ar',
      '48000',
      '-f',
      'f32le',
      'pipe:1',
    ],
    { encoding: 'buffer', maxBuffer: 256 << 20 },
  );
  const samples = new Float32Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + stdout.length));
  // It fetches a live playlist's EXT-X-MAP again with each reload and reports that; this is normal.
  const complaints = stderr
    .toString()
    .split('\n')
    .filter((line) => !/duplicated MOOV|Last message repeated/.test(line))
    .join('\n');
  return { samples, complaints };
}

/** Samples at which the tone does not continue smoothly, without the first and last 50 ms. */
function breaks(samples: Float32Array): number {
  let found = 0;
  for (let n = 2400; n < samples.length - 2400; n++) {
    const expected = TURN * (samples[n] ?? 0) - (samples[n - 1] ?? 0);
    if (Math.abs((samples[n + 1] ?? 0) - expected) > 0.01) found++;
  }
  return found;
}

function rms(samples: Float32Array): number {
  let power = 0;
  for (const sample of samples) power += sample * sample;
  return Math.sqrt(power / samples.length);
}

/** Integrated loudness as ffmpeg measures it, played on two loudspeakers. */
async function loudness(url: string): Promise<number> {
  const { stderr } = await promisify(execFile)('ffmpeg', [
    ...[
      '-hide_banner',
      '-nostats',
      '-i',
      url,
      '-map',
      '0:a:0',
      '-af',
      'ebur128=dualmono=true',
      '-f',
      'null',
      '-',
    ],
  ]);
  return Number(/Integrated loudness:\s+I:\s+(-?[\d.]+) LUFS/.exec(stderr)?.[1]);
}

const read = async (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(air.url + path, { headers });

describe.concurrent('a foreign player (ffmpeg)', () => {
  for (const rendition of ['opus64', 'aac96'])
    it(`plays live HLS in ${rendition} for 12 s without a break`, async () => {
      const { samples, complaints } = await play(`${air.url}/live/${rendition}.m3u8`, ['-t', '12']);
      expect(complaints).toBe('');
      expect(samples.length).toBeGreaterThan(11.9 * 48_000);
      expect(rms(samples)).toBeGreaterThan(0.3);
      expect(breaks(samples)).toBe(0);
    });

  it('plays the multivariant playlist', async () => {
    const { samples, complaints } = await play(`${air.url}/live/main.m3u8`, ['-t', '6']);
    expect(complaints).toBe('');
    expect(breaks(samples)).toBe(0);
    expect(rms(samples)).toBeGreaterThan(0.3);
  });
});

describe('a foreign player (ffmpeg), later', () => {
  it('plays the replay from the beginning while the room is live', async () => {
    const list = await (await read('/replay/aac96.m3u8')).text();
    expect(list).toContain('#EXT-X-PLAYLIST-TYPE:EVENT');
    const { samples } = await play(`${air.url}/replay/aac96.m3u8`, ['-t', '10'], ['-live_start_index', '0']);
    expect(samples.length).toBe(480_000);
    expect(breaks(samples)).toBe(0);
    expect(rms(samples)).toBeGreaterThan(0.3);
  });
});

describe('after the end', () => {
  beforeAll(() => air.end());

  for (const rendition of ['opus64', 'aac96'])
    it(`the replay in ${rendition} is whole: every recorded second, without a break`, async () => {
      const list = await (await read(`/replay/${rendition}.m3u8`)).text();
      expect(list).toContain('#EXT-X-ENDLIST');
      const promised = [...list.matchAll(/#EXTINF:([\d.]+)/g)].reduce(
        (sum, [, text]) => sum + Number(text),
        0,
      );
      const { samples, complaints } = await play(`${air.url}/replay/${rendition}.m3u8`);
      expect(complaints).toBe('');
      expect(Math.abs(samples.length / 48_000 - promised)).toBeLessThan(0.1);
      expect(breaks(samples)).toBe(0);
    });

  it('the download is one seekable file of the right length, with title', async () => {
    const { stdout } = await promisify(execFile)('ffprobe', [
      ...[
        '-v',
        'error',
        '-show_entries',
        'format=duration:format_tags=title',
        '-of',
        'json',
        `${air.url}/replay.m4a`,
      ],
    ]);
    const { format } = JSON.parse(stdout);
    expect(format.tags.title).toBe('A tone');
    const whole = await play(`${air.url}/replay.m4a`);
    expect(whole.complaints).toBe('');
    expect(breaks(whole.samples)).toBe(0);
    expect(Math.abs(whole.samples.length / 48_000 - Number(format.duration))).toBeLessThan(0.05);
    // A seek requests a range and decodes from there.
    const { samples } = await play(`${air.url}/replay.m4a`, ['-ss', '7', '-t', '2']);
    expect(samples.length).toBe(96_000);
    expect(breaks(samples)).toBe(0);
  });

  it('the normalised download is nearest to -16 LUFS in steps of 1.5 dB, and otherwise the same sound', async () => {
    const plain = await loudness(`${air.url}/replay.m4a`);
    // No cell mixed this program, so its loudness must be measured first.
    for (let look = 0; look < 60 && (await read('/replay.m4a?loudness=normalised')).status === 503; look++)
      await wait(250);
    const normalised = await loudness(`${air.url}/replay.m4a?loudness=normalised`);
    expect(plain).toBeGreaterThan(-12);
    expect(Math.abs(normalised + 16)).toBeLessThanOrEqual(0.85);
    const { samples, complaints } = await play(`${air.url}/replay.m4a?loudness=normalised`);
    expect(complaints).toBe('');
    expect(breaks(samples)).toBe(0);
  });

  it('the live address leads to the end of the list', async () => {
    expect(await (await read('/live/opus64.m3u8')).text()).toContain('#EXT-X-ENDLIST');
  });
});
