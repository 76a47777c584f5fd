import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../base/clock.ts';
import { ms } from '../base/time.ts';
import { imageKindOf } from './image-kind.ts';
import {
  AVATAR_SIDES,
  type ImageCard,
  type ImageUse,
  MOST_PIXELS,
  MOST_SIDE,
  POST_WIDTHS,
} from './image-size.ts';
import type { WorkerAnswer, WorkerOrder } from './worker-order.ts';

/** Why an image was not taken. */
export type ImageFault =
  | 'empty'
  | 'no-image'
  | 'gif'
  | 'other-format'
  | 'broken'
  | 'too-many-pixels'
  | 'too-hard'
  | 'undone';

/** A form of an image, as a file. */
export interface ImageFile {
  /** Its longest width, by which it is named. */
  readonly side: number;
  readonly bytes: Buffer;
}
/** An image, made anew: nothing of the file that was sent is in it but how it looks. */
export interface MadeImage extends ImageCard {
  readonly files: readonly ImageFile[];
}

/** How the program that decodes is run. */
export interface ReEncodingOptions {
  readonly clock: Clock;
  /** The program; default: `image-worker.ts`. */
  readonly program?: URL;
  /** The longest that one image may take, ms. */
  readonly most?: number;
}

/** After this long an image is given up, ms. An image of 40 megapixels takes a few seconds. */
const MOST_MS = 30_000;
/** More than all forms of one image have. */
const MOST_OUTPUT = 24_000_000;
/** The heap of JavaScript in the program, MB; pixels are outside of it. */
const HEAP_MB = 96;

/** What is done with an image that looks like one; a fault where it is not begun. */
export function orderFor(bytes: Buffer, use: ImageUse): WorkerOrder | ImageFault {
  if (bytes.length === 0) return 'empty';
  const kind = imageKindOf(bytes);
  if (typeof kind === 'string') return kind;
  const { width, height, deep, orientation } = kind;
  if (width === 0 || height === 0) return 'broken';
  const most = deep ? MOST_PIXELS / 2 : MOST_PIXELS;
  if (width * height > most || Math.max(width, height) > MOST_SIDE) return 'too-many-pixels';
  const turned = orientation > 4;
  const square = use === 'avatar';
  return {
    ...{ orientation, square, sides: square ? AVATAR_SIDES : POST_WIDTHS },
    ...{ width: turned ? height : width, height: turned ? width : height },
  };
}

/** Makes an image anew, in a process of its own that is ended when it takes too long. */
export async function reEncode(
  bytes: Buffer,
  use: ImageUse,
  options: ReEncodingOptions,
): Promise<MadeImage | ImageFault> {
  const order = orderFor(bytes, use);
  if (typeof order === 'string') return order;
  const output = await run(bytes, order, options);
  if (typeof output === 'string') return output;
  const end = output.indexOf(0x0a);
  if (end < 0) return 'broken';
  const answer = JSON.parse(output.toString('utf8', 0, end)) as WorkerAnswer;
  let at = end + 1;
  const files = answer.files.map(({ side, size }) => {
    const file = { side, bytes: output.subarray(at, at + size) };
    at += size;
    return file;
  });
  const hash = createHash('sha256').update(use);
  for (const { bytes: part } of files) hash.update(part);
  return { id: hash.digest('hex').slice(0, 32), width: answer.width, height: answer.height, files };
}

function run(
  bytes: Buffer,
  order: WorkerOrder,
  { clock, most = MOST_MS, program = new URL('./image-worker.ts', import.meta.url) }: ReEncodingOptions,
): Promise<Buffer | ImageFault> {
  return new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      [`--max-old-space-size=${HEAP_MB}`, '--disable-warning=ExperimentalWarning', fileURLToPath(program)],
      { stdio: ['pipe', 'pipe', 'ignore'], env: {}, cwd: '/' },
    );
    const parts: Buffer[] = [];
    let size = 0;
    let end: ImageFault | undefined;
    const stop = (why: ImageFault): void => {
      end = why;
      child.kill('SIGKILL');
    };
    const late = clock.after(ms(most), () => stop('too-hard'));
    child.stdout.on('data', (part: Buffer) => {
      size += part.length;
      if (size > MOST_OUTPUT) stop('too-hard');
      else parts.push(part);
    });
    child.on('error', () => {
      late[Symbol.dispose]();
      resolve('undone');
    });
    child.on('close', (code, signal) => {
      late[Symbol.dispose]();
      if (code === 0) return resolve(Buffer.concat(parts));
      // The kernel ends what needs more memory or time than it may have. Who else ends it says nothing about the image.
      if (signal === 'SIGXCPU' || signal === 'SIGABRT') end ??= 'too-hard';
      else if (signal !== null) end ??= 'undone';
      resolve(end ?? 'broken');
    });
    // A program that has died reads no more.
    child.stdin.on('error', () => undefined);
    child.stdin.write(`${JSON.stringify(order)}\n`);
    child.stdin.end(bytes);
  });
}
