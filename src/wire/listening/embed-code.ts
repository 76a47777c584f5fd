/** What other sites put into their pages to show something of ours there. */

/** The size of the player of a room there, CSS pixels; it may be narrower. */
export const EMBED_SIZE = { width: 480, height: 280 } as const;
/** The same of a clip, which has the browser's own controls. */
export const CLIP_SIZE = { width: 480, height: 250 } as const;
/** The same of a post; its height follows from what it shows, within limits. */
export const POST_SIZE = { width: 550, height: 260, most: 640 } as const;

const quoted = (text: string): string => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);

/** Where a room or a clip is for other sites. `at`: the address of its page, absolute. */
export function embedAddress(at: string): string {
  const path = at.indexOf('/', at.indexOf('//') + 2);
  return `${at.slice(0, path)}/embed${at.slice(path)}`;
}

/** The frame of something. */
const frame = (src: string, title: string, height: number, width: number): string =>
  `<iframe src="${quoted(src)}" title="${quoted(title)}" width="100%" height="${height}" style="border:0;max-width:${width}px" allow="autoplay" loading="lazy"></iframe>`;

/** Plays a room there. `room`: its address, absolute. */
export const embedCode = (room: string, title: string, height: number = EMBED_SIZE.height): string =>
  frame(embedAddress(room), title, height, EMBED_SIZE.width);

/** Plays a clip there. `clip`: its address, absolute. */
export const clipEmbedCode = (clip: string, title: string, height: number = CLIP_SIZE.height): string =>
  frame(embedAddress(clip), title, height, CLIP_SIZE.width);

/** A post as other sites quote it. */
export interface QuotedPost {
  /** Of its frame and of its page, absolute. */
  readonly src: string;
  readonly url: string;
  /** "Post by Ana, 1 May 2026": names the frame, and the quote below it. */
  readonly title: string;
  /** What it says now. */
  readonly text: string;
  /** What is to be seen on its images, each as a sentence that says so. */
  readonly images?: readonly string[] | undefined;
  readonly height: number;
}

const quote = ({ url, text, images = [] }: QuotedPost): string =>
  `<blockquote cite="${quoted(url)}">${[text, ...images]
    .filter((part) => part !== '')
    .map((part) => quoted(part).replace(/\s*\n\s*/g, '<br>'))
    .join('<br>')}</blockquote><a href="${quoted(url)}">${quoted(url)}</a>`;

/**
 * Shows a post there, with its text below the frame, folded: a page whose readers cannot reach this server any more still
 * has what it quoted. One line.
 */
export const postEmbedCode = (post: QuotedPost): string =>
  `<figure style="margin:0;max-width:${POST_SIZE.width}px">${frame(post.src, post.title, post.height, POST_SIZE.width).replace(' allow="autoplay"', '')}<figcaption><details><summary>${quoted(post.title)}</summary>${quote(post)}</details></figcaption></figure>`;

/** The same where nobody may frame anything. */
export const postQuoteCode = (post: QuotedPost): string =>
  `<figure style="margin:0;max-width:${POST_SIZE.width}px"><figcaption>${quoted(post.title)}</figcaption>${quote(post)}</figure>`;

/** Characters of a line in a frame of the usual width, and the height of one. */
const LINE = { characters: 58, pixels: 24 } as const;

/** Images of a post in a frame of the usual width: one in its own form, several two beside each other; CSS pixels. */
function heightOfImages(
  images: readonly { readonly width: number; readonly height: number; readonly alt: string }[],
): number {
  const [one] = images;
  if (!one) return 0;
  const described = images.some(({ alt }) => alt !== '') ? 60 : 0;
  return images.length === 1
    ? Math.min(400, (514 * one.height) / one.width) + described
    : Math.ceil(images.length / 2) * (200 + described);
}

/** How much height a post needs in a frame of the usual width, CSS pixels; `parts`: cards and quotes inside it. */
export function postHeight(
  text: string,
  parts: {
    readonly card?: boolean;
    readonly quote?: boolean;
    readonly images?: readonly { readonly width: number; readonly height: number; readonly alt: string }[];
  } = {},
): number {
  const lines = text
    .split('\n')
    .reduce((sum, line) => sum + Math.max(1, Math.ceil([...line].length / LINE.characters)), 0);
  const needed =
    170 +
    lines * LINE.pixels +
    (parts.card ? 120 : 0) +
    (parts.quote ? 190 : 0) +
    heightOfImages(parts.images ?? []);
  return Math.min(POST_SIZE.most, Math.max(POST_SIZE.height, Math.ceil(needed / 20) * 20));
}
