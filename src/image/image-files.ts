import { mkdir, readdir, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { languageOf } from '../base/negotiation.ts';
import { problem, type Reply } from '../base/reply.ts';
import { isImageId } from './image-size.ts';
import type { MadeImage } from './re-encoding.ts';

/** Images leave this much of the disk to recordings and to the log, bytes. */
const LEFT_TO_OTHERS = 500_000_000;

/** The files of images below one folder: `ab/abcd…-800.webp`. */
export interface ImageFiles {
  /** Writes all forms of a new image; false, and nothing is left of it, when the disk has no room for them. */
  write(image: MadeImage): Promise<boolean>;
  remove(id: string): Promise<void>;
  /** The folders in which there are files, and the ids of the images in one; unfinished files are removed. */
  folders(): Promise<readonly string[]>;
  idsIn(folder: string): Promise<readonly string[]>;
}

const folderOf = (dir: string, id: string): string => join(dir, id.slice(0, 2));
const NAME = /^([0-9a-f]{32})-\d{2,4}\.webp$/;
const namesIn = (folder: string): Promise<string[]> =>
  readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });

/** Opens the folder. */
export function openImageFiles(dir: string, left = LEFT_TO_OTHERS): ImageFiles {
  const remove = async (id: string): Promise<void> => {
    const folder = folderOf(dir, id);
    for (const name of await namesIn(folder))
      if (name.startsWith(`${id}-`)) await rm(join(folder, name), { force: true });
  };
  return {
    remove,
    async write({ id, files }) {
      try {
        const folder = folderOf(dir, id);
        await mkdir(folder, { recursive: true });
        const { bavail, bsize } = await statfs(dir);
        if (bavail * bsize < left) return false;
        for (const { side, bytes } of files) {
          const path = join(folder, `${id}-${side}.webp`);
          await writeFile(`${path}.tmp`, bytes, { flush: true });
          await rename(`${path}.tmp`, path);
        }
        return true;
      } catch (error) {
        await remove(id).catch(() => undefined);
        if (['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
        throw error;
      }
    },
    folders: async () => (await namesIn(dir)).filter((name) => /^[0-9a-f]{2}$/.test(name)),
    async idsIn(folder) {
      const names = await namesIn(join(dir, folder));
      for (const name of names) if (name.endsWith('.tmp')) await rm(join(dir, folder, name), { force: true });
      return [...new Set(names.flatMap((name) => NAME.exec(name)?.[1] ?? []))];
    },
  };
}

/** A day: an image that was removed is gone from caches by then. Its content never changes under its address. */
const KEPT = 'public, max-age=86400, immutable';
/** What an image is served with: it is never read as a page, and nothing in it would run. Spec: CSP 3. */
const HEADERS = {
  'content-type': 'image/webp',
  'cache-control': KEPT,
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; sandbox",
  'cross-origin-resource-policy': 'cross-origin',
} as const;

/** What is drawn where an image is missing, in two lines. */
const MISSING = {
  en: ['This image was removed,', 'or its file is missing here.'],
  fr: ['Cette image a été retirée,', 'ou son fichier manque ici.'],
} as const;

/**
 * The answer where no file is. Who asks as a browser does for what it shows gets the same in words that can be seen in the
 * place of the image: browsers show an image that comes with 404 as well.
 */
function missingReply({ accept = '', 'accept-language': wanted }: ImageAsked): Reply {
  if (!/image\/(?!\*)|text\/html/.test(accept))
    return problem('not-found', 'There is no such image, or it was removed.');
  const lines = MISSING[languageOf(wanted)].map(
    (line, at) => `<text x="200" y="${142 + at * 30}">${line}</text>`,
  );
  return {
    status: 404,
    headers: {
      ...HEADERS,
      ...{ 'content-type': 'image/svg+xml', 'cache-control': 'no-store', vary: 'accept, accept-language' },
      // A browser may show it as a document.
      'content-security-policy':
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
      'permissions-policy': 'microphone=(), camera=(), geolocation=()',
      'cross-origin-opener-policy': 'same-origin',
    },
    body: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300" width="400" height="300"><rect width="400" height="300" fill="#ebe4d5"/><g font-family="sans-serif" font-size="22" fill="#1c1a17" text-anchor="middle">${lines.join('')}</g></svg>`,
  };
}

/** What is read of a request for an image. */
type ImageAsked = Readonly<
  Partial<Record<'if-none-match' | 'accept' | 'accept-language', string | undefined>>
>;

/** Answers `/_image/…` from the folder, without asking anybody whether it may be seen: every post is public. */
export async function imageReply(dir: string, path: string, asked: ImageAsked = {}): Promise<Reply> {
  const [, name = '', id = ''] = /^\/_image\/(([0-9a-f]{32})-\d{2,4}\.webp)$/.exec(path) ?? [];
  if (!isImageId(id)) return problem('not-found');
  const etag = `"${name.slice(0, -5)}"`;
  const headers = { ...HEADERS, etag };
  try {
    const bytes = await readFile(join(folderOf(dir, id), name));
    return asked['if-none-match'] === etag
      ? { status: 304, headers, body: '' }
      : { status: 200, headers, body: bytes };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return missingReply(asked);
    throw error;
  }
}
