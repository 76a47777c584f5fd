import { HASH_BYTES } from '../tree/merkle.ts';
import { fromBase64 } from './note.ts';

/** The head of a tree, as a log signs it. */
export interface TreeHead {
  /** The log's name. */
  readonly origin: string;
  /** Leaves. */
  readonly size: number;
  readonly root: Buffer;
}

/** The text of a checkpoint. Spec: C2SP tlog-checkpoint, Note text. */
export const checkpointText = ({ origin, size, root }: TreeHead): string =>
  `${origin}\n${size}\n${root.toString('base64')}\n`;

/** Parses the text of a checkpoint; lines after the third are ignored. Undefined when it is malformed. */
export function parseCheckpoint(text: string): TreeHead | undefined {
  const [origin = '', size = '', hash = '', ...more] = text.split('\n');
  const root = fromBase64(hash);
  // The text ends with a line feed, and no line is empty.
  if (more.pop() !== '' || more.includes('') || origin === '' || root?.length !== HASH_BYTES)
    return undefined;
  if (!/^(0|[1-9]\d*)$/.test(size) || !Number.isSafeInteger(Number(size))) return undefined;
  return { origin, size: Number(size), root };
}
