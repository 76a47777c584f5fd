import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Clock } from '../base/clock.ts';
import { codedTag, etagOf, matches, takes } from '../base/negotiation.ts';
import type { Reply } from '../base/reply.ts';

/** How long a feed is answered as it was made, ms: so often at most it is made, whoever asks. */
export const FEED_FRESH_MS = 5_000;
/** Feeds that are kept, and their bytes in all forms; beyond it the ones that were made longest ago are made anew. */
const MOST_FEEDS = 200;
const MOST_BYTES = 32_000_000;

/** A feed as it is sent. */
interface KeptFeed {
  readonly bytes: Uint8Array;
  readonly br: Uint8Array;
  readonly gzip: Uint8Array;
  readonly etag: string;
  /** Wall-clock second in which this text was first sent; a later text has a later one. */
  readonly changed: number;
}

/** Feeds that were made a moment ago. */
export interface KeptFeeds {
  /** The feed of this name; `make` is asked when the last one is some seconds old, once for all who wait. */
  get(name: string, make: () => Promise<string>): Promise<KeptFeed>;
}

/** Opens them. */
export function openKeptFeeds(clock: Clock): KeptFeeds {
  const kept = new Map<string, { at: number; feed: Promise<KeptFeed>; last?: KeptFeed }>();
  const sizeOf = (feed: KeptFeed | undefined): number =>
    feed ? feed.bytes.length + feed.br.length + feed.gzip.length : 0;
  const makeRoom = (): void => {
    let bytes = 0;
    for (const { last } of kept.values()) bytes += sizeOf(last);
    for (const [name, { last }] of kept) {
      if (kept.size <= 1 || (kept.size <= MOST_FEEDS && bytes <= MOST_BYTES)) return;
      kept.delete(name);
      bytes -= sizeOf(last);
    }
  };
  const packed = (text: string, before: KeptFeed | undefined): KeptFeed => {
    const bytes = Buffer.from(text);
    const etag = etagOf(bytes);
    if (before?.etag === etag) return before;
    return {
      ...{ bytes, etag },
      br: brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
      gzip: gzipSync(bytes),
      changed: Math.max(Math.floor(clock.wall() / 1_000), (before?.changed ?? 0) + 1),
    };
  };
  return {
    get(name, make) {
      const old = kept.get(name);
      if (old && clock.now() - old.at < FEED_FRESH_MS) return old.feed;
      const before = old?.last;
      const one = {
        at: clock.now(),
        feed: make().then((text) => packed(text, before)),
        ...(before ? { last: before } : {}),
      };
      kept.delete(name);
      kept.set(name, one);
      one.feed.then(
        (feed) => {
          Object.assign(one, { last: feed });
          makeRoom();
        },
        // What failed is tried again with the next question.
        () => kept.get(name) === one && kept.delete(name),
      );
      makeRoom();
      return one.feed;
    },
  };
}

/**
 * What every answer with a feed says. Where a server has no address of its own, readers ask each time whether it has
 * changed; elsewhere caches may keep it for some seconds. `vary`: what else the text depends on.
 */
export const feedHeaders = (
  publicUrl: string | undefined,
  type: string,
  vary = '',
): Record<string, string> => ({
  'content-type': type,
  'cache-control': publicUrl === undefined ? 'no-cache' : 'public, max-age=10, stale-if-error=600',
  vary: `accept-encoding${vary}`,
});

/** The answer to one request: 304 for whoever has this text. Spec: RFC 9110, 13.1.2, 13.1.3. */
export function feedAnswer(
  { changed, etag, ...feed }: KeptFeed,
  asked: Readonly<Record<string, string | undefined>>,
  headers: Readonly<Record<string, string>>,
): Reply {
  const accept = asked['accept-encoding'];
  const chosen = takes(accept, 'br') ? 'br' : takes(accept, 'gzip') ? 'gzip' : undefined;
  const tag = codedTag(etag, chosen);
  const common = { ...headers, etag: tag, 'last-modified': new Date(changed * 1_000).toUTCString() };
  const known = asked['if-none-match'];
  const since = Date.parse(asked['if-modified-since'] ?? '');
  // Whoever names a tag is answered by it alone.
  if (known === undefined ? changed * 1_000 <= since : matches(known, tag))
    return { status: 304, headers: common, body: '' };
  const body = feed[chosen ?? 'bytes'];
  return { status: 200, headers: chosen ? { ...common, 'content-encoding': chosen } : common, body };
}
