import { randomFillSync } from 'node:crypto';

const ID_BYTES = 8;
const POOL = Buffer.alloc(512 * ID_BYTES);
let next = POOL.length;

/** 8 random bytes, fit for secrets. They are drawn 512 at a time, because one draw takes as long as 512. */
export function randomId(): Buffer {
  if (next === POOL.length) {
    randomFillSync(POOL);
    next = 0;
  }
  const id = Buffer.from(POOL.subarray(next, next + ID_BYTES));
  POOL.fill(0, next, next + ID_BYTES);
  next += ID_BYTES;
  return id;
}
