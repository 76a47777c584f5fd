/** Files that are said to be images, and forms that bring them: what is read before anything is decoded. */
import { boundaryOf, readMultipart } from '../../src/http/index.ts';
import { imageKindOf } from '../../src/image/image-kind.ts';
import { orderFor } from '../../src/image/re-encoding.ts';
import { gifOf, movingWebp, photoOf, pngOf, pngSaying, webpOf } from '../images/made-images.ts';
import { target } from './engine/target.ts';

const LIMITS = { parts: 8, fields: 1_024 };
const FORM = `--b1
Content-Disposition: form-data; name="text"

hello
--b1
Content-Disposition: form-data; name="file"; filename="a.png"
Content-Type: image/png

0123
--b1--
`.replaceAll('\n', '\r\n');

/** The same bytes in pieces of an odd length. */
async function* pieces(bytes: Buffer, length: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

/** What a form says, read in pieces of this length. */
async function read(bytes: Buffer, length: number): Promise<string> {
  const files: string[] = [];
  const fields = await readMultipart(pieces(bytes, length), 'b1', LIMITS, async (name, parts) => {
    let file = '';
    try {
      for await (const part of parts) file += Buffer.from(part).toString('latin1');
    } catch {
      file += ' broke off';
    }
    files.push(`${name}: ${file}`);
  });
  return `${fields} ${files}`;
}

export default target({
  covers: ['src/image/image-kind.ts', 'src/image/re-encoding.ts', 'src/http/multipart.ts'],
  async run(bytes) {
    const kind = imageKindOf(bytes);
    const order = orderFor(bytes, 'post');
    if (typeof order !== 'string' && order.width * order.height > 25_000_000) throw new Error('too large');
    if (typeof kind !== 'string' && (kind.orientation < 1 || kind.orientation > 8)) throw new Error('turned');
    boundaryOf(bytes.toString('latin1'));
    // A form says the same however it arrives.
    const [whole, cut] = [await read(bytes, bytes.length || 1), await read(bytes, 3)];
    if (whole !== cut) throw new Error(`${whole} and ${cut}`);
  },
  seeds: [
    ...[photoOf(24, 16, 6), pngOf(12, 8), webpOf(12, 8), movingWebp(8, 8), gifOf(2), pngSaying(9, 9, 9, 16)],
    ...[FORM, 'multipart/form-data; boundary="a b"'],
  ],
  words: ['Exif', 'IHDR', 'eXIf', 'VP8X', 'VP8L', 'EXIF', 'ANMF', '--b1', '--b1--', 'filename', 'form-data'],
});
