import { expect, test } from 'vitest';
import { pieceAt, placeAt, readPlaylist, variantOf } from './playlist.ts';

const base = 'http://host/r/x/replay/main.m3u8';

test('the Opus variant is chosen where it plays, else AAC', () => {
  const text = `#EXTM3U
#EXT-X-STREAM-INF:BANDWIDTH=110000,CODECS="mp4a.40.2"
aac96.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=70000,CODECS="opus"
opus64.m3u8
`;
  expect(variantOf(text, base, () => true)).toBe('http://host/r/x/replay/opus64.m3u8');
  expect(variantOf(text, base, (codecs) => codecs !== 'opus')).toBe('http://host/r/x/replay/aac96.m3u8');
  expect(variantOf(text, base, () => false)).toBeUndefined();
  expect(variantOf('#EXTM3U\n#EXTINF:5,\na.m4s', base, () => true)).toBe(base);
});

test('pieces get their place, their init, their bytes and their wall-clock time', () => {
  const { pieces, seconds, complete } = readPlaylist(
    `#EXTM3U
#EXT-X-TARGETDURATION:6
#EXT-X-MAP:URI="init-opus.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-22T10:00:00.000Z
#EXTINF:5.12000,
#EXT-X-BYTERANGE:1000@0
all.mp4
#EXTINF:5.12000,
#EXT-X-BYTERANGE:900
all.mp4
#EXT-X-GAP
#EXTINF:5.12000,
lost.m4s
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="init-2.mp4"
#EXTINF:2.56000,
last.m4s
#EXT-X-ENDLIST
`,
    base,
  );
  expect(complete).toBe(true);
  expect(seconds).toBeCloseTo(17.92);
  expect(pieces.map((piece) => [piece.at, piece.range, piece.init.slice(-12)])).toEqual([
    [0, [0, 1000], 'nit-opus.mp4'],
    [5.12, [1000, 900], 'nit-opus.mp4'],
    [15.36, undefined, 'y/init-2.mp4'],
  ]);
  expect(pieces[1]?.wall).toBe(Date.UTC(2026, 10, 22, 10, 0, 5, 120));
});

test('the place in a recording finds its piece, the next one inside a hole, none behind the end', () => {
  const { pieces } = readPlaylist('#EXTINF:5,\na\n#EXT-X-GAP\n#EXTINF:5,\nb\n#EXTINF:5,\nc\n', base);
  expect([0, 4.9, 5, 9, 10, 14.9, 15].map((at) => pieceAt(pieces, at))).toEqual([0, 0, 1, 1, 1, 1, -1]);
});

test('a playlist without an end is read as growing', () => {
  expect(readPlaylist('#EXT-X-TARGETDURATION:6\n#EXTINF:5.12,\na.m4s\n', base)).toMatchObject({
    complete: false,
    again: 6000,
  });
});

test('a time of day is found in the recording, behind a gap when it falls into one, and never before the beginning', () => {
  const piece = (at: number, wall: number) => ({ url: '', init: '', at, seconds: 5, wall });
  const recording = {
    pieces: [piece(0, 100_000), piece(5, 105_000), piece(10, 150_000)],
    seconds: 15,
    complete: false,
    again: 5,
  };
  expect(placeAt(recording, 103_000)).toBe(3);
  expect(placeAt(recording, 107_500)).toBe(7.5);
  expect(placeAt(recording, 130_000)).toBe(10);
  expect(placeAt(recording, 152_000)).toBe(12);
  expect(placeAt(recording, 900_000)).toBe(15);
  expect(placeAt(recording, 5_000)).toBe(0);
});
