import { randomBytes } from 'node:crypto';
import { open, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readEntries } from '../journal/index.ts';
import type { Mark } from '../wire/mark.ts';
import type { Pieces, Recording, RecordingLoudness, Removed } from '../wire/recording.ts';
import type { RecordingEdits } from '../wire/replay/edits.ts';
import type { RecordingGap } from '../wire/room.ts';
import { editsFrom } from './edits-file.ts';
import { diskFiles, type Files } from './files.ts';
import { readIndex, writeIndex } from './index-writer.ts';
import { asPiece, isRenditionId, paths, type RoomFile } from './layout.ts';
import { PieceIndex, SIZE_BYTES, type StoredPiece, storedPiece } from './piece-index.ts';

/** Options of `recording`. */
export interface Look {
  /** True: the recording is complete, so the index may be compared with the pieces, repaired and stored. */
  readonly over?: boolean;
  /** The rendition whose file sizes are needed. Where the index lacks them, each piece is examined. Default: none. */
  readonly sizesOf?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Reads the archive, in a door or any other program on the same disk. Keeps nothing in memory. */
export interface ArchiveReader {
  /**
   * The recording of a room; undefined when there is none. The cost is proportional to its length. @throws when
   * aborted.
   */
  recording(slug: string, look?: Look): Promise<Recording | undefined>;
  /**
   * A string that changes whenever the result of `recording` may change; undefined without a recording. Costs a few
   * calls of `stat`.
   */
  version(slug: string): Promise<string | undefined>;
  /** What people added to a recording. @throws when the file is damaged. */
  edits(slug: string): Promise<RecordingEdits>;
  /** Changes with them. */
  editsVersion(slug: string): Promise<string>;
  /** The bytes of a rendition's init segment. */
  init(slug: string, rendition: string): Promise<Buffer | undefined>;
  /** The bytes of one finished piece. */
  read(slug: string, rendition: string, piece: { first: number; count: number }): Promise<Buffer | undefined>;
  /** The bytes `from` to `to` (exclusive) of one finished piece; undefined unless all of them are there. */
  readPart(
    slug: string,
    rendition: string,
    piece: { first: number; count: number },
    from: number,
    to: number,
  ): Promise<Buffer | undefined>;
  /** Sizes (u16, big-endian) of `count` frames from number `from` on, from the index; undefined without an index. */
  frameSizes(slug: string, rendition: string, from: number, count: number): Promise<Buffer | undefined>;
  /** Stores the loudness of a finished recording. @throws any error of the disk. */
  keepLoudness(slug: string, loudness: RecordingLoudness): Promise<void>;
  /** Notes that somebody reads the growing file; at most one note a minute reaches the disk. */
  noteGrowing(slug: string): Promise<void>;
  /** Wall-clock ms of the last such note; undefined without one. */
  growingNoted(slug: string): Promise<number | undefined>;
}

const SLUG = /^[a-z0-9][a-z0-9-]{0,63}$/;
const NOTE_EVERY_MS = 60_000;

/** True for a name that cannot leave the folder of recordings. */
export const isRecordingName = (slug: string): boolean => SLUG.test(slug);

/** Opens the recordings in a folder. A name that could leave the folder is treated as one that does not exist. */
export function openReader(dir: string, files: Files = diskFiles): ArchiveReader {
  const text = async (path: string): Promise<string> => (await files.read(path))?.toString('utf8') ?? '';
  const safe = (slug: string, rendition = 'x'): boolean => SLUG.test(slug) && isRenditionId(rendition);

  const piecesOf = async (slug: string, rendition: string, look: Look): Promise<Pieces> => {
    const where = paths(dir, slug);
    const index = await readIndex(files, where, rendition);
    look.signal?.throwIfAborted();
    if (index.length > 0 && !look.over) return index;
    const listed = (await files.list(where.rendition(rendition))).flatMap((name) => asPiece(name) ?? []);
    listed.sort((a, b) => a.first - b.first);
    if (index.matches(listed)) return index;
    if (look.sizesOf !== rendition) return listed;
    const entries: StoredPiece[] = [];
    for (const piece of listed) {
      look.signal?.throwIfAborted();
      const bytes = await files.read(where.piece(rendition, piece));
      if (bytes) entries.push(storedPiece(piece.first, bytes));
    }
    // Without permission or space to write it, the next reader examines the pieces again.
    if (look.over) await writeIndex(files, where, rendition, entries).catch(() => undefined);
    return PieceIndex.of(entries.map(({ piece }) => piece));
  };

  return {
    async recording(slug, look = {}) {
      if (!safe(slug)) return undefined;
      const where = paths(dir, slug);
      const removed = jsonOf<Removed>(await text(where.removed));
      const room = jsonOf<RoomFile>(await text(where.room));
      if (!room && !removed) return undefined;
      const pieces = new Map<string, Pieces>();
      for (const { id } of removed ? [] : (room?.renditions ?? []))
        if (isRenditionId(id)) pieces.set(id, await piecesOf(slug, id, look));
      const noted = await text(where.loudness).catch(() => '');
      const loudness = jsonOf<{ figure?: RecordingLoudness }>(noted)?.figure;
      return {
        title: room?.title ?? '',
        zero: room?.zero ?? 0,
        renditions: room?.renditions ?? [],
        pieces,
        gaps: readEntries<RecordingGap>(await text(where.gaps)),
        marks: readEntries<Mark>(await text(where.marks)),
        ...(loudness ? { loudness } : {}),
        ...(removed ? { removed } : {}),
      };
    },
    async version(slug) {
      if (!safe(slug)) return undefined;
      const where = paths(dir, slug);
      const names: string[] = await files.list(where.folder).catch(() => []);
      if (!names.includes('room.json') && !names.includes('removed.json')) return undefined;
      const looks = names
        .filter((name) => name !== 'growing')
        .flatMap((name) =>
          name.includes('.') ? [join(where.folder, name)] : [join(where.folder, name), where.index(name)],
        );
      const found = await Promise.all(looks.map((path) => stat(path).catch(() => undefined)));
      return found.map((one) => (one ? `${one.mtimeMs}/${one.size}` : '-')).join(' ');
    },
    async editsVersion(slug) {
      const one = safe(slug) ? await stat(paths(dir, slug).edits).catch(() => undefined) : undefined;
      return one ? `${one.mtimeMs}/${one.size}/${one.ino}` : '-';
    },
    edits: async (slug) => editsFrom(safe(slug) ? await text(paths(dir, slug).edits) : ''),
    init: async (slug, rendition) =>
      safe(slug, rendition) ? files.read(paths(dir, slug).init(rendition)) : undefined,
    read: async (slug, rendition, piece) =>
      safe(slug, rendition) ? files.read(paths(dir, slug).piece(rendition, piece)) : undefined,
    readPart: async (slug, rendition, piece, from, to) =>
      safe(slug, rendition) ? partOf(paths(dir, slug).piece(rendition, piece), from, to) : undefined,
    frameSizes: async (slug, rendition, from, count) =>
      safe(slug, rendition)
        ? partOf(paths(dir, slug).frames(rendition), from * SIZE_BYTES, (from + count) * SIZE_BYTES)
        : undefined,
    async keepLoudness(slug, figure) {
      if (!safe(slug)) return;
      const path = paths(dir, slug).loudness;
      const draft = `${path}.${randomBytes(4).toString('hex')}.new`;
      try {
        await writeFile(draft, `${JSON.stringify({ v: 1, figure })}\n`);
        await rename(draft, path);
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
    },
    async noteGrowing(slug) {
      if (!safe(slug)) return;
      const path = paths(dir, slug).growing;
      const now = Date.now();
      const old = await stat(path).catch(() => undefined);
      if (old && now - old.mtimeMs < NOTE_EVERY_MS) return;
      // If the recording is not writable, only this reader is affected: the layout of its file changes at the end.
      await (old ? utimes(path, now / 1000, now / 1000) : writeFile(path, '')).catch(() => undefined);
    },
    growingNoted: async (slug) =>
      safe(slug) ? (await stat(paths(dir, slug).growing).catch(() => undefined))?.mtimeMs : undefined,
  };
}

/** The bytes `from` to `to` (exclusive) of a file; undefined when the file does not exist or is shorter. */
async function partOf(path: string, from: number, to: number): Promise<Buffer | undefined> {
  const handle = await open(path).catch(() => undefined);
  if (!handle) return undefined;
  try {
    const bytes = Buffer.allocUnsafe(to - from);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
    return bytesRead === bytes.length ? bytes : undefined;
  } finally {
    await handle.close();
  }
}

function jsonOf<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}
