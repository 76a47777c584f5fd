import type { Address, CacheClass, Match, Row } from './address.ts';
import { ADDRESSES } from './addresses.ts';
import { anyOf, compile } from './pattern.ts';

const ROWS: readonly Row[] = ADDRESSES.map((address) => ({ ...address, compiled: compile(address.pattern) }));

/** Rows of one path each. */
const LITERAL: ReadonlyMap<string, Match> = new Map(
  ROWS.filter(({ compiled }) => compiled.literal).map((address) => [address.pattern, { address, room: '' }]),
);
const OTHERS = ROWS.filter(({ compiled }) => !compiled.literal);

const UNKNOWN = { path: '', match: undefined as Match | undefined };
/**
 * The last lookup: admission, the router and the part that answers ask about the same path one after the other.
 */
let lately = UNKNOWN;

function search(path: string): Match | undefined {
  const literal = LITERAL.get(path);
  if (literal) return literal;
  for (const address of OTHERS) {
    const found = address.compiled.whole.exec(path);
    if (found) return { address, room: found.groups?.room ?? '' };
  }
  return undefined;
}

/** The address that matches a path (without its query) exactly as written; undefined when there is none. */
export function find(path: string): Match | undefined {
  if (path !== lately.path) lately = { path, match: search(path) };
  return lately.match;
}

/** The source of an unanchored regular expression for the rows that `picks` selects. */
export const sourceOf = (picks: (address: Address) => boolean): string =>
  anyOf(ROWS.filter(picks).map(({ compiled }) => compiled.source));

/**
 * The paths that caches in front treat alike, as an anchored regular expression that PCRE, POSIX and JavaScript read.
 */
export const cachedAs = (kind: CacheClass): string => `^${sourceOf(({ cache }) => cache === kind)}$`;

/** One example of each row that `picks` selects, or all of them. */
export const examplesOf = (picks: (address: Address) => boolean): readonly string[] =>
  ADDRESSES.filter(picks).flatMap(({ examples }) => examples);

/** The methods of an address as `Allow` lists them. Spec: RFC 9110, 9.3.2, 10.2.1. */
export function allowed({ methods }: Address): string {
  return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
}

/** True when an address answers requests of that method. */
export const takes = ({ methods }: Address, method: string): boolean =>
  (methods as readonly string[]).includes(method === 'HEAD' ? 'GET' : method);
