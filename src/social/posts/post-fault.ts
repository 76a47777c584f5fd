import type { TextFault } from '../text/post-text.ts';
import type { ImagesFault, ImageWish } from './post-images.ts';

/** What somebody wants to post. */
export interface PostWish {
  readonly text: string;
  readonly replyTo?: number | undefined;
  readonly quoteOf?: number | undefined;
  readonly room?: string | undefined;
  readonly clip?: string | undefined;
  /** Images that its author has uploaded; at most `MOST_IMAGES`. */
  readonly images?: readonly ImageWish[] | undefined;
  /** Under which a request that is sent again finds what it has made. */
  readonly request?: string | undefined;
}

/** Why a post was not made, changed or deleted. */
export type PostFault =
  | TextFault
  | ImagesFault
  | 'too-many-links'
  | 'too-many-mentions'
  | 'too-many-tags'
  /** There is none, it is deleted, it is not one's own, one of the two has blocked the other. */
  | 'unknown'
  | 'deleted'
  | 'not-author'
  | 'blocked'
  | 'too-many-edits'
  /** Somebody has edited it since it was read. */
  | 'changed';
