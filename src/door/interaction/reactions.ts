import { networkOf } from '../../base/allowance.ts';
import type { Clock } from '../../base/clock.ts';
import { problem, type Reply } from '../../base/reply.ts';
import {
  addReactions,
  MOST_PER_SECOND,
  noReactions,
  REACTIONS,
  type ReactionCounts,
  sumOfReactions,
} from '../../wire/interaction/reactions.ts';
import type { RoomCard } from '../../wire/room.ts';
import { isRunning } from '../../wire/room.ts';
import { DEVICE_KEY } from '../../wire/stage/hands.ts';

/** Reactions of one network that count in a second at one door: a company or a carrier behind one address. */
export const MOST_PER_NETWORK = 200;
/** Devices that are told apart in a second; beyond that nothing more counts until the next one. */
const MAX_DEVICES = 50_000;

const TAKEN: Reply = { status: 204, headers: { 'cache-control': 'no-store' }, body: '' };

/**
 * The reactions that came to this door, by room, since they were last taken away. Nothing is kept of who sent them but
 * what they used of this second. They are reactions and no people: whoever invents devices gets as far as their network.
 */
export class DoorReactions {
  readonly #clock: Clock;
  readonly #rooms = new Map<string, number[]>();
  #second = Number.NEGATIVE_INFINITY;
  readonly #used = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts what a page says, and answers it. */
  take(card: RoomCard | undefined, client: string, type: string, text: string): Reply {
    if (!card) return problem('room-unknown');
    // A page of another site can send a plain form for its reader, but not this.
    if (type !== 'application/json') return problem('unsupported-media-type', 'Send application/json');
    if (!isRunning(card.status)) return problem('room-not-open');
    if (card.rules?.reactions === false)
      return problem('reactions-closed', 'The host has switched reactions off.');
    const said = readReactions(text);
    if (typeof said === 'string') return problem('unprocessable', said);
    const counted = this.#allowed(card.slug, said.device, networkOf(client), said.counts);
    const whole = sumOfReactions(counted);
    if (whole > 0)
      this.#rooms.set(card.slug, addReactions(this.#rooms.get(card.slug) ?? noReactions(), counted));
    const wanted = sumOfReactions(said.counts);
    if (whole === wanted) return TAKEN;
    return problem(
      'too-often',
      `${whole} of ${wanted} count: at most ${MOST_PER_SECOND} a second of one device and ${MOST_PER_NETWORK} of one network.`,
      { 'retry-after': '1' },
    );
  }

  /** What was counted since the last call, by room. */
  takeAway(): ReadonlyMap<string, ReactionCounts> {
    const counted = new Map(this.#rooms);
    this.#rooms.clear();
    return counted;
  }

  /** As much of the counts as is left to their sender in this second. */
  #allowed(slug: string, device: string, network: string, counts: ReactionCounts): number[] {
    const second = Math.floor(this.#clock.now() / 1000);
    if (second !== this.#second) this.#used.clear();
    this.#second = second;
    const mine = `${slug} ${device}`;
    const near = `network ${network}`;
    if (this.#used.size >= MAX_DEVICES && !this.#used.has(mine)) return noReactions();
    let [own, all] = [this.#used.get(mine) ?? 0, this.#used.get(near) ?? 0];
    // A network that invents devices takes no more places than what counts of it.
    if (all >= MOST_PER_NETWORK) return noReactions();
    const counted = counts.map((count) => {
      const some = Math.max(0, Math.min(count, MOST_PER_SECOND - own, MOST_PER_NETWORK - all));
      own += some;
      all += some;
      return some;
    });
    this.#used.set(mine, own);
    this.#used.set(near, all);
    return counted;
  }
}

/** Reads `{ "device": …, "reactions": { "applause": 2 } }`. A string is the refusal in plain words. */
export function readReactions(text: string): { device: string; counts: number[] } | string {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return 'The body is not JSON';
  }
  if (body === null || typeof body !== 'object' || Array.isArray(body)) return 'Send an object';
  const { device, reactions, ...other } = body as Record<string, unknown>;
  if (Object.keys(other).length > 0) return 'use device, reactions';
  if (typeof device !== 'string' || !DEVICE_KEY.test(device))
    return 'device: use 16 to 64 letters, digits, - and _, the same each time';
  const use = `reactions: use ${REACTIONS.join(', ')}, each with a whole number from 1 to 20`;
  if (reactions === null || typeof reactions !== 'object' || Array.isArray(reactions)) return use;
  const counts = noReactions();
  for (const [name, count] of Object.entries(reactions)) {
    const index = (REACTIONS as readonly string[]).indexOf(name);
    if (index < 0 || !Number.isInteger(count) || Number(count) < 1 || Number(count) > 20) return use;
    counts[index] = Number(count);
  }
  return sumOfReactions(counts) > 0 ? { device, counts } : use;
}
