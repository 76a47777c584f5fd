/** What happened at the room's doors: pages, presses of Listen and what became of them, and cards that were seen. */

import type { AudienceRoom } from '../../src/audience/room.ts';
import type { JoinFailure } from '../../src/wire/metrics.ts';
import type { RoomEvents } from '../../src/wire/room-events.ts';
import { chance } from '../../test/chance.ts';
import { EARLY, FAILING, LIVE, POST, POSTS, WHEN } from './scenario.ts';

const MINUTE = 60;

/** How often the announcing post had been seen at a second, by the line between the two nearest points. */
function postSeen(second: number): number {
  const after = POST.findIndex(([at]) => at > second);
  const [before, next] = [POST[after < 0 ? POST.length - 1 : Math.max(0, after - 1)], POST[after]];
  if (!before) return 0;
  if (!next) return before[1] * 1e6;
  return (before[1] + ((next[1] - before[1]) * (second - before[0])) / (next[0] - before[0])) * 1e6;
}

/** How often the posts of other accounts had been seen: some from the evening on, all of them fewer and fewer. */
export function otherPosts(second: number, scale: number): Record<string, number> {
  return Object.fromEntries(
    Array.from({ length: POSTS.accounts }, (_, i) => {
      const began = WHEN.opened + ((i * i * 97) % (150 * MINUTE));
      const whole = (POSTS.largest / (i + 1) ** POSTS.falls) * scale;
      const seen = whole * (1 - 2 ** (-Math.max(0, second - began) / POSTS.halves));
      return [`account-${String(i + 1).padStart(2, '0')}`, Math.floor(seen)];
    }).filter(([, seen]) => Number(seen) > 0),
  );
}

/** Why a join failed before anything was said, and once the conversation ran; shares. Assumed. */
const WHY: Readonly<Record<'before' | 'later', readonly (readonly [JoinFailure, number])[]>> = {
  before: [
    ['capacity', 0.58],
    ['network', 0.27],
    ['abandoned', 0.11],
    ['unknown', 0.04],
  ],
  later: [
    ['capacity', 0.34],
    ['network', 0.31],
    ['abandoned', 0.21],
    ['decode', 0.08],
    ['blocked', 0.06],
  ],
};

/** What is known of the people at the end of a minute. */
export interface Crowd {
  /** Pages that wait for sound, and pages with sound. */
  readonly waiting: number;
  readonly listening: number;
  /** People who opened the page, sessions that began to hear something, and visits of the recording, so far. */
  readonly early: number;
  readonly joined: number;
  readonly replays: number;
}

/** The doors of the room: each tells the sums of its life, as doors do. */
export class Doors {
  readonly #scale: number;
  readonly #random: () => number;
  readonly #sums = { visits: 0, attempts: 0, retries: 0, successes: 0, impressions: 0, embedImpressions: 0 };
  readonly #failures: Partial<Record<JoinFailure, number>> = {};
  #before: Crowd = { waiting: 0, listening: 0, early: 0, joined: 0, replays: 0 };

  constructor(scale: number, seed: number) {
    this.#scale = scale;
    this.#random = chance(seed);
  }

  /** Counts a minute, and tells the room. */
  minute(room: AudienceRoom, minute: number, now: Crowd): void {
    const sums = this.#sums;
    const second = (minute + 1) * MINUTE;
    const came = now.early - this.#before.early;
    const joined = now.joined - this.#before.joined;
    const isBefore = second <= WHEN.speech;
    // Who waits presses Listen again and again; players try again by themselves as well.
    const presses = isBefore ? came + Math.round((now.waiting * MINUTE) / EARLY.presses) : 0;
    const share =
      FAILING.later + (FAILING.first - FAILING.later) * 2 ** (-(second - WHEN.speech) / FAILING.halves);
    const failed = isBefore ? Math.max(0, presses - joined) : Math.round((joined * share) / (1 - share));
    sums.visits += Math.round(
      came * 1.2 + (isBefore ? 0 : joined * 1.35) + (now.replays - this.#before.replays) * 1.6,
    );
    sums.attempts += joined + failed;
    sums.retries += Math.round(failed * (1.5 + this.#random()));
    sums.successes += joined;
    this.#failed(failed, WHY[isBefore ? 'before' : 'later']);
    sums.impressions = Math.floor(postSeen(second) * this.#scale);
    sums.embedImpressions = Math.floor(postSeen(second) * 0.071 * this.#scale);
    this.#before = now;
    const pages = second > WHEN.ended + 20 * MINUTE ? 0 : Math.round(now.waiting + now.listening * 1.09);
    this.#tell(room, { ...sums, failures: this.#failures, posts: otherPosts(second, this.#scale), pages });
  }

  #failed(many: number, why: (typeof WHY)['before']): void {
    let left = many;
    for (const [i, [reason, share]] of why.entries()) {
      const some = i === why.length - 1 ? left : Math.min(left, Math.round(many * share));
      this.#failures[reason] = (this.#failures[reason] ?? 0) + some;
      left -= some;
    }
  }

  /** Each door has its part of every sum. */
  #tell(room: AudienceRoom, { failures, posts, ...sums }: RoomEvents): void {
    for (let door = 0; door < LIVE.doors; door++) {
      const parts = (of: Readonly<Record<string, number | undefined>> = {}): Record<string, number> =>
        Object.fromEntries(
          Object.entries(of).map(([name, sum = 0]) => [name, Math.floor((sum + door) / LIVE.doors)]),
        );
      const its = { failures: parts(failures), posts: parts(posts) };
      room.happened(`door-${door}`, 'evening', { ...parts(sums as Record<string, number>), ...its });
    }
  }
}
