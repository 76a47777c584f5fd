/**
 * The signed head of the evidence log in a feed: the note of `/evidence/checkpoint`, whole, as the text of an element
 * `checkpoint` of this namespace. Whoever keeps the feed keeps a witness of the log.
 */
export const CHECKPOINT_NAMESPACE = 'https://c2sp.org/tlog-checkpoint';

// Each is tried at every place where it can begin, so none may run past the next such place: a feed of a megabyte that
// opens elements and closes none would otherwise take hours.
const OPENING = /<(?:[\w.-]+:)?checkpoint(?:\s[^<>]*)?>/;
const CLOSING = /<\/(?:[\w.-]+:)?checkpoint\s*>/;
const CDATA = /<!\[CDATA\[((?:(?!<!\[CDATA\[)[\s\S])*?)\]\]>/g;
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const plain = (text: string): string =>
  text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return NAMED[String(name).toLowerCase()] ?? whole;
    const point = hex === undefined ? Number(decimal) : Number.parseInt(String(hex), 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });

/**
 * The note in a feed; any other text as it is. Readers of feeds write them anew: other prefixes, CDATA, line ends and
 * space around it are all the same note.
 */
export function noteInFeed(text: string): string {
  const opening = OPENING.exec(text);
  const inside = opening ? text.slice(opening.index + opening[0].length) : '';
  const end = inside.search(CLOSING);
  if (end < 0) return text;
  const parts = inside
    .slice(0, end)
    .split(CDATA)
    .map((part, n) => (n % 2 === 1 ? part : plain(part)));
  return `${parts.join('').replaceAll('\r\n', '\n').trim()}\n`;
}
