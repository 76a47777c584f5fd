import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Clock } from '../../base/clock.ts';
import { etagOf } from '../../base/negotiation.ts';
import type { Coded } from './send.ts';

/** A rendered page, the same bytes for everyone. */
export interface Page extends Coded {
  readonly etag: string;
}

interface Kept {
  html: string;
  page: Page;
  at: number;
}

/** How long a rendered page is reused. */
const FRESH_MS = 1_000;

/** Pages rendered at most once a second and compressed once per content. */
export interface PageCache {
  /** The page at `path`, rendered by `render` when the cached one is older than a second. */
  get(path: string, render: () => string): Page;
  /** True while `get` would not render it. */
  isFresh(path: string): boolean;
}

/** Opens the cache; beyond `max` pages the least recently used one is dropped. */
export function openPageCache(clock: Clock, max: number): PageCache {
  const kept = new Map<string, Kept>();
  const isFresh = ({ at }: Kept, now: number): boolean => now - at < FRESH_MS;
  return {
    isFresh(path) {
      const old = kept.get(path);
      return old !== undefined && isFresh(old, clock.now());
    },
    get(path, render) {
      const now = clock.now();
      const old = kept.get(path);
      if (old && isFresh(old, now)) return old.page;
      const html = render();
      kept.delete(path);
      if (old && old.html === html) {
        kept.set(path, { ...old, at: now });
        return old.page;
      }
      const bytes = Buffer.from(html);
      const page: Page = {
        bytes,
        br: brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
        gzip: gzipSync(bytes),
        etag: etagOf(bytes),
      };
      kept.set(path, { html, page, at: now });
      const oldest = kept.keys().next();
      if (kept.size > max && !oldest.done) kept.delete(oldest.value);
      return page;
    },
  };
}
