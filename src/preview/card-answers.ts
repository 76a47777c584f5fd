import { createHash } from 'node:crypto';
import { etagOf, matches, type PageLanguage } from '../base/negotiation.ts';
import { openPace, originOf } from '../http/index.ts';
import { postPicture, roomPicture, roomPreview } from '../pages/index.ts';
import { inWords } from '../wire/listening/link-preview.ts';
import type { PreviewDeps } from './preview-deps.ts';

/** Bytes of images that are kept; the one asked for longest ago goes first. */
const MOST_KEPT = 24_000_000;
/** Images that may be drawn at once, and how long until there is one more, ms: about a third of one processor. */
const DRAWN = { atOnce: 40, every: 1_000 } as const;
/** What a version never changes. */
const FOR_GOOD = 'public, max-age=31536000, immutable';
/** An address without the newest version; and an image of a post, which its author may delete. */
const SHORT = 'public, max-age=60';
const OF_POST = 'public, max-age=300';

interface KeptCard {
  readonly png: Uint8Array<ArrayBuffer>;
  readonly etag: string;
}

/** Images of links, made once for each thing that they show. */
export function openCards(deps: PreviewDeps) {
  const { clock, log } = deps;
  const kept = new Map<string, KeptCard>();
  const making = new Map<string, Promise<KeptCard | undefined>>();
  const pace = openPace(clock, 'cards-drawn', DRAWN.atOnce, DRAWN.every);
  let bytes = 0;

  const keep = (key: string, card: KeptCard): KeptCard => {
    kept.set(key, card);
    bytes += card.png.length;
    for (const [oldest, one] of kept) {
      if (bytes <= MOST_KEPT) break;
      kept.delete(oldest);
      bytes -= one.png.length;
    }
    return card;
  };
  async function make(key: string, drawn: Promise<Uint8Array<ArrayBuffer> | undefined>) {
    try {
      const png = await drawn;
      return png && keep(key, { png, etag: etagOf(png) });
    } catch (error) {
      log.warn({ error: String(error) }, 'an image of a link was not drawn: previews show the common one');
      return undefined;
    } finally {
      making.delete(key);
    }
  }
  /** The image of what `svg` draws; undefined while too many wait. */
  function cardOf(svg: string): Promise<KeptCard | undefined> | KeptCard | undefined {
    const key = createHash('sha256').update(svg).digest('base64url');
    const found = kept.get(key);
    if (found) {
      kept.delete(key);
      kept.set(key, found);
      return found;
    }
    const under = making.get(key);
    if (under) return under;
    // Everybody's together: each image is drawn once, whoever asks for it.
    if (pace.take(undefined, '') !== undefined) return undefined;
    const drawn = deps.draw(svg);
    if (!drawn) return undefined;
    const made = make(key, drawn);
    making.set(key, made);
    return made;
  }
  async function answer(request: Request, svg: string, cache: string): Promise<Response> {
    const card = await cardOf(svg);
    // The image that all pages share is better than none, and stands for a moment only.
    if (!card)
      return new Response(null, {
        status: 302,
        headers: { location: '/_/card.png', 'cache-control': 'no-store' },
      });
    const headers = { 'content-type': 'image/png', 'cache-control': cache, etag: card.etag };
    if (matches(request.headers.get('if-none-match') ?? undefined, card.etag))
      return new Response(null, { status: 304, headers });
    return new Response(card.png, { headers });
  }
  const asked = (request: Request) => {
    const { searchParams, pathname, host } = new URL(request.url);
    const language: PageLanguage = searchParams.get('lang') === 'fr' ? 'fr' : 'en';
    return { language, pathname, host, version: searchParams.get('v') };
  };
  const shortOf = (request: Request): string =>
    (deps.publicUrl ?? originOf(request)).replace(/^https?:\/\//, '').replace(/\/+$/, '');

  return {
    /** The image of a room's link; undefined where there is none. */
    async room(request: Request, slug: string): Promise<Response | undefined> {
      const card = await deps.card(slug);
      if (!card || card.access === 'private') return undefined;
      const { language, version } = asked(request);
      const preview = roomPreview(card, clock.wall(), language);
      const svg = roomPicture(preview, `${shortOf(request)}/r/${slug}`);
      return answer(request, svg, version === preview.version ? FOR_GOOD : SHORT);
    },
    /** The image of a post's link; undefined where there is none. */
    async post(request: Request): Promise<Response | undefined> {
      const { language, pathname } = asked(request);
      const post = await deps.post(pathname.split('/')[2] ?? '', language);
      if (!post) return undefined;
      const room = post.room === undefined ? undefined : await deps.card(post.room);
      const shown = room && room.access !== 'private' ? roomPreview(room, clock.wall(), language) : undefined;
      const svg = postPicture(
        { ...post, text: inWords(post), room: shown },
        `${shortOf(request)}${post.path}`,
      );
      return answer(request, svg, OF_POST);
    },
  };
}
