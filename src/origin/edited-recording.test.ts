import { describe, expect, it } from 'vitest';
import { markedFragment } from '../../test/synthetic.ts';
import { wholeFragments } from '../media/boxes.ts';
import { RENDITIONS } from '../wire/renditions.ts';
import { NO_EDITS, type Trim } from '../wire/replay/edits.ts';
import { cutPieces, editedRecordings } from './edited-recording.ts';

const PIECES = [
  { first: 16, count: 16 },
  { first: 32, count: 16 },
  { first: 60, count: 4 },
];
const trim = (first: number, end: number): Trim => ({
  ...{ id: `${first}`, from: 0, to: 0, first, end, note: 'x', made: 0 },
});

function edited(...trims: Trim[]) {
  return editedRecordings({
    recording: async () => ({
      ...{ title: '', zero: 0, gaps: [], marks: [], loudness: { peak: -3, seconds: 9 } },
      renditions: RENDITIONS.filter(({ id }) => id === 'aac96'),
      pieces: new Map([['aac96', PIECES]]),
    }),
    edits: async () => ({ ...NO_EDITS, trims }),
    init: async () => undefined,
    read: async (_, rendition, { first, count }) =>
      PIECES.some((piece) => piece.first === first && piece.count === count)
        ? Buffer.concat(Array.from({ length: count }, (_, n) => markedFragment(rendition, first + n)))
        : undefined,
    frameSizes: async () => Buffer.alloc(2),
  });
}

describe('pieces without what was trimmed', () => {
  it('keep what is left on both sides', () => {
    expect(cutPieces(PIECES, [{ first: 20, end: 40 }])).toEqual([
      { first: 16, count: 4 },
      { first: 40, count: 8 },
      { first: 60, count: 4 },
    ]);
    expect(cutPieces(PIECES, [{ first: 0, end: 100 }])).toEqual([]);
    expect(
      cutPieces(PIECES, [
        { first: 20, end: 22 },
        { first: 24, end: 25 },
      ]).slice(0, 3),
    ).toEqual([
      { first: 16, count: 4 },
      { first: 22, count: 2 },
      { first: 25, count: 7 },
    ]);
  });
});

describe('a trimmed recording', () => {
  it('lists what is left, and gives no piece that has something of the rest', async () => {
    const port = edited(trim(20, 40));
    expect((await port.recording('hall'))?.pieces.get('aac96')).toEqual([
      { first: 16, count: 4 },
      { first: 40, count: 8 },
      { first: 60, count: 4 },
    ]);
    expect(await port.read('hall', 'aac96', { first: 16, count: 16 })).toBeUndefined();
    expect(await port.read('hall', 'aac96', { first: 32, count: 16 })).toBeUndefined();
    for (const [first, count] of [
      [16, 4],
      [40, 8],
      [60, 4],
    ] as const) {
      const bytes = await port.read('hall', 'aac96', { first, count });
      expect(wholeFragments(bytes ?? new Uint8Array()).map(({ seq }) => seq)).toEqual(
        Array.from({ length: count }, (_, n) => first + n),
      );
    }
    expect(await port.read('hall', 'aac96', { first: 38, count: 3 })).toBeUndefined();
  });

  it('uses neither the index of frames nor the loudness of the whole', async () => {
    expect(await edited(trim(20, 40)).frameSizes?.('hall', 'aac96', 0, 1)).toBeUndefined();
    expect((await edited(trim(20, 40)).recording('hall'))?.loudness).toBeUndefined();
    expect(await edited().frameSizes?.('hall', 'aac96', 0, 1)).toBeDefined();
    expect((await edited().recording('hall'))?.loudness).toBeDefined();
  });

  it('whose edits cannot be read is not given out as if nothing had been trimmed', async () => {
    const port = editedRecordings({
      recording: async () => undefined,
      edits: () => Promise.reject(new SyntaxError('damaged')),
      init: async () => undefined,
      read: async () => Buffer.alloc(1),
    });
    await expect(port.read('hall', 'aac96', { first: 16, count: 16 })).rejects.toThrow('damaged');
    await expect(port.recording('hall')).rejects.toThrow('damaged');
  });
});
