import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { etagOf } from '../../base/negotiation.ts';

/** One file of the web build, compressed once. */
export interface Asset {
  readonly bytes: Uint8Array;
  readonly br?: Uint8Array;
  readonly gzip?: Uint8Array;
  readonly type: string;
  /** Quoted, as in the ETag header. */
  readonly etag: string;
  /** True when the name contains a hash of the content: cached for a year. */
  readonly immutable: boolean;
}

/** The files of the web build by path, `/_/…`. */
export type Assets = ReadonlyMap<string, Asset>;

/** The `cache-control` value for an asset: how long it may be kept. */
export const keptFor = ({ immutable }: Asset): string =>
  immutable ? 'public, max-age=31536000, immutable' : 'public, max-age=60';

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
};
const COMPRESSED = new Set(['.js', '.css', '.svg', '.json', '.webmanifest', '.txt', '.wasm']);
/** `name-HASH.ext`, as Vite writes it. */
const HASHED = /-[\w-]{8,}\.\w+$/;

const brotli = promisify(brotliCompress);
const deflate = promisify(gzip);

/** Reads the web build under `dir` and compresses it (quality 9); a missing folder is an empty build. */
export async function loadAssets(dir: string): Promise<Assets> {
  const found = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = found.filter((entry) => entry.isFile() && !entry.parentPath.includes('.vite'));
  const loaded = await Promise.all(
    files.map(async (entry): Promise<[string, Asset]> => {
      const path = join(entry.parentPath, entry.name);
      const bytes = await readFile(path);
      const kind = extname(entry.name);
      const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
      const codings =
        COMPRESSED.has(kind) && bytes.length > 256
          ? { br: await brotli(bytes, quality), gzip: await deflate(bytes) }
          : {};
      return [
        `/_/${path.slice(dir.length).replace(/^\/+/, '')}`,
        {
          bytes,
          ...codings,
          type: TYPES[kind] ?? 'application/octet-stream',
          etag: etagOf(bytes),
          immutable: HASHED.test(entry.name),
        },
      ];
    }),
  );
  return new Map(loaded);
}
