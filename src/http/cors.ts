import type { Address } from './address.ts';
import { allowed } from './table.ts';

/**
 * How long a browser may cache the answer to OPTIONS, seconds. Browsers shorten it: Chromium to two hours.
 */
const ASKED_FOR_S = 86_400;

/** Headers that scripts of other origins may read; a short list, because it is sent with every answer. */
const EXPOSED = 'content-length, content-range, accept-ranges, date, age, etag, link, location, retry-after';
/** The same for an endless answer. */
const EXPOSED_ENDLESS =
  'date, retry-after, earshot-period, earshot-next, earshot-rendition, earshot-place, earshot-behind, earshot-seat, earshot-back, earshot-session, earshot-proofs, ' +
  'icy-name, icy-description, icy-genre, icy-url, icy-br, icy-sr, icy-pub, icy-metaint';
/** The same for the stage. Spec: RFC 9725, 4.2, 4.4. */
const EXPOSED_STAGE = 'location, etag, link, accept-patch, accept-post, retry-after';

const toAll = (exposed: string) =>
  ({
    'access-control-allow-origin': '*',
    'access-control-expose-headers': exposed,
    'cross-origin-resource-policy': 'cross-origin',
  }) as const;

/**
 * Sent with everything that anybody may read, including refusals; never with credentials. Spec: Fetch, 3.3.3.
 */
export const READ_BY_ALL: Readonly<Record<string, string>> = toAll(EXPOSED);
/** The headers of an endless answer that anybody may read; never with credentials. */
export const HEARD_BY_ALL: Readonly<Record<string, string>> = toAll(EXPOSED_ENDLESS);
const ON_STAGE: Readonly<Record<string, string>> = toAll(EXPOSED_STAGE);
const NOTHING: Readonly<Record<string, string>> = {};

/**
 * The CORS headers of every answer at an address, refusals included. Where nothing exists, the refusal may be read.
 * What changes something is for our own pages, except on the stage.
 */
export function openTo(address: Address | undefined, method: string): Readonly<Record<string, string>> {
  if (address?.cors === 'stage') return ON_STAGE;
  if (address?.cors === 'own' || (method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS'))
    return NOTHING;
  return address?.endless ? HEARD_BY_ALL : READ_BY_ALL;
}

/** Header names separated by commas. Spec: Fetch, 3.3.5; RFC 9110, 5.6.2. */
const FIELD_NAMES = /^[!#$%&'*+\-.^_`|~0-9a-z]+(?:[ \t]*,[ \t]*[!#$%&'*+\-.^_`|~0-9a-z]+)*$/i;
const MOST_NAMES = 4_096;

/**
 * The header names that a browser asks permission for, or all: old Safari does not know `*`, and `*` does not cover
 * Authorization.
 */
function fields(wanted: string | undefined, address: Address | undefined): string {
  // Browsers keep leave for a field whatever the method was: what a POST must not carry is not given to a GET.
  const changes = address?.methods.some((method) => method !== 'GET') === true;
  const any = changes ? 'accept' : '*';
  if (wanted === undefined || wanted.length > MOST_NAMES || !FIELD_NAMES.test(wanted)) return any;
  const names = wanted.split(',').map((name) => name.trim().toLowerCase());
  // A foreign page has no business with a host's link; sound is often asked for with one that means nothing here.
  const given = address?.owner === 'site' ? names.filter((name) => name !== 'authorization') : names;
  return given.filter((name) => !changes || name !== 'content-type').join(', ') || any;
}

/**
 * The head of the 204 answer to OPTIONS. `wanted` is `Access-Control-Request-Headers`, `method` the one that
 * permission is asked for. An unknown address is treated as readable, so that a page of another origin is told that
 * nothing is there. POST as a method needs no permission, only its headers do: so where something would be changed,
 * no headers are named. Spec: Fetch, 4.8.
 */
export function optionsHead(
  address: Address | undefined,
  wanted: string | undefined,
  method = 'GET',
): Record<string, string> {
  const head = { allow: address ? allowed(address) : 'GET, HEAD, OPTIONS', 'cache-control': 'no-store' };
  const stage = address?.cors === 'stage';
  if (address?.cors === 'own' || (!stage && method !== 'GET' && method !== 'HEAD')) return head;
  const vary = 'access-control-request-headers';
  return {
    ...head,
    ...openTo(address, 'OPTIONS'),
    'access-control-allow-methods': stage ? head.allow : 'GET, HEAD, OPTIONS',
    'access-control-allow-headers': stage ? 'authorization, content-type, if-match' : fields(wanted, address),
    'access-control-max-age': String(ASKED_FOR_S),
    ...(stage ? {} : { vary }),
  };
}
