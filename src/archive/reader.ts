import type { Mark } from '../wire/mark.ts';
import type { Piece, Recording } from '../wire/recording.ts';
import type { RecordingGap } from '../wire/room.ts';
import { diskFiles, type Files } from './files.ts';
import { asPiece, isRenditionId, jsonLines, paths, type RoomFile } from './layout.ts';

/** The reading end of the archive: for a door, or for any program on the same disk. Keeps nothing in memory. */
export interface ArchiveReader {
  /** What is recorded of a room, or undefined when nothing is. */
  recording(slug: string): Promise<Recording | undefined>;
  /** The bytes of a rendition's init segment. */
  init(slug: string, rendition: string): Promise<Buffer | undefined>;
  /** The bytes of one finished piece. */
  read(slug: string, rendition: string, piece: Piece): Promise<Buffer | undefined>;
}

const SLUG = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** Opens the recordings in a folder. A name that could leave the folder is answered like one that does not exist. */
export function openReader(dir: string, files: Files = diskFiles): ArchiveReader {
  const text = async (path: string): Promise<string> => (await files.read(path))?.toString('utf8') ?? '';
  const safe = (slug: string, rendition = 'x'): boolean => SLUG.test(slug) && isRenditionId(rendition);
  return {
    async recording(slug) {
      if (!safe(slug)) return undefined;
      const where = paths(dir, slug);
      const room = jsonOf<RoomFile>(await text(where.room));
      if (!room) return undefined;
      const pieces = new Map<string, Piece[]>();
      for (const { id } of room.renditions) {
        if (isRenditionId(id)) pieces.set(id, ordered((await files.list(where.rendition(id))).map(asPiece)));
      }
      return {
        title: room.title,
        zero: room.zero,
        renditions: room.renditions,
        pieces,
        gaps: jsonLines<RecordingGap>(await text(where.gaps)),
        marks: jsonLines<Mark>(await text(where.marks)),
      };
    },
    init: async (slug, rendition) =>
      safe(slug, rendition) ? files.read(paths(dir, slug).init(rendition)) : undefined,
    read: async (slug, rendition, piece) =>
      safe(slug, rendition) ? files.read(paths(dir, slug).piece(rendition, piece)) : undefined,
  };
}

function jsonOf<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}

const ordered = (pieces: (Piece | undefined)[]): Piece[] =>
  pieces.filter((piece) => piece !== undefined).sort((a, b) => a.first - b.first);
