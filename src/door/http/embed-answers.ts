/** What pages of other sites show of rooms and clips. */

import type { PageLanguage } from '../../base/negotiation.ts';
import type { Pages } from '../../pages/index.ts';
import { type EmbedWish, embedWish } from '../../wire/listening/embed-wish.ts';
import type { RoomCard } from '../../wire/room.ts';
import { clipEmbedHeaders, embedHeaders, framesOf } from '../answer/send.ts';
import type { DoorOrigin } from '../origin-port.ts';

/** One frame: a page, and what it is sent with. */
export interface FramedPage {
  /** Pages of the same key are the same. */
  readonly key: string;
  readonly status: number;
  readonly head: Record<string, string>;
  render(): string;
}

/** What is asked for. */
export interface FrameQuestion {
  readonly id: string;
  readonly slug: string;
  /** The path as it was asked for: with the key to a private room. */
  readonly asked: string;
  readonly query: string;
  readonly language: PageLanguage;
}

/** Opens the frames. `framedBy`: whose pages may show them, as a policy has it; absent: everybody's. */
export function openFrames(deps: {
  readonly origin: Pick<DoorOrigin, 'state' | 'clip'>;
  readonly pages: Pick<Pages, 'embed' | 'clipEmbed' | 'closedEmbed'>;
  readonly framedBy?: string | undefined;
  readonly caches?: readonly string[] | undefined;
  /** A room under the name by which it was asked for. */
  cardAt(slug: string, asked: string): RoomCard | undefined;
}): (question: FrameQuestion) => Promise<FramedPage> {
  const { origin, pages, framedBy = '*' } = deps;
  const player = embedHeaders(deps.caches ?? [], framedBy);
  const plain = clipEmbedHeaders(framedBy);
  const named = (key: string, { language, theme }: EmbedWish): string => `${key} ${language} ${theme ?? ''}`;
  return async ({ id, slug, asked, query, language }) => {
    const wish = embedWish(query, language);
    const card = deps.cardAt(slug, asked);
    const key = named(`embed ${asked}`, wish);
    // No room is open to everybody here.
    if (!card)
      return {
        ...{ key: named('closed-embed', wish), status: 404, head: plain },
        render: () => pages.closedEmbed(wish),
      };
    if (id === 'embed-clip') {
      const clip = await origin.clip?.(slug, asked.slice(asked.lastIndexOf('/') + 1));
      return {
        ...{ key: clip ? key : `${key} gone`, status: clip ? 200 : 410, head: framesOf(card, plain) },
        render: () => pages.clipEmbed(card, clip, wish),
      };
    }
    return {
      ...{ key, status: 200, head: framesOf(card, player) },
      render: () => pages.embed(deps.cardAt(slug, asked) ?? card, origin.state(slug), wish),
    };
  };
}
