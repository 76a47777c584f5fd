/** Where the content of a box lies in the bytes that were searched; `end` is exclusive. */
export interface BoxSpan {
  readonly start: number;
  readonly end: number;
}

/**
 * The first box with this path of four-letter types, or undefined; cut or impossible sizes end the search.
 * Only for boxes that hold boxes from their first byte. Spec: ISO/IEC 14496-12, 4.2.
 */
export function findBox(bytes: Uint8Array, ...path: readonly string[]): BoxSpan | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let span: BoxSpan | undefined = { start: 0, end: bytes.byteLength };
  for (const type of path) {
    if (span) span = childOf(view, span, type);
  }
  return span;
}

function childOf(view: DataView, { start, end }: BoxSpan, type: string): BoxSpan | undefined {
  for (let at = start; at + 8 <= end; ) {
    const size = view.getUint32(at);
    if (size < 8 || at + size > end) return undefined;
    if (typeAt(view, at + 4) === type) return { start: at + 8, end: at + size };
    at += size;
  }
  return undefined;
}

const typeAt = (view: DataView, at: number): string =>
  String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));
