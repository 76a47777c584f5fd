import type { PersonCard } from '../people/profiles.ts';
import type { Facet } from '../text/facets.ts';
import type { PostImage } from './post-images.ts';

/** A post's content, as it is now. */
export interface PostContent {
  readonly text: string;
  readonly facets: readonly Facet[];
  /** Absent: none. */
  readonly images?: readonly PostImage[];
  /** The room whose card it carries, and the clip of it. */
  readonly room?: string;
  readonly clip?: string;
  /** When it was last edited, wall-clock ms. */
  readonly edited?: number;
  readonly version: number;
}

/** What is left of a deleted post; `at`: when that was, wall-clock ms. */
export interface Tombstone {
  readonly at: number;
  readonly by: 'author' | 'moderator';
  readonly reason?: string;
}

/** One post as it is shown to somebody: its content, or its tombstone. */
export interface Post {
  readonly key: number;
  /** Absent when the account has been erased. */
  readonly author?: PersonCard;
  /** Wall-clock ms. */
  readonly created: number;
  readonly content?: PostContent;
  readonly deleted?: Tombstone;
  /** The post that it answers, and the first one of the conversation. */
  readonly replyTo?: number;
  readonly root?: number;
  /** What it quotes or passes on, as it is now; a post inside another has none of its own. */
  readonly quoted?: Post;
  readonly reposted?: Post;
  /** The number of what a post inside another quotes. */
  readonly quotes?: number;
  readonly counts: Readonly<Record<'replies' | 'reposts' | 'quotes' | 'likes', number>>;
  /** What the reader has done with it. */
  readonly mine?: { readonly liked: boolean; readonly reposted: boolean };
}

/** A version of a post before an edit; `at`: when it was written, wall-clock ms. */
export interface PostVersion {
  readonly version: number;
  readonly text: string;
  readonly facets: readonly Facet[];
  readonly images?: readonly PostImage[];
  readonly at: number;
}

/** What somebody can report of a post: its text, or the reason that its author gave for deleting it. */
export const reportable = ({ content, deleted }: Post): string | undefined =>
  content?.text ?? (deleted?.by === 'author' ? deleted.reason : undefined);
