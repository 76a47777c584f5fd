import type { Address } from './address.ts';
import { find } from './table.ts';

/** Layers of percent-encoding that are decoded before a path is checked. */
const MOST_DECODED = 4;
/** Dots, slashes, backslashes and the percent sign itself, encoded. */
const HIDDEN = /%(?:2e|2f|5c|25)/gi;
/** A `.` or `..` segment, whatever parameters follow it. */
const STEPS_ASIDE = /(?:^|[/\\])\.{1,2}(?:[/\\;]|$)/;

/**
 * True when a path has a `.` or `..` segment, also encoded, encoded twice, or behind a backslash. A program behind
 * the door might follow it to a place that doors forward nobody to, so nothing exists at such a path. Spec: RFC 3986,
 * 3.3, 5.2.4.
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

/** A longer text is not an address that somebody typed. */
const MOST_TYPED = 400;
/** Characters that text programs put in place of a hyphen. */
const HYPHENS = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g;
/** What a sentence puts after an address: none of ours ends like that. */
const SENTENCE = /[^a-z0-9]+$/i;

/** Lower case where case has no meaning; parts with names of their own keep theirs. */
function lower(path: string): string {
  const named = /^(\/[^/]+\/[^/]+\/(?:whip|whep)\/)(.+)$/i.exec(path);
  return named ? `${named[1]?.toLowerCase()}${named[2]}` : path.toLowerCase();
}

/**
 * The intended address, when it was written in capital letters, with extra slashes, with encoded letters, or with the
 * end of a sentence attached. Undefined when there is none, or when it is already written correctly.
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
 * The status of a permanent redirect. Old radios follow 301 and do not know 308; with 308 everything else keeps its
 * method. Spec: RFC 9110, 15.4.2, 15.4.9.
 */
export const movedStatus = (address: Address | undefined): 301 | 308 => (address?.id === 'radio' ? 301 : 308);

/**
 * Sessions keep their names, so extra slashes are accepted there; for files with a hash in their name they are not.
 */
const isExact = (path: string): boolean => {
  const address = find(path)?.address;
  return address?.exact === true && address.owner !== 'cell';
};
