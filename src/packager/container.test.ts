import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from 'mediabunny';
import { beforeAll, describe, expect, test } from 'vitest';
import { framesOf, packageSound } from '../../test/packaged.ts';
import { speechLike } from '../../test/sound.ts';
import type { Fragment } from '../base/media.ts';
import { retime } from '../media/fragment-slot.ts';
import { RENDITIONS } from '../wire/renditions.ts';
import { fragmentOf, initOf } from './container.ts';
import { loadCodecs } from './encoding.ts';

const FIRST = 9_000_016;
const SLOTS = 6;
let coded: Map<string, Fragment[]>;
beforeAll(async () => {
  coded = await packageSound(await loadCodecs(), RENDITIONS, speechLike(SLOTS * 0.32 + 0.1, 2), {
    firstSeq: FIRST,
  });
}, 120_000);

const rendition = (id: string) => RENDITIONS.find((one) => one.id === id)!;
const bytesOf = (id: string): Uint8Array[] => coded.get(id)!.map(({ bytes }) => bytes);
const fmp4 = RENDITIONS.filter(({ container }) => container === 'fmp4');

/** Everything that mediabunny finds in the file. */
async function parse(id: string, fragments = bytesOf(id)) {
  using input = new Input({
    formats: ALL_FORMATS,
    source: new BufferSource(Buffer.concat([initOf(rendition(id)), ...fragments])),
  });
  const track = (await input.getPrimaryAudioTrack())!;
  const packets = [];
  for await (const packet of new EncodedPacketSink(track).packets()) packets.push(packet);
  return {
    track,
    packets,
    codec: await track.getCodecParameterString(),
    config: (await track.getDecoderConfig())!,
  };
}

describe.each(fmp4.map(({ id, codec }) => [id, codec] as const))('%s, read by mediabunny', (id, codec) => {
  const frame = codec === 'opus' ? 960 : 1024;
  test('is the codec it is called, with every frame at its place on the grid', async () => {
    const { codec: name, config, packets } = await parse(id);
    expect(name).toBe(rendition(id).codecs);
    expect(config.sampleRate).toBe(48_000);
    expect(config.numberOfChannels).toBe(codec === 'opus' ? 2 : 1);
    expect(packets).toHaveLength((SLOTS * 15_360) / frame);
    packets.forEach((packet, n) => {
      expect(packet.timestamp * 48_000).toBeCloseTo(FIRST * 15_360 + n * frame, 3);
      expect(packet.duration * 48_000).toBeCloseTo(frame, 6);
      expect(packet.type).toBe('key');
    });
  });

  test('continues without a seam after a fragment that was moved into its slot', async () => {
    const [first, , third] = bytesOf(id);
    const { packets } = await parse(id, [first!, retime('fmp4', third!, FIRST + 1)]);
    packets.forEach((packet, n) => {
      expect(packet.timestamp * 48_000).toBeCloseTo(FIRST * 15_360 + n * frame, 3);
    });
    expect(packets).toHaveLength((2 * 15_360) / frame);
  });

  test('spends at most 164 bytes a fragment on boxes', () => {
    for (const bytes of bytesOf(id)) {
      const sound = framesOf(bytes).reduce((sum, { length }) => sum + length, 0);
      expect(bytes.length - sound).toBeLessThanOrEqual(164);
    }
  });
});

test('all renditions of a codec share one init segment, byte for byte', () => {
  for (const codec of ['opus', 'aac'] as const) {
    const inits = fmp4.filter((one) => one.codec === codec).map(initOf);
    expect(inits.length).toBeGreaterThan(2);
    for (const init of inits) expect(init).toEqual(inits[0]);
  }
});

test('Ogg as mediabunny reads it has every packet of opus64, unchanged', async () => {
  const { codec, packets } = await parse('radio-opus');
  expect(codec).toBe('opus');
  const wanted = bytesOf('opus64').flatMap(framesOf);
  expect(packets.map(({ data }) => Buffer.from(data))).toEqual(wanted.map((frame) => Buffer.from(frame)));
});

test('ADTS and MP3 as mediabunny reads them are whole frames', async () => {
  expect((await parse('radio-aac')).packets).toHaveLength(SLOTS * 15);
  const mp3 = await parse('radio-mp3');
  // The encoder holds back up to 3,840 samples.
  expect(mp3.packets.length).toBeGreaterThanOrEqual((SLOTS * 15_360 - 3_840) / 1152 - 1);
  expect(mp3.packets.every(({ data }) => data.length === 192)).toBe(true);
});

test('a fragment with a missing frame is never made', () => {
  const frames = bytesOf('aac64').flatMap(framesOf);
  for (const count of [0, 14, 16]) {
    expect(() => fragmentOf(rendition('aac64'), 1, frames.slice(0, count))).toThrow(RangeError);
    expect(() => fragmentOf(rendition('radio-aac'), 1, frames.slice(0, count))).toThrow(RangeError);
  }
});

test('fragments own their memory, so that it can be handed to another thread', () => {
  for (const fragments of coded.values()) {
    for (const { bytes } of fragments) expect(bytes.buffer.byteLength).toBe(bytes.byteLength);
  }
});
