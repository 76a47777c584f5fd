/** The worker thread that encodes one program: its messages in both directions and its main function. */
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { Fragment, Rendition } from '../base/media.ts';
import { BLOCKS_PER_FRAGMENT, loadCodecs, openEncoding } from './encoding.ts';
import type { LaneSink } from './lane.ts';

/** Start data of the thread. */
export interface ThreadStart {
  readonly renditions: readonly Rendition[];
  readonly firstSeq: number;
  /** Renditions coded from the beginning; default: all. */
  readonly coded?: readonly string[];
}

/** Messages to the thread. */
export type ThreadOrder =
  /** Whole blocks of 1,920 floats, never across the end of a slot. Bit n of `wide` says that block n is stereo. */
  | { readonly kind: 'blocks'; readonly samples: Float32Array<ArrayBuffer>; readonly wide: number }
  | { readonly kind: 'skip'; readonly seq: number }
  | { readonly kind: 'select'; readonly coded: readonly string[] }
  | { readonly kind: 'close' };

/** Messages from the thread. `fragments` is also the receipt for sixteen blocks, even when it is empty. */
export type ThreadNews =
  | { readonly kind: 'ready' }
  | { readonly kind: 'fragments'; readonly fragments: readonly Fragment[] }
  | { readonly kind: 'failed'; readonly rendition: string; readonly error: string };

const BLOCK_SAMPLES = 1920;
/** Range −20 (highest priority) to 19 (lowest). Every listener hears it when this thread waits for a processor. */
const NICENESS = -7;

if (parentPort) await run(parentPort, workerData as ThreadStart);

async function run(
  port: NonNullable<typeof parentPort>,
  { renditions, firstSeq, coded = renditions.map(({ id }) => id) }: ThreadStart,
): Promise<void> {
  const tell = (news: ThreadNews, moved: ArrayBuffer[] = []): void => port.postMessage(news, moved);
  let fragments: Fragment[] = [];
  const codecs = await loadCodecs();
  const sink: LaneSink = {
    fragment: (fragment) => fragments.push(fragment),
    failed: (rendition, error) => tell({ kind: 'failed', rendition: rendition.id, error: String(error) }),
  };
  const encoding = await openEncoding(codecs, renditions, firstSeq, sink, new Set(coded));
  // Not before loading: the file threads that loading starts would inherit the priority.
  preferThisThread();
  let blocks = 0;
  port.on('message', (order: ThreadOrder) => {
    if (order.kind === 'blocks') {
      const { samples, wide } = order;
      for (let n = 0; n * BLOCK_SAMPLES < samples.length; n++, blocks++)
        encoding.push(samples.subarray(n * BLOCK_SAMPLES, (n + 1) * BLOCK_SAMPLES), ((wide >> n) & 1) === 1);
      if (blocks < BLOCKS_PER_FRAGMENT) return;
      blocks = 0;
      const moved = fragments.map(({ bytes }) => bytes.buffer as ArrayBuffer);
      tell({ kind: 'fragments', fragments }, moved);
      fragments = [];
    } else if (order.kind === 'skip') {
      blocks = 0;
      encoding.skipTo(order.seq);
    } else if (order.kind === 'select') {
      encoding.select(new Set(order.coded));
    } else {
      encoding[Symbol.dispose]();
      port.close();
    }
  });
  tell({ kind: 'ready' });
}

/**
 * Raises the priority of this thread. On Linux niceness belongs to a thread, and 0 means the calling one. Needs
 * CAP_SYS_NICE; without it nothing changes.
 */
function preferThisThread(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(0, NICENESS);
  } catch {
    // Not permitted: the thread keeps the normal priority.
  }
}
