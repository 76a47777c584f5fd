import { readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { EarshotError, type ErrorCode } from '../base/errors.ts';
import { readMusic } from '../mixer/index.ts';

/** The result for one file. */
export type MusicNews =
  | { readonly pcm: Int16Array<ArrayBuffer> }
  | { readonly refused: ErrorCode; readonly detail: string };

const tell = (news: MusicNews, moved: ArrayBuffer[] = []): void => parentPort?.postMessage(news, moved);
try {
  const pcm = await readMusic(await readFile(workerData as string));
  tell({ pcm }, [pcm.buffer]);
} catch (error) {
  if (!(error instanceof EarshotError)) throw error;
  tell({ refused: error.code, detail: error.message });
}
