import { roomPath } from '../../http/index.ts';
import { bearer } from '../../keys/token.ts';
import type { RoomCard } from '../../wire/room.ts';

/**
 * The address of a room that nobody has: no room is called so. A request that is not let into a room is answered as if
 * it had asked for this one, by whoever would answer it. So a stranger cannot tell a private room from none.
 */
export const NOBODYS = '-';

/** What asks for a key itself, and is answered alike for every room. */
const ENTER = '/enter';
/** What a host or speaker with a link may reach without a key. */
const STAGE = /^\/(?:(?:whip|whep)(?:\/[A-Za-z0-9_-]{1,64})?|backstage)$/;

/** What the gate needs. */
export interface RoomGateDeps {
  card(slug: string): Pick<RoomCard, 'slug' | 'access' | 'lock'> | undefined;
  /** True for a key that opens the room now; absent: no key opens any. */
  opens?(room: { readonly slug: string; readonly lock: string }, key: string): boolean;
  /** True for a token of the room's host or speakers. */
  knowsToken?(token: string, slug: string): boolean;
}

/** Who may pass to a room: the one place in a door that reads keys. */
export class RoomGate {
  readonly #deps: RoomGateDeps;

  constructor(deps: RoomGateDeps) {
    this.#deps = deps;
  }

  /**
   * The path as it is answered: without its key where that opens the room, at `NOBODYS` where the room is closed to
   * whoever asks. `authorization`: what the request says of its sender.
   */
  pass(path: string, authorization?: string): string {
    const asked = roomPath(path);
    if (!asked) return path;
    const { before, slug, key, rest } = asked;
    if (rest === ENTER && before === '') return `/r/${slug}${rest}`;
    const card = this.#deps.card(slug);
    // What everybody may hear needs no key; one that was never made would only be another name in every cache.
    if (key === undefined && card?.access !== 'private') return path;
    if (key !== undefined && this.#opens(card, key)) return `${before}/r/${slug}${rest}`;
    const token = before === '' && STAGE.test(rest) ? bearer(authorization) : undefined;
    if (card && token !== undefined && this.#deps.knowsToken?.(token, slug)) return `/r/${slug}${rest}`;
    return `${before}/r/${NOBODYS}${rest}`;
  }

  /** True for a room whose answers no cache may keep for long. */
  isPrivate(slug: string): boolean {
    return this.#deps.card(slug)?.access === 'private';
  }

  #opens(card: ReturnType<RoomGateDeps['card']>, key: string): boolean {
    if (card?.lock === undefined) return false;
    return this.#deps.opens?.({ slug: card.slug, lock: card.lock }, key) === true;
  }
}

/** The same for a path with a query. */
export function passTarget(rooms: Pick<RoomGate, 'pass'>, target: string): string {
  const mark = target.indexOf('?');
  return mark < 0 ? rooms.pass(target) : `${rooms.pass(target.slice(0, mark))}${target.slice(mark)}`;
}

/** How long a cache may keep what is private, in seconds: then it has to ask with the key again. */
const MOST_KEPT_S = 60;
const LIMIT = /\b(max-age|s-maxage)=(\d+)/g;

/** The headers of an answer from a private room: kept for a minute at most, found by no robot, told to no other site. */
export function privateHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept = headers['cache-control'];
  return {
    ...headers,
    ...(kept === undefined
      ? {}
      : {
          'cache-control': kept
            .replace(
              LIMIT,
              (_, name: string, most: string) => `${name}=${Math.min(Number(most), MOST_KEPT_S)}`,
            )
            .replace(/, *(?:immutable|stale-\S+)/g, ''),
        }),
    'referrer-policy': 'no-referrer',
    'x-robots-tag': 'noindex',
  };
}
