import {
  CLIP_SIZE,
  clipEmbedCode,
  EMBED_SIZE,
  embedCode,
  POST_SIZE,
  postEmbedCode,
  postQuoteCode,
} from '../../wire/listening/embed-code.ts';
import type { PostPreview } from '../../wire/listening/link-preview.ts';
import type { Clip } from '../../wire/replay/edits.ts';
import { isOver, type RoomCard } from '../../wire/room.ts';
import { plainWords } from '../plain-words.ts';
import { cardPath, previewState } from '../preview/room-preview.ts';
import { titleOf } from '../room-words.ts';

/** The smallest frame in which something can be used, CSS pixels. */
const LEAST = { width: 240, height: 180 } as const;
/** Seconds for which another site may keep what it was told. */
const SOON = 60;
const HOUR = 3_600;

/** What `/oembed` was asked for. */
export interface OembedQuestion {
  /** The address of this server, absolute, without a trailing slash. */
  readonly base: string;
  /** Wall-clock ms. */
  readonly now: number;
  /** False where the operator lets nobody frame anything. */
  readonly isFramed: boolean;
  /** The largest width and height that the asker has place for; undefined or not finite: no limit. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/** What is answered; more members by the type. Spec: oEmbed 1.0, 2.3.4. */
export interface OembedFound {
  readonly version: '1.0';
  readonly type: 'rich' | 'link';
  readonly title: string;
  readonly cache_age: number;
}

/** A usual size within what the asker has place for; undefined where that is too little. */
function sizeWithin(
  usual: { readonly width: number; readonly height: number },
  { width, height }: OembedQuestion,
) {
  const fits = (asked: number | undefined, most: number): number =>
    asked !== undefined && Number.isFinite(asked) ? Math.min(asked, most) : most;
  const size = { width: fits(width, usual.width), height: fits(height, usual.height) };
  return size.width < LEAST.width || size.height < LEAST.height ? undefined : size;
}

const thumbnail = (url: string) => ({ thumbnail_url: url, thumbnail_width: 1200, thumbnail_height: 630 });
const provider = (base: string) => ({ provider_name: 'Earshot', provider_url: `${base}/` });

/** Until a room changes by the clock, seconds; a minute at least. */
function ageOf(card: RoomCard, now: number): number {
  const state = previewState(card, now);
  if (isOver(card.status)) return HOUR;
  const { opens, scheduled } = card.clocks;
  const next = opens ?? scheduled;
  if (state !== 'before' || next === undefined) return state === 'before' ? 300 : SOON;
  return Math.round(Math.min(HOUR, Math.max(SOON, (next - now) / 1000)));
}

/** What another site has to know to show a room. Undefined where it does not fit. */
export function oembed(card: RoomCard, question: OembedQuestion): OembedFound | undefined {
  const { base, now, isFramed } = question;
  const size = sizeWithin(EMBED_SIZE, question);
  if (!size) return undefined;
  const title = titleOf(card, plainWords('en'));
  const at = `${base}/r/${card.slug}`;
  return {
    ...{ version: '1.0', type: isFramed ? 'rich' : 'link', title, ...provider(base) },
    ...(card.hosts.length > 0 ? { author_name: card.hosts.join(', '), author_url: at } : {}),
    ...{ cache_age: ageOf(card, now), ...thumbnail(base + cardPath(card, now, 'en')) },
    ...(isFramed ? { ...size, html: embedCode(at, title, size.height) } : {}),
  } as OembedFound;
}

/** The same of a clip. */
export function clipOembed(card: RoomCard, clip: Clip, question: OembedQuestion): OembedFound | undefined {
  const { base, isFramed } = question;
  const size = sizeWithin(CLIP_SIZE, question);
  if (!size) return undefined;
  const at = `${base}/r/${card.slug}/clip/${clip.id}`;
  return {
    ...{ version: '1.0', type: isFramed ? 'rich' : 'link', title: clip.title, ...provider(base) },
    ...{ author_name: titleOf(card, plainWords('en')), author_url: `${base}/r/${card.slug}` },
    ...{ cache_age: 300, ...thumbnail(`${at}.png`) },
    ...(isFramed ? { ...size, html: clipEmbedCode(at, clip.title, size.height) } : {}),
  } as OembedFound;
}

/** The same of a post. One that was deleted is told as what stands there now. */
export function postOembed(post: PostPreview, question: OembedQuestion): OembedFound | undefined {
  const { base, isFramed } = question;
  const size = sizeWithin({ width: POST_SIZE.width, height: post.height }, question);
  if (!size) return undefined;
  const { title, text, author, id, images } = post;
  const url = `${base}${post.path}`;
  const code = { src: `${base}/embed/p/${id}`, url, title, text, images, height: size.height };
  return {
    ...{ version: '1.0', type: 'rich', title, ...provider(base) },
    ...(author ? { author_name: author.name, author_url: base + author.path } : {}),
    ...{ cache_age: post.isGone ? HOUR : 300, ...thumbnail(`${url}/card.png`), ...size },
    html: isFramed ? postEmbedCode(code) : postQuoteCode(code),
  } as OembedFound;
}
