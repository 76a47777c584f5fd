import type { Address } from './address.ts';
import { find } from './table.ts';

/** Encodings within encodings that are taken off before a path is looked at. */
const MOST_DECODED = 4;
/** Dots, slashes, backslashes and the percent sign itself, encoded. */
const HIDDEN = /%(?:2e|2f|5c|25)/gi;
/** One of the segments is `.` or `..`, whatever parameters hang on it. */
const STEPS_ASIDE = /(?:^|[/\\])\.{1,2}(?:[/\\;]|$)/;

/**
 * True when a path has a `.` or `..` segment, also encoded, encoded twice, or behind a backslash. Some program behind
 * might follow it to where the door forwards nobody, so there is nothing at such a path. Spec: RFC 3986, 3.3, 5.2.4.
 */
export function stepsAside(path: string): boolean {
  if (!path.includes('.') && !path.includes('%')) return false;
  let text = path;
  for (let i = 0; i < MOST_DECODED && text.includes('%'); i += 1) {
    const before = text;
    text = text.replace(HIDDEN, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)));
    if (text === before) break;
  }
  // Encoded even deeper: nobody means a real address by it.
  return STEPS_ASIDE.test(text) || /%25/.test(text);
}

/** Longer is no address that somebody has typed. */
const MOST_TYPED = 400;
/** What text programs make of a hyphen. */
const HYPHENS = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g;
/** What a sentence puts behind an address: no address of ours ends like that. */
const SENTENCE = /[^a-z0-9]+$/i;

/** Lower case as far as it means nothing: what has names of its own in it keeps those. */
function lower(path: string): string {
  const named = /^(\/[^/]+\/[^/]+\/(?:whip|whep)\/)(.+)$/i.exec(path);
  return named ? `${named[1]?.toLowerCase()}${named[2]}` : path.toLowerCase();
}

/**
 * The address that somebody means who has written it in capital letters, with slashes too many, with letters encoded, or
 * with the end of a sentence behind it; undefined when there is none, or when it is written as it should be.
 */
export function canonical(path: string): string | undefined {
  if (path.length > MOST_TYPED || !path.startsWith('/') || find(path)) return undefined;
  let text: string;
  try {
    text = decodeURIComponent(path);
  } catch {
    return undefined;
  }
  // Full-width letters and the like. What is encoded twice is nothing that a person writes.
  text = text
    .normalize('NFKC')
    .replace(HYPHENS, '-')
    .replace(/\/{2,}/g, '/');
  if (text.includes('%') || stepsAside(text)) return undefined;
  const ends = text.replace(SENTENCE, '') || '/';
  for (const form of [text, ends, lower(ends)]) {
    if (form !== path && find(form) && !isExact(form)) return form;
  }
  return undefined;
}

/**
 * The status of a redirect to where something stays. Old radios follow 301 and know no 308; whatever else is asked for
 * keeps its method. Spec: RFC 9110, 15.4.2, 15.4.9.
 */
export const movedStatus = (address: Address | undefined): 301 | 308 => (address?.id === 'radio' ? 301 : 308);

/** Sessions keep their name, so they may be reached with a slash too many; files with a hash in their name may not. */
const isExact = (path: string): boolean => {
  const address = find(path)?.address;
  return address?.exact === true && address.owner !== 'cell';
};
