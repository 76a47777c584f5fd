import { createHash } from 'node:crypto';
import { languageOf } from '../../base/negotiation.ts';
import { escapeHtml } from '../../base/plain-text.ts';
import { day, own } from '../../form/index.ts';
import { originOf } from '../../http/index.ts';
import { postEmbedCode, postHeight } from '../../wire/listening/embed-code.ts';
import { type EmbedWish, embedWish } from '../../wire/listening/embed-wish.ts';
import { inWords, type LinkPreview, type PostPreview } from '../../wire/listening/link-preview.ts';
import type { RoomCard } from '../../wire/room.ts';
import { postPath, roomsIn } from '../api/shown.ts';
import type { SocialParts } from '../parts.ts';
import type { Post } from '../posts/post.ts';
import { postIdOf, postKeyOf } from '../posts/post-key.ts';
import type { SocialDeps } from '../social-deps.ts';
import { type PostEmbedWords, postEmbedWords } from '../words/embed-words.ts';
import { english } from '../words/english.ts';
import { french } from '../words/french.ts';
import { marksFor } from './post-counted.ts';
import { postArticle } from './post-view.ts';

/** What a frame with a post is sent with: our own script, which counts, nothing foreign, no form. Spec: CSP 3. */
const headers = (framedBy: string): Record<string, string> => ({
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors ${framedBy}`,
  // Nobody reads for long what its author has deleted.
  'cache-control': 'no-cache',
  'referrer-policy': 'no-referrer',
  vary: 'accept-language',
});

/** What stands in a frame. */
interface FramedPost {
  readonly title: string;
  readonly inside: string;
  readonly kind?: string;
  /** Whatever is another when the frame has to say something else; absent: it is only for a moment. */
  readonly said?: unknown;
  /** Whatever is another when a copy of the frame is out of date. */
  readonly etag?: unknown;
}

/** An answer in the frame. */
function framed(
  { framedBy = '*', embedFrame }: Pick<SocialDeps, 'framedBy' | 'embedFrame'>,
  wish: EmbedWish,
  { title, inside, kind = '', said, etag }: FramedPost,
  status = 200,
): Response {
  const version = said === undefined ? '' : ` data-version="${nameOf(said)}"`;
  const main = `<main class="embed social${kind}"${version}>${inside}</main>`;
  const html =
    embedFrame?.(wish, title, main) ??
    `<!doctype html><html lang="${wish.language}"><meta charset="utf-8"><title>${escapeHtml(title)}</title>${main}</html>`;
  const more = etag === undefined ? {} : { etag: `W/"${nameOf(etag)}"` };
  return new Response(html, { status, headers: { ...headers(framedBy), ...more } });
}

const wishOf = (request: Request): EmbedWish =>
  embedWish(new URL(request.url).search, languageOf(request.headers.get('accept-language') ?? undefined));

/** The frame while the database is away. */
export function awayFrame(deps: SocialDeps, request: Request): Response {
  const wish = wishOf(request);
  const words = postEmbedWords(wish.language);
  return framed(
    deps,
    wish,
    { title: words.open, inside: `<p role="status">${words.away}</p>`, kind: ' gone' },
    503,
  );
}

const dayOf = (wish: Pick<EmbedWish, 'language'>, at: number): string => day(wish, at);

/** What names a post beside itself, as plain text. */
export const postTitle = (post: Post, language: 'en' | 'fr'): string =>
  postEmbedWords(language).title(post.author?.name, dayOf({ language }, post.created));

/** What is said where a deleted post was, as sentences. Safe as HTML. */
function goneLines({ author, created, deleted }: Post, wish: EmbedWish, words: PostEmbedWords): string[] {
  if (!deleted) return [];
  const when = dayOf(wish, deleted.at);
  return [
    words.stood(author && own(author.name), dayOf(wish, created)),
    deleted.by === 'author' ? words.byAuthor(when, author === undefined) : words.byModerator(when),
    deleted.reason === undefined ? words.noReason : words.reason(`<bdi>${escapeHtml(deleted.reason)}</bdi>`),
  ];
}

/** The same as plain text, for programs. */
const goneText = (post: Post, language: 'en' | 'fr'): string =>
  goneLines(post, { language }, postEmbedWords(language))
    .map((line) =>
      line.replace(/<[^>]*>/g, '').replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => PLAIN[name] ?? ''),
    )
    .join(' ');
const PLAIN: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

/** A mark of a look holds for hours; a frame that was kept longer than this gets another, ms. */
const MARKED_MS = 600_000;

/** A short name of something; the same while it is the same. */
const nameOf = (what: unknown): string =>
  createHash('sha256').update(JSON.stringify(what)).digest('base64url').slice(0, 16);

/** What a post in a frame says; who liked it since is no other post. */
function saidBy({ counts: _, quoted, ...post }: Post): unknown {
  return { ...post, ...(quoted ? { quoted: saidBy(quoted) } : {}) };
}

/** The same for everybody who asks, and asked for again by every open frame: what is asked at once is read once. */
export function openPostEmbeds(parts: SocialParts): (request: Request) => Promise<Response> {
  const reading = new Map<string, Promise<Response>>();
  return async (request) => {
    const { language, theme } = wishOf(request);
    const key = `${new URL(request.url).pathname.slice(0, 60)} ${language} ${theme}`;
    const mine = reading.get(key) ?? postEmbed(parts, request).finally(() => reading.delete(key));
    reading.set(key, mine);
    const answer = (await mine).clone();
    const etag = answer.headers.get('etag');
    return etag !== null && request.headers.get('if-none-match') === etag
      ? new Response(null, { status: 304, headers: answer.headers })
      : answer;
  };
}

/** A post in a page of another site: read without a script and without a cookie, by everybody alike. */
async function postEmbed(parts: SocialParts, request: Request): Promise<Response> {
  const wish = wishOf(request);
  const words = postEmbedWords(wish.language);
  const social = wish.language === 'fr' ? french : english;
  const key = postKeyOf(new URL(request.url).pathname.slice('/embed/p/'.length).toLowerCase());
  const found = key === undefined ? undefined : await parts.reader.one(key);
  const post = found?.reposted ?? found;
  if (!post) {
    const inside = `<h1>${words.unknown}</h1><p>${words.unknownWhy}</p>`;
    return framed(parts.deps, wish, { title: words.unknown, inside, kind: ' gone', said: 404 }, 404);
  }
  const title = postTitle(post, wish.language);
  const way = (text: string): string => `<p class="ways small"><a href="${postPath(post)}">${text}</a></p>`;
  if (post.deleted) {
    const [stood = '', ...rest] = goneLines(post, wish, words);
    const inside = `<h1 class="visually-hidden">${escapeHtml(title)}</h1><p class="stood">${stood}</p>${rest.map((line) => `<p>${line}</p>`).join('')}${way(words.thread)}`;
    return framed(parts.deps, wish, { title, inside, kind: ' gone', said: saidBy(post) }, 410);
  }
  const rooms = await parts.rooms.cards(roomsIn([post]));
  const counted = { figures: undefined, mark: marksFor(parts.deps, undefined, rooms) };
  const drawing = { words: social, rooms, acts: false, back: '/posts', counted };
  const inside = `<h1 class="visually-hidden">${escapeHtml(title)}</h1>${postArticle(drawing, post)}${way(words.open)}`;
  const room = post.content?.room === undefined ? undefined : rooms.get(post.content.room);
  const said = [saidBy(post), room];
  const etag = [said, post.counts, wish, Math.floor(parts.deps.clock.wall() / MARKED_MS)];
  return framed(parts.deps, wish, { title, inside, said, etag });
}

/** What programs of others are told of a post. */
export function previewOf(post: Post, language: 'en' | 'fr'): PostPreview {
  const { author, content } = post;
  const words = postEmbedWords(language);
  return {
    ...{ id: postIdOf(post.key), path: postPath(post), title: postTitle(post, language) },
    ...{ text: content?.text ?? goneText(post, language), isGone: post.deleted !== undefined },
    ...(content?.images
      ? { images: content.images.map(({ alt }) => (alt === '' ? words.undescribed : words.image(alt))) }
      : {}),
    ...(author ? { author: { name: author.name, path: `/@${author.handle}` } } : {}),
    ...(content?.room === undefined ? {} : { room: content.room }),
    height: heightOf(post),
  };
}

const heightOf = ({ content, quoted, quotes }: Post): number =>
  postHeight(content?.text ?? '', {
    card: content?.room !== undefined,
    quote: quoted !== undefined || quotes !== undefined,
    images: content?.images ?? [],
  });

/** The code of a post for other sites; its height is what it needs now. `base`: the origin that people use. */
export function postCode(post: Post, base: string, language: 'en' | 'fr'): string {
  const { id, path, title, text, images, height } = previewOf(post, language);
  return postEmbedCode({ src: `${base}/embed/p/${id}`, url: base + path, title, text, images, height });
}

/** What previews of a post's link show; another image whenever it says something else. */
export function linkPreview(
  post: Post,
  language: 'en' | 'fr',
  rooms: ReadonlyMap<string, RoomCard>,
): LinkPreview {
  const preview = previewOf(post, language);
  const { title, path, room } = preview;
  const text = inWords(preview);
  const status = room === undefined ? '' : (rooms.get(room)?.status ?? '');
  const version = createHash('sha256')
    .update(JSON.stringify([title, text, status]))
    .digest('hex');
  const image = `${path}/card.png?${language === 'fr' ? 'lang=fr&' : ''}v=${version.slice(0, 12)}`;
  return { image: { path: image, says: `${title}: ${text}` }, type: 'article', isFound: true };
}

/** The origin that people use, without a slash. */
export const usedOrigin = ({ publicUrl }: Pick<SocialDeps, 'publicUrl'>, request: Request): string =>
  publicUrl?.replace(/\/+$/, '') ?? originOf(request);

/** The code for another site, to be copied by hand, or by a button where scripts run. */
export function codeBox(deps: SocialDeps, request: Request, post: Post, language: 'en' | 'fr'): string {
  const words = postEmbedWords(language);
  return `<details class="code"><summary>${words.code}</summary><p class="small" id="code-hint">${words.codeHint}</p><textarea class="code" id="code" readonly rows="4" dir="ltr" spellcheck="false" aria-label="${words.code}" aria-describedby="code-hint" data-copy="${words.copy}" data-copied="${words.copied}">${escapeHtml(postCode(post, usedOrigin(deps, request), language))}</textarea></details>`;
}
