import { createHash } from 'node:crypto';
import type { OriginalMark } from '../wire/replay/edits.ts';
import type { ArchiveReader } from './reader.ts';

/** The untouched recording of a room as one file: the init segment and every recorded piece, as they went out. */
export interface Original {
  readonly rendition: string;
  /** Its bytes, a piece at a time. */
  bytes(): AsyncGenerator<Buffer>;
}

/** The original in AAC, which plays everywhere, or in what was recorded instead; undefined when there is none. */
export async function originalOf(reader: ArchiveReader, slug: string): Promise<Original | undefined> {
  const recording = await reader.recording(slug, { over: true });
  const kept = recording?.renditions.filter(({ id }) => (recording.pieces.get(id)?.length ?? 0) > 0) ?? [];
  const rendition = (kept.find(({ codec }) => codec === 'aac') ?? kept[0])?.id;
  const pieces = rendition === undefined ? undefined : recording?.pieces.get(rendition);
  if (rendition === undefined || !pieces) return undefined;
  return {
    rendition,
    async *bytes() {
      const init = await reader.init(slug, rendition);
      if (init) yield init;
      for (const piece of pieces) {
        const bytes = await reader.read(slug, rendition, piece);
        if (!bytes) throw new Error(`${slug}: piece ${piece.first} of ${rendition} is missing`);
        yield bytes;
      }
    },
  };
}

/** The hash of the original. An hour is 43 MB. */
export async function markOf({ rendition, bytes }: Original): Promise<OriginalMark> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const part of bytes()) {
    hash.update(part);
    size += part.length;
  }
  return { rendition, sha256: hash.digest('hex'), bytes: size };
}
