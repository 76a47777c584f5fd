/** The media type of a `content-type` header, in lower case, without parameters; empty when there is none. */
export const mediaTypeOf = (header: string | null | undefined): string =>
  header?.split(';')[0]?.trim().toLowerCase() ?? '';

/** A body, or why it could not be read: longer than allowed, or broken off by a client that has gone. */
export type BodyRead = Buffer | 'too-large' | 'broken-off';

/** Reads a body of at most `limit` bytes. One that is too long is noticed while it is read, whatever it `declared`. */
export async function readBody(
  chunks: AsyncIterable<Uint8Array> | null,
  declared: string | null | undefined,
  limit: number,
): Promise<BodyRead> {
  if (Number(declared ?? 0) > limit) return 'too-large';
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of chunks ?? []) {
      size += part.length;
      if (size > limit) return 'too-large';
      parts.push(part);
    }
  } catch {
    return 'broken-off';
  }
  return Buffer.concat(parts);
}
