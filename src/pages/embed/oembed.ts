import { CLIP_SIZE, clipEmbedCode, EMBED_SIZE, embedCode } from '../../wire/listening/embed-code.ts';
import type { Clip } from '../../wire/replay/edits.ts';
import type { RoomCard } from '../../wire/room.ts';
import { plainWords } from '../plain-words.ts';
import { titleOf } from '../room-words.ts';

/** The smallest frame in which the player can be used, CSS pixels. */
const LEAST = { width: 240, height: 180 } as const;

/** What `/oembed` was asked for. */
export interface OembedQuestion {
  /** The address of this server, absolute, without a trailing slash. */
  readonly base: string;
  /** The largest width and height that the asker has place for; undefined or not finite: no limit. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/** A usual size within what the asker has place for; undefined where that is too little. */
function sizeWithin(
  usual: { readonly width: number; readonly height: number },
  width?: number,
  height?: number,
) {
  const fits = (asked: number | undefined, most: number): number =>
    asked !== undefined && Number.isFinite(asked) ? Math.min(asked, most) : most;
  const size = { width: fits(width, usual.width), height: fits(height, usual.height) };
  return size.width < LEAST.width || size.height < LEAST.height ? undefined : size;
}

/**
 * What another site has to know to show a room: the player as an HTML fragment. Undefined where it does not fit.
 * Spec: oEmbed 1.0, 2.3.4 (rich).
 */
export function oembed(card: RoomCard, { base, width, height }: OembedQuestion): object | undefined {
  const size = sizeWithin(EMBED_SIZE, width, height);
  if (!size) return undefined;
  const title = titleOf(card, plainWords('en'));
  return {
    ...{ version: '1.0', type: 'rich', title, provider_name: 'Earshot', provider_url: `${base}/` },
    ...(card.hosts.length > 0
      ? { author_name: card.hosts.join(', '), author_url: `${base}/r/${card.slug}` }
      : {}),
    ...{ cache_age: 300, thumbnail_url: `${base}/_/card.png`, thumbnail_width: 1200, thumbnail_height: 630 },
    ...size,
    html: embedCode(`${base}/r/${card.slug}`, title, size.height),
  };
}

/** What another site has to know to show a clip. Undefined where it does not fit. */
export function clipOembed(
  card: RoomCard,
  clip: Clip,
  { base, width, height }: OembedQuestion,
): object | undefined {
  const size = sizeWithin(CLIP_SIZE, width, height);
  const at = `${base}/r/${card.slug}/clip/${clip.id}`;
  return (
    size && {
      ...{
        version: '1.0',
        type: 'rich',
        title: clip.title,
        provider_name: 'Earshot',
        provider_url: `${base}/`,
      },
      ...{
        author_name: titleOf(card, plainWords('en')),
        author_url: `${base}/r/${card.slug}`,
        cache_age: 300,
      },
      ...{ thumbnail_url: `${at}.png`, thumbnail_width: 1200, thumbnail_height: 630 },
      ...size,
      html: clipEmbedCode(at, clip.title, size.height),
    }
  );
}
