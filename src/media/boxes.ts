/** Reads ISO base media boxes, as far as fragments need it. Never copies. Spec: ISO/IEC 14496-12, 4.2. */

/** Larger boxes are rejected: a fragment is a few kilobytes. */
export const MAX_BOX_BYTES = 64 << 20;

/** One box: `start` of its header, `body` after the header, `end` after its last byte. */
export interface Box {
  readonly type: string;
  readonly start: number;
  readonly body: number;
  readonly end: number;
}

/** One whole `moof`+`mdat` with the `emsg` boxes in front of it: its sequence number and its position in the bytes. */
export interface FragmentPlace {
  readonly seq: number;
  readonly start: number;
  readonly end: number;
}

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const u32 = (bytes: Uint8Array, at: number): number => view(bytes).getUint32(at);
const fourCc = (bytes: Uint8Array, at: number): string =>
  String.fromCharCode(bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0, bytes[at + 3] ?? 0);

/** The whole boxes between two offsets, in order. Stops at the first box that is truncated or invalid. */
export function* boxes(bytes: Uint8Array, from = 0, to = bytes.length): Generator<Box> {
  let at = from;
  while (at + 8 <= to) {
    const size = u32(bytes, at);
    if (size < 8 || size > MAX_BOX_BYTES || at + size > to) return;
    yield { type: fourCc(bytes, at + 4), start: at, body: at + 8, end: at + size };
    at += size;
  }
}

/** The box at a path such as `['moov', 'trak', 'mdia']`, or undefined. */
export function findBox(
  bytes: Uint8Array,
  path: readonly string[],
  from = 0,
  to = bytes.length,
): Box | undefined {
  const [first, ...rest] = path;
  for (const box of boxes(bytes, from, to)) {
    if (box.type !== first) continue;
    return rest.length === 0 ? box : findBox(bytes, rest, box.body, box.end);
  }
  return undefined;
}

/** The sequence number in `mfhd` of bytes that begin with a `moof`, or undefined. */
export function fragmentSeq(bytes: Uint8Array): number | undefined {
  if (bytes.length < 24 || fourCc(bytes, 4) !== 'moof' || fourCc(bytes, 12) !== 'mfhd') return undefined;
  return u32(bytes, 20);
}

/** The whole fragments at the beginning of the bytes; a truncated last one is left out. */
export function wholeFragments(bytes: Uint8Array): FragmentPlace[] {
  const found: FragmentPlace[] = [];
  let moof: Box | undefined;
  let start: number | undefined;
  for (const box of boxes(bytes)) {
    if (box.type === 'emsg' && !moof) start ??= box.start;
    else if (box.type === 'moof') {
      moof = box;
      start ??= box.start;
    } else if (box.type === 'mdat' && moof && start !== undefined) {
      const seq = fragmentSeq(bytes.subarray(moof.start, moof.end));
      if (seq === undefined) break;
      found.push({ seq, start, end: box.end });
      moof = undefined;
      start = undefined;
    } else start = undefined;
  }
  return found;
}

/** The coded frames of one `moof`+`mdat`, as views into it. Spec: ISO/IEC 14496-12, 8.8.7 and 8.8.8. */
export function fragmentFrames(bytes: Uint8Array): Uint8Array[] {
  const moof = findBox(bytes, ['moof']);
  const mdat = findBox(bytes, ['mdat']);
  if (!moof || !mdat) return [];
  const tfhd = findBox(bytes, ['traf', 'tfhd'], moof.body, moof.end);
  const trun = findBox(bytes, ['traf', 'trun'], moof.body, moof.end);
  if (!tfhd || !trun || trun.end - trun.body < 8 || tfhd.end - tfhd.body < 4) return [];
  const runFlags = u32(bytes, trun.body) & 0xffffff;
  const count = u32(bytes, trun.body + 4);
  let at = trun.body + 8 + (runFlags & 0x1 ? 4 : 0) + (runFlags & 0x4 ? 4 : 0);
  const stride = [0x100, 0x200, 0x400, 0x800].filter((flag) => runFlags & flag).length * 4;
  const sizeAt = runFlags & 0x100 ? 4 : 0;
  const fixed = defaultSize(bytes, tfhd);
  const frames: Uint8Array[] = [];
  let data = mdat.body;
  for (let index = 0; index < count; index++) {
    if (at + stride > trun.end) break;
    const size = runFlags & 0x200 ? u32(bytes, at + sizeAt) : fixed;
    // No frame is empty: a run may claim four thousand million of them.
    if (size === 0 || data + size > mdat.end) break;
    frames.push(bytes.subarray(data, data + size));
    data += size;
    at += stride;
  }
  return frames;
}

function defaultSize(bytes: Uint8Array, tfhd: Box): number {
  const flags = u32(bytes, tfhd.body) & 0xffffff;
  if (!(flags & 0x10)) return 0;
  const at = tfhd.body + 8 + (flags & 0x1 ? 8 : 0) + (flags & 0x2 ? 4 : 0) + (flags & 0x8 ? 4 : 0);
  return at + 4 > tfhd.end ? 0 : u32(bytes, at);
}
