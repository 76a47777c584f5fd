import type { AccountCard } from '../../wire/account.ts';
import type { SocialParts } from '../parts.ts';
import { POST_LENGTH, tidyOptional, tidyText } from '../text/post-text.ts';
import type { PostFault, PostWish } from './post-fault.ts';
import { roomLinkIn } from './room-link.ts';

/** Why a post with a card was not made. */
export type ComposeFault = PostFault | 'no-room' | 'no-clip';

/**
 * Makes a post with the card of the room that is named, or that its text links to first. Nobody puts the card of a
 * private room on a post.
 */
export async function compose(
  { deps, book }: SocialParts,
  author: AccountCard,
  wish: PostWish,
  request: Request,
): Promise<number | ComposeFault> {
  // Without a public address, the server is what its readers call it.
  const host =
    deps.publicUrl === undefined
      ? (request.headers.get('x-forwarded-host') ?? new URL(request.url).host)
      : new URL(deps.publicUrl).host;
  const named = wish.room === undefined ? undefined : { room: wish.room, clip: wish.clip };
  // Links are looked for in what would be kept, which is short.
  const tidy = ((wish.images?.length ?? 0) > 0 ? tidyOptional : tidyText)(wish.text, POST_LENGTH);
  if ('fault' in tidy) return tidy.fault;
  const linked = named ?? roomLinkIn(tidy.text, host);
  const card = linked && (await deps.cardOf(linked.room));
  const isShown = card !== undefined && card.access !== 'private';
  if (named && !isShown) return 'no-room';
  if (wish.clip !== undefined && wish.room === undefined) return 'no-room';
  const { clip } = linked ?? {};
  const title = isShown && clip !== undefined ? await deps.clipTitle(card.slug, clip) : undefined;
  if (named && clip !== undefined && title === undefined) return 'no-clip';
  return book.write(author.id, {
    ...wish,
    room: isShown ? card.slug : undefined,
    clip: title === undefined ? undefined : clip,
  });
}
