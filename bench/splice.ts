/** What a splice between renditions adds to the coding error, in dB: median, 95 %, worst of all splices. */

import type { Codec } from '../src/base/media.ts';
import { edgeFrames, spliceable } from '../src/media/aac-window.ts';
import { PRIMING } from '../src/media/priming.ts';
import { initOf } from '../src/packager/container.ts';
import { loadCodecs } from '../src/packager/encoding.ts';
import { RENDITIONS } from '../src/wire/renditions.ts';
import { decodeWithFfmpeg } from '../test/ffmpeg.ts';
import { decodeOpus, framesOf, packageSound } from '../test/packaged.ts';
import { chord, speechLike } from '../test/sound.ts';
import { excesses } from '../test/splice-excess.ts';

const SECONDS = Number(process.argv[2] ?? 60);
const FMP4 = RENDITIONS.filter(({ container }) => container === 'fmp4');
const codecs = await loadCodecs();

for (const [name, sound] of [
  ['speech-like', speechLike(SECONDS, 7)],
  ['chord', chord(SECONDS)],
] as const) {
  const coded = await packageSound(codecs, FMP4, sound);
  const bytesOf = (id: string): Uint8Array[] => (coded.get(id) ?? []).map(({ bytes }) => bytes);
  for (const codec of ['opus', 'aac'] as const) {
    const ids = FMP4.filter((rendition) => rendition.codec === codec).map(({ id }) => id);
    const decoded = new Map<string, Float32Array>();
    for (const id of ids) decoded.set(id, await decode(codec, bytesOf(id)));
    const found: number[] = [];
    let tried = 0;
    for (const a of ids) {
      for (const b of ids.slice(ids.indexOf(a) + 1)) {
        let [now, other] = [a, b];
        const spliced: Uint8Array[] = [];
        const boundaries: number[] = [];
        for (const [seq, next] of bytesOf(a).entries()) {
          const last = spliced.at(-1);
          const wanted = bytesOf(other)[seq] ?? next;
          if (seq % 2 === 1 && last) {
            tried++;
            if (codec === 'opus' || spliceable(edgeFrames(last).last, edgeFrames(wanted).first)) {
              [now, other] = [other, now];
              boundaries.push(seq * 15_360);
            }
          }
          spliced.push(bytesOf(now)[seq] ?? next);
        }
        const both = [a, b].map((id) => decoded.get(id) ?? new Float32Array(0));
        found.push(...excesses(sound, PRIMING[codec], await decode(codec, spliced), both, boundaries));
      }
    }
    found.sort((x, y) => x - y);
    const at = (share: number): string => (found[Math.floor(share * (found.length - 1))] ?? 0).toFixed(1);
    console.log(
      `${name}, ${codec}: ${found.length} of ${tried} boundaries spliced; excess median ${at(0.5)}, 95 % ${at(0.95)}, worst ${at(1)} dB`,
    );
  }
}

async function decode(codec: Codec, fragments: readonly Uint8Array[]): Promise<Float32Array> {
  if (codec === 'opus') return (await decodeOpus(fragments.flatMap(framesOf))).left;
  const [rendition] = FMP4.filter((one) => one.codec === codec);
  return decodeWithFfmpeg(
    'mp4',
    Buffer.concat([rendition ? initOf(rendition) : new Uint8Array(0), ...fragments]),
  );
}
