import { build } from 'vite';
import { loadManifest } from '../../src/door/index.ts';

/** The folder of the built pages. */
export const DIST = new URL('../../dist', import.meta.url).pathname;

/** Content types of the built files, by the end of their names. */
export const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript',
  css: 'text/css',
  woff2: 'font/woff2',
  png: 'image/png',
};

/** Builds the pages unless they are built already. */
export async function built(): Promise<void> {
  const manifest = await loadManifest(DIST);
  if (!manifest['web/listen/main.ts']) await build({ logLevel: 'silent' });
}
