import { beforeAll, describe, expect, test } from 'vitest';
import { decodeWithFfmpeg } from '../../test/ffmpeg.ts';
import { framesOf, packageSound } from '../../test/packaged.ts';
import { delayOf, snr, speechLike } from '../../test/sound.ts';
import { worstExcess } from '../../test/splice-excess.ts';
import type { Fragment } from '../base/media.ts';
import { aacWindow, edgeFrames, spliceable } from '../media/aac-window.ts';
import { retime } from '../media/fragment-slot.ts';
import { PRIMING } from '../media/priming.ts';
import { RENDITIONS } from '../wire/renditions.ts';
import { initOf } from './container.ts';
import { loadCodecs } from './encoding.ts';
import { adtsFragment } from './radio.ts';

const AAC = ['aac96', 'aac64', 'aac56'];
const speech = speechLike(12, 5);
const slots = Math.floor(speech.length / 15_360);
let coded: Map<string, Fragment[]>;
const bytesOf = (id: string): Uint8Array[] => coded.get(id)!.map(({ bytes }) => bytes);
const file = (id: string, fragments = bytesOf(id)): Buffer =>
  Buffer.concat([initOf(RENDITIONS.find((rendition) => rendition.id === id)!), ...fragments]);

beforeAll(async () => {
  coded = await packageSound(await loadCodecs(), RENDITIONS, speech);
}, 120_000);

describe('AAC', () => {
  const decoded = new Map<string, Float32Array>();
  beforeAll(async () => {
    for (const id of AAC) decoded.set(id, await decodeWithFfmpeg('mp4', file(id)));
  });

  test('fifteen frames in every fragment, the first included, and all of them are heard', () => {
    for (const id of AAC) {
      expect(bytesOf(id)).toHaveLength(slots);
      expect(bytesOf(id).every((bytes) => framesOf(bytes).length === 15)).toBe(true);
      expect(decoded.get(id)!.length).toBe(slots * 15_360);
    }
  });

  test('the sound comes back later by exactly the priming', () => {
    for (const id of AAC) expect(delayOf(decoded.get(id)!, speech)).toBe(PRIMING.aac);
  });

  test.each([
    ['aac96', 22],
    ['aac64', 15],
    ['aac56', 12],
  ])('%s has at least %i dB of signal over error', (id, least) => {
    expect(snr(decoded.get(id)!, speech, PRIMING.aac, 9_600, 480_000)).toBeGreaterThan(least);
  });

  test('nine in ten boundaries can be spliced', () => {
    let fit = 0;
    for (let seq = 1; seq < slots; seq++) {
      const before = edgeFrames(bytesOf('aac96')[seq - 1]!).last;
      if (spliceable(before, edgeFrames(bytesOf('aac56')[seq]!).first)) fit++;
    }
    expect(fit / (slots - 1)).toBeGreaterThan(0.9);
  });

  test.each([
    ['aac96', 'aac64'],
    ['aac96', 'aac56'],
    ['aac64', 'aac56'],
  ])('splices between %s and %s where the windows match add at most 6 dB in any 5 ms', async (a, b) => {
    const spliced: Uint8Array[] = [];
    const boundaries: number[] = [];
    let [now, other] = [a, b];
    for (let seq = 0; seq < slots; seq++) {
      const next = bytesOf(other)[seq]!;
      const last = spliced.at(-1);
      if (seq % 2 === 1 && last && spliceable(edgeFrames(last).last, edgeFrames(next).first)) {
        [now, other] = [other, now];
        boundaries.push(seq * 15_360);
      }
      spliced.push(bytesOf(now)[seq]!);
    }
    const sound = await decodeWithFfmpeg('mp4', file(a, spliced));
    expect(boundaries.length).toBeGreaterThan(14);
    const unspliced = [decoded.get(a)!, decoded.get(b)!];
    expect(worstExcess(speech, PRIMING.aac, sound, unspliced, boundaries)).toBeLessThanOrEqual(6);
  });

  test('a splice where the windows do not match is heard, and is refused', async () => {
    const [a, b] = [bytesOf('aac96').flatMap(framesOf), bytesOf('aac56').flatMap(framesOf)];
    const misfits: number[] = [];
    for (let n = 1; n < a.length; n++) if (!spliceable(a[n - 1]!, b[n]!)) misfits.push(n);
    expect(misfits.length).toBeGreaterThan(0);
    const worst = await Promise.all(
      misfits.slice(0, 12).map(async (n) => {
        const frames = [...a.slice(0, n), ...b.slice(n, n + 8)];
        const sound = await decodeWithFfmpeg('aac', adtsFragment(frames));
        return worstExcess(
          speech,
          PRIMING.aac,
          sound,
          [decoded.get('aac96')!, decoded.get('aac56')!],
          [n * 1024],
        );
      }),
    );
    expect(Math.max(...worst)).toBeGreaterThan(6);
  });

  test('the windows read from the frames are in an order that AAC allows', () => {
    const windows = bytesOf('aac96').flatMap(framesOf).map(aacWindow);
    expect(new Set(windows)).toEqual(new Set(['long', 'start', 'short', 'stop']));
    windows.forEach((window, n) => {
      const opened = n > 0 && (windows[n - 1] === 'start' || windows[n - 1] === 'short');
      if (n > 0) expect(window === 'short' || window === 'stop', `frame ${n}`).toBe(opened);
    });
  });
});

describe('radio', () => {
  test('ADTS carries the frames of aac96, nothing encoded twice', () => {
    const frames = bytesOf('aac96').flatMap(framesOf);
    expect(Buffer.concat(bytesOf('radio-aac'))).toEqual(Buffer.from(adtsFragment(frames)));
  });

  test('ADTS plays from any fragment on', async () => {
    const sound = await decodeWithFfmpeg('aac', Buffer.concat(bytesOf('radio-aac').slice(7)));
    expect(sound.length).toBe((slots - 7) * 15_360);
    expect(delayOf(sound, speech.subarray(7 * 15_360))).toBe(PRIMING.aac);
  });

  test('MP3 is later by its priming and has at least 12 dB of signal over error', async () => {
    const sound = await decodeWithFfmpeg('mp3', Buffer.concat(bytesOf('radio-mp3')));
    expect(delayOf(sound, speech)).toBe(PRIMING.mp3);
    expect(snr(sound, speech, PRIMING.mp3)).toBeGreaterThan(12);
  });

  test('Ogg plays without an error about checksums or page numbers', async () => {
    const sound = await decodeWithFfmpeg('ogg', file('radio-opus'));
    expect(sound.length).toBe(slots * 15_360 - PRIMING.opus);
    expect(snr(sound, speech, 0)).toBeGreaterThan(15);
  });

  test('Ogg pages moved to other slots play as well', async () => {
    const moved = bytesOf('radio-opus').map((bytes, seq) => retime('ogg', bytes, seq + 4_000_000));
    const sound = await decodeWithFfmpeg('ogg', file('radio-opus', moved));
    const from = (slots - 4) * 15_360;
    const end = sound.subarray(sound.length - 4 * 15_360 + PRIMING.opus);
    expect(snr(end, speech.subarray(from), 0, 0, 45_000)).toBeGreaterThan(15);
  });
});
