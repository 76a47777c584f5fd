/** What programs of others are told of a post: how its link looks, and what is quoted of it. */
export interface PostPreview {
  readonly id: string;
  /** Of its page. */
  readonly path: string;
  /** "Post by Ana of 1 May 2026". */
  readonly title: string;
  /** What it says, or what is said where it stood. */
  readonly text: string;
  readonly isGone: boolean;
  /** Its images in words, in their order. Absent: it has none. */
  readonly images?: readonly string[];
  readonly author?: { readonly name: string; readonly path: string };
  /** The room whose card it carries. */
  readonly room?: string;
  /** The height that its frame needs, CSS pixels. */
  readonly height: number;
}

/** What a post says, its images in words; for places where they are not shown. */
export const inWords = ({ text, images = [] }: Pick<PostPreview, 'text' | 'images'>): string =>
  [text, ...images].filter((part) => part !== '').join('\n');

/** What previews of a page's link show beside its title. */
export interface LinkPreview {
  /** The origin by which it was asked for; used where there is no public address. */
  readonly spoken?: string;
  readonly image?: { readonly path: string; readonly says: string };
  readonly type?: 'article' | 'profile';
  /** Other sites find by `/oembed` how they show it. */
  readonly isFound?: boolean;
}
