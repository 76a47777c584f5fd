import type { SpeakerId } from '../../base/ids.ts';
import {
  type HandStanding,
  type HandsTold,
  type HandTrouble,
  type HostHand,
  MAX_HANDS,
  type OwnHand,
  SHOWN_HANDS,
} from '../../wire/stage/hands.ts';
import { type Hand, isOpen, newHandId, newSecret, newSpeaker } from './hand.ts';

/** Hands that are up from one network: the others leave room in the line for everybody else. */
export const MAX_HANDS_PER_NETWORK = 600;
/** Hands that are over and whose page may still ask why; the oldest are forgotten first. */
const MAX_OVER = 500;
/** People whom a host moved back and can call again; the oldest are lowered first. */
const MAX_LISTENING = 50;
/** A call that nobody answers within this time is taken back; the hand keeps its place. */
export const ANSWER_MS = 30_000;
/** A page that answered may take this long: a browser asks its person whether the page may use the microphone. */
export const ALLOW_MS = 90_000;
/** A page that has not been heard of for this long counts as away. */
export const AWAY_MS = 90_000;
/** After this long without its page a hand is lowered. */
export const GONE_MS = 600_000;
/** A change stays in the state of the room for this long, and at most this many do: pages ask by themselves as well. */
const TOLD_MS = 20_000;
const MAX_TOLD = 32;
/** Whoever is among the next this many says often that they are there, so that a call is noticed on delayed sound too. */
const NEXT = 10;
const AGAIN_S = { next: 4, later: 20 };
/** What the page reads whose hand made room for another network's. */
const CROWDED = 'The line is full, and many hands of your network are in it: this one made room for others.';

/** A wish to speak, already checked. */
export interface HandWish {
  readonly name: string;
  readonly topic: string;
  readonly device: string;
  readonly network: string;
}

/** The raised hands of one room, in order. Times are wall-clock ms, because they survive a restart. */
export class HandQueue {
  readonly #hands = new Map<string, Hand>();
  readonly #over = new Map<string, Hand>();
  readonly #byDevice = new Map<string, Hand>();
  readonly #bySpeaker = new Map<string, Hand>();
  /** Up, in order: a map keeps its order, and `n` only grows. */
  readonly #up = new Map<string, Hand>();
  readonly #perNetwork = new Map<string, number>();
  /** Called, and their page has answered. */
  readonly #answered = new Set<string>();
  readonly #changed: (hand: Hand) => void;
  #last = 0;
  #told: { readonly id: string; readonly at: number }[] = [];

  /** `changed` is called after each change of a hand, with the hand as it is now. */
  constructor(changed: (hand: Hand) => void, before: readonly Hand[] = []) {
    this.#changed = changed;
    for (const hand of before) {
      this.#last = Math.max(this.#last, hand.n);
      this.#keep(hand);
    }
  }

  /** Hands that are up. */
  get up(): number {
    return this.#up.size;
  }

  /** Hands that a host called and that have not come yet. */
  get called(): number {
    return this.#count('called');
  }

  get(id: string): Hand | undefined {
    return this.#hands.get(id) ?? this.#over.get(id);
  }

  /** The hand of a person on stage. */
  of(speaker: string): Hand | undefined {
    return this.#bySpeaker.get(speaker);
  }

  /**
   * Raises a hand, or renews the one that this device has: it keeps its place. The secret is the page's. When the line
   * is full, the newest hand of the network with the most of them makes room. Refused with the limit that is reached.
   */
  raise(wish: HandWish, wall: number): { readonly hand: Hand; readonly secret: string } | 'room' | 'network' {
    const { secret, kept } = newSecret();
    const known = this.#byDevice.get(wish.device);
    if (known) {
      Object.assign(known, { secret: kept, name: wish.name, topic: wish.topic, seen: wall });
      this.#changed(known);
      return { hand: known, secret };
    }
    if (this.#up.size >= MAX_HANDS && !this.#madeRoom(wish.network, wall)) return 'room';
    if ((this.#perNetwork.get(wish.network) ?? 0) >= MAX_HANDS_PER_NETWORK) return 'network';
    this.#last += 1;
    const hand: Hand = {
      ...{ id: newHandId(), secret: kept, n: this.#last, speaker: newSpeaker() },
      ...wish,
      ...{ since: wall, standing: 'up', turned: wall, check: false, seen: wall },
    };
    this.#keep(hand);
    this.#changed(hand);
    return { hand, secret };
  }

  /** Changes where a hand is; false when it is over already. */
  turn(
    hand: Hand,
    standing: HandStanding,
    wall: number,
    more: Partial<Pick<Hand, 'word' | 'trouble' | 'check'>> = {},
  ): boolean {
    if (!this.#hands.has(hand.id)) return false;
    this.#drop(hand);
    Object.assign(hand, { trouble: undefined, ...more, standing, turned: wall });
    this.#keep(hand);
    this.#told = [...this.#told.filter(({ id }) => id !== hand.id), { id: hand.id, at: wall }].slice(
      -MAX_TOLD,
    );
    if (standing === 'listening') this.#lowerOldest(wall);
    this.#changed(hand);
    return true;
  }

  /** The page says that it is there, and perhaps why it cannot speak. */
  here(hand: Hand, wall: number, trouble?: HandTrouble): void {
    const away = isAway(hand, wall);
    hand.seen = wall;
    if (!away && trouble === hand.trouble) return;
    if (trouble !== undefined) hand.trouble = trouble;
    this.#changed(hand);
  }

  /** The page answered a call and is on its way to the stage. */
  answered(hand: Hand, wall: number): void {
    hand.seen = wall;
    this.#answered.add(hand.id);
  }

  /** Takes back calls that nobody answered, and lowers hands whose page has gone for good. Call it once a second. */
  tick(wall: number): void {
    for (const hand of [...this.#hands.values()]) {
      const patience = this.#answered.has(hand.id) ? ALLOW_MS : ANSWER_MS;
      if (hand.standing === 'called' && wall - hand.turned >= patience)
        this.turn(hand, 'up', wall, { trouble: hand.trouble ?? 'silent' });
      else if (hand.standing !== 'stage' && wall - hand.seen >= GONE_MS) this.turn(hand, 'lowered', wall);
      else if (wall - hand.seen >= AWAY_MS && wall - hand.seen < AWAY_MS + 1_500) this.#changed(hand);
    }
  }

  /** What the state of the room tells everybody. */
  told(open: boolean, wall: number): HandsTold {
    this.#told = this.#told.filter(({ at }) => wall - at < TOLD_MS);
    const called: string[] = [];
    for (const hand of this.#hands.values())
      if (hand.standing === 'called' && called.length < MAX_TOLD) called.push(hand.id);
    const told = this.#told.map(({ id }) => id).filter((id) => !called.includes(id));
    return { open, up: this.#up.size, called, told };
  }

  /** What the page of a hand is told. */
  own(hand: Hand): OwnHand {
    const { id, standing, word } = hand;
    const place = standing === 'up' ? this.#placeOf(hand) : undefined;
    return {
      ...{ id, standing, up: this.#up.size },
      ...(place === undefined ? {} : { place }),
      ...(word === undefined ? {} : { word }),
      again: place !== undefined && place > NEXT ? AGAIN_S.later : AGAIN_S.next,
    };
  }

  /** What hosts are shown: the first of the line, and everybody who is on their way to the stage or back. */
  shown(wall: number): HostHand[] {
    const shown: HostHand[] = [];
    for (const hand of this.#hands.values()) if (hand.standing !== 'up') shown.push(asHostHand(hand, wall));
    let up = 0;
    for (const hand of this.#up.values()) {
      if (up >= SHOWN_HANDS) break;
      up += 1;
      shown.push(asHostHand(hand, wall));
    }
    return shown;
  }

  /** Every hand that has to survive a restart. */
  all(): Hand[] {
    return [...this.#hands.values()];
  }

  /** Hands of a device or a person, for a ban. */
  belonging(device: string | undefined, speaker: string | undefined): Hand[] {
    return this.all().filter(
      (hand) => (device !== undefined && hand.device === device) || hand.speaker === (speaker as SpeakerId),
    );
  }

  #count(standing: HandStanding): number {
    let count = 0;
    for (const hand of this.#hands.values()) if (hand.standing === standing) count += 1;
    return count;
  }

  #placeOf(wanted: Hand): number {
    let place = 1;
    for (const hand of this.#up.values()) {
      if (hand === wanted) return place;
      place += 1;
    }
    return place;
  }

  #keep(hand: Hand): void {
    if (!isOpen(hand)) {
      this.#over.set(hand.id, hand);
      if (this.#over.size > MAX_OVER)
        for (const id of this.#over.keys()) {
          this.#over.delete(id);
          break;
        }
      return;
    }
    this.#hands.set(hand.id, hand);
    this.#byDevice.set(hand.device, hand);
    this.#bySpeaker.set(hand.speaker, hand);
    if (hand.standing !== 'up') return;
    this.#perNetwork.set(hand.network, (this.#perNetwork.get(hand.network) ?? 0) + 1);
    const late = [...this.#up.values()].filter(({ n }) => n > hand.n);
    this.#up.set(hand.id, hand);
    // A call that was taken back returns to its own place.
    for (const other of late) {
      this.#up.delete(other.id);
      this.#up.set(other.id, other);
    }
  }

  #drop(hand: Hand): void {
    this.#hands.delete(hand.id);
    this.#answered.delete(hand.id);
    if (this.#byDevice.get(hand.device) === hand) this.#byDevice.delete(hand.device);
    this.#bySpeaker.delete(hand.speaker);
    if (!this.#up.delete(hand.id)) return;
    const left = (this.#perNetwork.get(hand.network) ?? 1) - 1;
    if (left > 0) this.#perNetwork.set(hand.network, left);
    else this.#perNetwork.delete(hand.network);
  }

  /** Lowers the newest hand of the network with the most, unless this one would have as many; false when it has. */
  #madeRoom(network: string, wall: number): boolean {
    let [crowd, most] = ['', (this.#perNetwork.get(network) ?? 0) + 1];
    // Of hands from before a restart nobody knows the network.
    for (const [other, count] of this.#perNetwork)
      if (other !== '' && count > most) [crowd, most] = [other, count];
    if (crowd === '') return false;
    const newest = [...this.#up.values()].findLast((hand) => hand.network === crowd);
    return newest !== undefined && this.turn(newest, 'lowered', wall, { word: CROWDED });
  }

  #lowerOldest(wall: number): void {
    const listening = this.all()
      .filter(({ standing }) => standing === 'listening')
      .sort((a, b) => a.turned - b.turned);
    for (const hand of listening.slice(0, Math.max(0, listening.length - MAX_LISTENING)))
      this.turn(hand, 'lowered', wall);
  }
}

const isAway = (hand: Hand, wall: number): boolean => wall - hand.seen >= AWAY_MS;

function asHostHand(hand: Hand, wall: number): HostHand {
  const { id, n, name, topic, since, speaker, trouble } = hand;
  const standing = hand.standing as HostHand['standing'];
  return {
    ...{ id, n, name, topic, since, standing, speaker },
    ...(standing !== 'stage' && isAway(hand, wall) ? { away: true as const } : {}),
    ...(trouble === undefined ? {} : { trouble }),
  };
}
