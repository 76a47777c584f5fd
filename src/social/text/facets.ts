/** A part of a text that leads somewhere. `from` and `to` count UTF-16 code units of the text. */
export type Facet = { readonly from: number; readonly to: number } & (
  | { readonly kind: 'link'; readonly url: string }
  /** `account`: who had that address when the text was written. */
  | { readonly kind: 'mention'; readonly handle: string; readonly account: string }
  | { readonly kind: 'tag'; readonly tag: string }
);

/** Links, mentions and hashtags in one text; of each kind so many. */
export const MOST_FACETS = 20;
/** Code units of a link. */
const LONGEST_LINK = 2_000;
const LONGEST_TAG = 50;

/** A name in `/@name`: 2 to 30 of `a-z 0-9 _`. */
export const HANDLE = /^[a-z0-9_]{2,30}$/;

// A link ends at a blank or at what puts texts between quotes; then come signs that end sentences.
const LINK = /\bhttps?:\/\/[^\s<>"'“”«»`\\^{|}]+/giu;
const MENTION = /(?<![\p{L}\p{N}\p{M}_@/.])@([a-z0-9_]{2,30})(?![\p{L}\p{N}\p{M}_@])/giu;
const TAG = /(?<![\p{L}\p{N}\p{M}_#/&])[#＃]([\p{L}\p{N}\p{M}_\u200c\u200d]{1,50})(?![\p{L}\p{N}\p{M}_])/gu;
const ENDS: ReadonlySet<string> = new Set('.,:;!?…*_~');
const PAIRS: Readonly<Record<string, string>> = { ')': '(', ']': '[' };

/** A link without the end of the sentence that it stands in. Each sign is looked at once: a text may be all ends. */
function withoutEnds(found: string): string {
  const many = new Map<string, number>();
  for (const sign of found.match(/[()[\]]/g) ?? []) many.set(sign, (many.get(sign) ?? 0) + 1);
  let end = found.length;
  for (; end > 0; end -= 1) {
    const last = found[end - 1] ?? '';
    if (ENDS.has(last)) continue;
    const open = PAIRS[last];
    const closed = many.get(last) ?? 0;
    if (open === undefined || closed <= (many.get(open) ?? 0)) break;
    many.set(last, closed - 1);
  }
  return found.slice(0, end);
}

/** The form by which hashtags are the same: `#Été` and `#été`. */
export const tagOf = (text: string): string => text.normalize('NFKC').toLowerCase();

/** What may be a mention: looked up before it is one. */
export type FoundFacet =
  | Exclude<Facet, { readonly kind: 'mention' }>
  | { readonly from: number; readonly to: number; readonly kind: 'mention'; readonly handle: string };

/** Finds what leads somewhere in a tidy text, in its order; nothing overlaps. */
export function findFacets(text: string): FoundFacet[] {
  const found: FoundFacet[] = [];
  for (const { 0: whole, index } of text.matchAll(LINK)) {
    const url = withoutEnds(whole);
    if (url.length > LONGEST_LINK || !URL.canParse(url)) continue;
    const { href, hostname, username, password } = new URL(url);
    // A name before the host is how one address is made to look like another.
    if (hostname === '' || username !== '' || password !== '') continue;
    found.push({ kind: 'link', from: index, to: index + url.length, url: href });
  }
  const links = [...found];
  const inLink = (index: number): boolean => links.some(({ from, to }) => index >= from && index < to);
  for (const { 0: whole, 1: name = '', index } of text.matchAll(MENTION))
    if (!inLink(index))
      found.push({ kind: 'mention', from: index, to: index + whole.length, handle: name.toLowerCase() });
  for (const { 0: whole, 1: name = '', index } of text.matchAll(TAG)) {
    // A number alone is the place in a list, not a subject.
    if (inLink(index) || /^[\p{N}_]+$/u.test(name) || name.length > LONGEST_TAG) continue;
    found.push({ kind: 'tag', from: index, to: index + whole.length, tag: tagOf(name) });
  }
  return found.toSorted((a, b) => a.from - b.from);
}

/** The kind of which a text has more than it may; undefined where all is well. */
export const tooMany = (facets: readonly FoundFacet[]): FoundFacet['kind'] | undefined =>
  (['link', 'mention', 'tag'] as const).find(
    (wanted) => facets.filter(({ kind }) => kind === wanted).length > MOST_FACETS,
  );
