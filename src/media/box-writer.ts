/** Writes ISO base media boxes. Spec: ISO/IEC 14496-12, 4.2. */

const LARGEST_U32 = 0xffffffff;

/** A box around its content. @throws RangeError beyond 4 GB. */
export function box(type: string, ...content: readonly Uint8Array[]): Buffer {
  const length = content.reduce((sum, part) => sum + part.length, 8);
  if (length > LARGEST_U32) throw new RangeError(`box ${type} of ${length} bytes`);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(length, 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, ...content], length);
}

/** A box with version and flags. */
export const fullBox = (
  type: string,
  version: number,
  flags: number,
  ...content: readonly Uint8Array[]
): Buffer => box(type, u32((version << 24) | flags), ...content);

/** 32-bit numbers, big-endian. */
export function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(values.length * 4);
  for (let index = 0; index < values.length; index++)
    bytes.writeUInt32BE((values[index] ?? 0) >>> 0, index * 4);
  return bytes;
}

/** 16-bit numbers, big-endian. */
export function u16(...values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(values.length * 2);
  for (let index = 0; index < values.length; index++) bytes.writeUInt16BE(values[index] ?? 0, index * 2);
  return bytes;
}

/** One 64-bit number, big-endian. */
export function u64(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64BE(BigInt(Math.round(value)));
  return bytes;
}
