import { totalmem } from 'node:os';

/** Memory that this machine, or its container, has at most; bytes. */
export function memoryPossible(): number {
  const held = process.constrainedMemory();
  const all = totalmem();
  return held > 0 && held < all ? held : all;
}
