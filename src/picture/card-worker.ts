/** Draws cards beside the program, at the lowest priority: one at a time. */
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { openCardPainter } from './card-png.ts';

/** The thread's answer to a card. */
export type DrawnCard =
  | { readonly id: number; readonly png: Uint8Array<ArrayBuffer> | undefined }
  | { readonly id: number; readonly error: string };

try {
  // Linux gives each thread its own niceness.
  setPriority(0, 19);
} catch {
  // Without the right to step back it runs as it is.
}
const painter = openCardPainter();
parentPort?.on('message', ({ id, svg }: { readonly id: number; readonly svg: string }) => {
  try {
    const png = painter.png(svg);
    parentPort?.postMessage({ id, png } satisfies DrawnCard, png ? [png.buffer] : []);
  } catch (error) {
    parentPort?.postMessage({ id, error: String(error) } satisfies DrawnCard);
  }
});
