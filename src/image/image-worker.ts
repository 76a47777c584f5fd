/**
 * The program that decodes one image and ends. It reads a head line and the bytes of the image from its standard input,
 * and writes the forms of the image to its standard output: a line of JSON, then the files one after the other. What
 * goes wrong in here, a crash included, costs one upload and nothing else.
 */
import { setPriority } from 'node:os';
import { Transformer } from '@napi-rs/image';
import type { WorkerAnswer, WorkerOrder } from './worker-order.ts';

const [INSIDE, COVER] = [2, 0];
const LANCZOS = 5;
const QUALITY = 80;
/** What is kept between decoding and the smaller forms, in pixels; and the fastest packing of it. */
const FAST = { compressionType: 1 };

const [{ limitItself }, chunks] = await Promise.all([import('./worker-limits.ts'), readInput()]);
await limitItself();
try {
  // Sound comes first.
  setPriority(19);
} catch {
  // Not everywhere may a process say so.
}
const input = Buffer.concat(chunks);
const end = input.indexOf(0x0a);
const order = JSON.parse(input.toString('utf8', 0, end)) as WorkerOrder;
const files: { name: number; bytes: Buffer }[] = [];
const bytes = input.subarray(end + 1);
const [most = 0, ...smaller] = order.sides;

const source = new Transformer(bytes).rotate(order.orientation);
const { square, width, height } = order;
// Nothing is made larger, but a face has one shape.
const scaled = square
  ? source.fastResize({ width: most, height: most, filter: LANCZOS, fit: COVER })
  : width > most || height > most
    ? source.fastResize({ width: most, height: most, filter: LANCZOS, fit: INSIDE })
    : source;
const whole = scaled.pngSync(FAST);
const card = new Transformer(whole).metadataSync();
files.push({ name: most, bytes: new Transformer(whole).webpSync(QUALITY) });
for (const side of smaller) {
  if (!square && side >= card.width) continue;
  const fit = square ? COVER : INSIDE;
  const small = new Transformer(whole).fastResize({
    width: side,
    height: square ? side : 8 * side,
    filter: LANCZOS,
    fit,
  });
  files.push({ name: side, bytes: small.webpSync(QUALITY) });
}
const answer: WorkerAnswer = {
  ...{ width: card.width, height: card.height },
  files: files.map(({ name, bytes }) => ({ side: name, size: bytes.length })),
};
process.stdout.write(`${JSON.stringify(answer)}\n`);
for (const one of files) process.stdout.write(one.bytes);

async function readInput(): Promise<Buffer[]> {
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(part as Buffer);
  return parts;
}
