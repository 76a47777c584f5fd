import type { Clock } from '../../base/clock.ts';
import { find } from '../../http/index.ts';
import { bearer } from '../../keys/token.ts';

/**
 * Requests per second that tokens of one room give priority to: a full stage makes a fraction of that. Further ones
 * are like any others.
 */
const MOST_VOUCHED = 100;
/**
 * And so many reach the process that mixes the room at all, from this door: a stage whose people all come back at
 * once needs fewer.
 */
const MOST_TO_STAGE = 400;
/**
 * Requests per second that reach any stage without a token of its room: enough to be told what is wrong with a link.
 */
const MOST_STRANGERS = 40;
/** Rooms counted within a second; tokens of further rooms give no priority. */
const MOST_ROOMS = 4_096;

/** True for a host's or speaker's token of the room. */
type KnowsToken = (token: string, slug: string, wall: number) => boolean;

/**
 * What a request for a stage is worth: it is answered in the process that mixes. Anybody can open a room and have a
 * token: it is worth something in that room alone, and only so much.
 */
export class StageRequests {
  readonly #clock: Clock;
  readonly #knowsToken: KnowsToken | undefined;
  /** Requests of this second with a valid token, by room. */
  readonly #counts = new Map<string, number>();
  #second = 0;
  #strangers = 0;

  /** Without `knowsToken` no token is known, and no request is special. */
  constructor(clock: Clock, knowsToken: KnowsToken | undefined) {
    this.#clock = clock;
    this.#knowsToken = knowsToken;
  }

  /** The worth of a request, which is counted. */
  worth(authorization: string | undefined, path: string): 'first' | 'like-others' | 'never' {
    const found = find(path);
    if (!this.#knowsToken || found?.address.urgency !== 'stage') return 'like-others';
    this.#turn();
    const slug = found.room;
    const count = this.#counts.get(slug) ?? 0;
    if (count >= MOST_TO_STAGE) return 'never';
    const token = bearer(authorization);
    const known = count > 0 || this.#counts.size < MOST_ROOMS;
    if (token === undefined || !known || !this.#knowsToken(token, slug, this.#clock.wall())) {
      this.#strangers += 1;
      return this.#strangers > MOST_STRANGERS ? 'never' : 'like-others';
    }
    this.#counts.set(slug, count + 1);
    return count < MOST_VOUCHED ? 'first' : 'like-others';
  }

  /** Counting begins again each second. */
  #turn(): void {
    const now = Math.floor(this.#clock.now() / 1000);
    if (now === this.#second) return;
    this.#second = now;
    this.#counts.clear();
    this.#strangers = 0;
  }
}
