/** MP4 boxes and messages in a stream, as the commands that listen and rehearse read them, and frames of the bus. */
import { encodeFrame, FrameReader } from '../../src/bus/frame.ts';
import { findBox, fragmentFrames, fragmentSeq, wholeFragments } from '../../src/media/boxes.ts';
import { StreamReader } from '../../src/rehearsal/people/stream-reader.ts';
import { decodeNotice } from '../../src/wire/notice.ts';
import { tagOf, withTag } from '../../src/wire/segment-tag.ts';
import { RECORD_BYTES, readRecord } from '../../src/wire/session-record.ts';
import { decodeState, encodeState } from '../../src/wire/state-box.ts';
import { target } from './engine/target.ts';

const box = (type: string, ...content: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(content);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + body.length);
  head.write(type, 4);
  return Buffer.concat([head, body]);
};
const numbers = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => void bytes.writeUInt32BE(value, i * 4));
  return bytes;
};
const moof = box(
  'moof',
  box('mfhd', numbers(0, 7)),
  box(
    'traf',
    box('tfhd', numbers(0x20010, 1, 3)),
    box('tfdt', numbers(0, 0)),
    box('trun', numbers(0x200, 2, 3, 4)),
  ),
);
const fragment = Buffer.concat([moof, box('mdat', Buffer.alloc(7, 1))]);
const head = Buffer.concat([box('ftyp', Buffer.from('iso6')), box('moov', box('mvhd', Buffer.alloc(20)))]);
const state = encodeState({ at: 5 });

export default target({
  covers: [
    'src/media/boxes.ts',
    'src/rehearsal/people/stream-reader.ts',
    'src/wire/notice.ts',
    'src/wire/segment-tag.ts',
    'src/wire/state-box.ts',
    'src/wire/event-box.ts',
    'src/wire/session-record.ts',
    'src/bus/frame.ts',
  ],
  run(bytes) {
    fragmentSeq(bytes);
    wholeFragments(bytes);
    fragmentFrames(bytes);
    findBox(bytes, ['moov', 'trak', 'mdia']);
    tagOf(bytes);
    decodeState(bytes);
    decodeNotice(bytes);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = 0; at + RECORD_BYTES <= bytes.length; at += RECORD_BYTES) readRecord(view, at);
    const reader = new StreamReader(
      {
        sound: () => {},
        fragment: () => {},
        notice: () => {},
        broken: () => {},
        told: (said) => void decodeState(said),
      },
      bytes.length % 2 === 0,
    );
    const step = 1 + (bytes[0] ?? 0);
    for (let at = 0; at < bytes.length; at += step) reader.push(bytes, at, Math.min(bytes.length, at + step));
    try {
      const frames = new FrameReader();
      for (let at = 0; at < bytes.length; at += step)
        for (const { head: said } of frames.push(bytes.subarray(at, at + step))) JSON.stringify(said);
    } catch (error) {
      // A peer that sends no frames is dropped.
      if (!(error instanceof RangeError || error instanceof SyntaxError)) throw error;
    }
  },
  seeds: [
    fragment,
    Buffer.concat([head, state, withTag(Buffer.alloc(16, 3), fragment), fragment]),
    encodeFrame({ head: { kind: 'rest', slug: 'hall' }, body: Buffer.from('abc') }),
  ],
  words: ['moof', 'mdat', 'emsg', 'mfhd', 'traf', 'tfhd', 'trun', 'tfdt', 'ftyp', 'moov', 'styp', 'free'],
});
