import { randomBytes } from 'node:crypto';
import type { SpeakerId } from '../../base/ids.ts';
import { type Grant, isOldHostLink } from '../../keys/token.ts';
import type { BackstageAction, BackstageLine, HandAction } from '../../wire/stage/backstage.ts';
import {
  type Ban,
  type HandsTold,
  type HandTrouble,
  type HostHand,
  MAX_HANDS,
  type OwnHand,
  type StageRules,
} from '../../wire/stage/hands.ts';
import type { StageRefusal } from '../refusal.ts';
import { BanList } from './ban-list.ts';
import type { Hand } from './hand.ts';
import type { HandFile } from './hand-file.ts';
import { HandQueue, MAX_HANDS_PER_NETWORK } from './hand-queue.ts';

/** Limit of bans in one room. */
export const MAX_BANS = 500;
/** Devices of people with links that are remembered, for bans. */
const MAX_DEVICES = 2_048;
const LIMIT_REFUSAL = {
  room: `${MAX_HANDS} hands are up, which is the limit of one room. Try again in a moment.`,
  network: `${MAX_HANDS_PER_NETWORK} hands are up from this network, which is its limit. Try again in a moment.`,
} as const;

/** What hands need of the room that they are in. */
export interface HandsRoom {
  wall(): number;
  /** The generation of links that the room accepts now. */
  generation(): number;
  /** Places that are free for speakers, those who were called not counted. */
  free(): { readonly left: number; readonly most: number };
  /** The name and role of somebody on stage or hearing it. */
  person(id: string): { readonly name: string; readonly role: Grant['role'] } | undefined;
  /** Tells a person what a host asks of them. */
  ask(who: SpeakerId, line: Extract<BackstageLine, { kind: 'asked' }>): void;
  /** Ends everything that a person has here. */
  end(who: SpeakerId): void;
  /** Something for hosts or listeners has changed. */
  changed(): void;
  /** A ban was added or taken back: the site is told. */
  banned(): void;
}

/** True for what a host does with hands and bans, and not with people on stage. */
export const isHandAction = (action: BackstageAction): action is HandAction =>
  'hand' in action || action.do === 'lower-all' || action.do === 'unban';

/** The raised hands of one room, who is kept out of it, and by which rules people come on stage. */
export class RoomHands implements Disposable {
  readonly queue: HandQueue;
  readonly bans = new BanList();
  readonly #room: HandsRoom;
  readonly #file: HandFile | undefined;
  readonly #devices = new Map<string, string>();
  readonly #oldHosts = new Set<SpeakerId>();
  #rules: StageRules = {};
  #open = false;
  #sent = new Map<string, string>();
  #sentUp = 0;
  #dirty = false;
  #accessDirty = false;
  #tickedAt = 0;

  constructor(room: HandsRoom, file: HandFile | undefined) {
    this.#room = room;
    this.#file = file;
    this.queue = new HandQueue((hand) => {
      this.#dirty = true;
      file?.write(hand);
      room.changed();
    }, file?.before);
    // After a restart everybody gets the whole time to be heard of again.
    for (const hand of this.queue.all()) hand.seen = room.wall();
  }

  /** Bans, and ids of bans taken back, that the site does not know yet. */
  get unconfirmed(): BanList['unconfirmed'] {
    return this.bans.unconfirmed;
  }

  /** How people come on stage. */
  get rules(): StageRules {
    return this.#rules;
  }

  /** Takes the rules of the room's card; `running` says whether people may come. */
  ruled(rules: StageRules | undefined, running: boolean): void {
    if (JSON.stringify(rules ?? {}) !== JSON.stringify(this.#rules)) this.#accessDirty = true;
    this.#rules = rules ?? {};
    this.#open = running && this.#rules.invitedOnly !== true;
  }

  /** Takes the site's list of bans; whom a moderator banned there leaves now. */
  confirm(bans: readonly Ban[] = []): void {
    const before = new Set(this.bans.all.map(({ id }) => id));
    if (this.bans.confirm(bans)) this.#accessDirty = true;
    for (const ban of this.bans.all) if (ban.role !== undefined && !before.has(ban.id)) this.#enforce(ban);
  }

  #enforce(ban: Ban): void {
    const { speaker, by } = ban;
    for (const who of ban.hostLinks ? this.#oldHosts : []) {
      this.#room.ask(who, { kind: 'asked', what: 'leave', by });
      this.#room.end(who);
    }
    if (speaker === undefined) return;
    const device = ban.device ?? this.queue.of(speaker)?.device ?? this.#devices.get(speaker);
    if (ban.linkOnly !== true && ban.device === undefined && device !== undefined) {
      this.bans.add({ ...ban, device });
      this.#bansChanged();
    }
    this.#room.ask(speaker as SpeakerId, { kind: 'asked', what: 'leave', by });
    for (const hand of this.queue.belonging(ban.linkOnly ? undefined : device, speaker)) {
      this.queue.turn(hand, 'banned', this.#room.wall(), { word: banWords(ban) });
      if (hand.speaker !== speaker) this.#room.end(hand.speaker);
    }
    this.#room.end(speaker as SpeakerId);
  }

  /** Remembers the device of somebody with a link, and who holds a host link that is no account's. */
  seen(grant: Grant): void {
    const { speaker, device } = grant;
    if (isOldHostLink(grant) && this.#oldHosts.size < MAX_DEVICES) this.#oldHosts.add(speaker);
    if (device === undefined) return;
    this.#devices.delete(speaker);
    this.#devices.set(speaker, device);
    if (this.#devices.size > MAX_DEVICES)
      for (const oldest of this.#devices.keys()) {
        this.#devices.delete(oldest);
        break;
      }
  }

  /** Why a grant of a raised hand opens nothing now. */
  refusal({ hand: id }: Pick<Grant, 'hand'>): StageRefusal | undefined {
    if (id === undefined) return undefined;
    const standing = this.queue.get(id)?.standing;
    if (standing === 'called' || standing === 'stage') return undefined;
    return { refused: 'hand-over', detail: 'Raise a hand again to speak.' };
  }

  /** Raises a hand. */
  raise(wish: { name: string; topic: string; device: string; network: string }) {
    const ban = this.bans.of(wish);
    if (ban) return banned(ban);
    if (!this.#open)
      return {
        refused: 'hands-closed',
        detail: this.#rules.invitedOnly ? 'Only invited people speak in this room.' : 'The room is not open.',
      } as const;
    const raised = this.queue.raise(wish, this.#room.wall());
    return typeof raised === 'string'
      ? ({ refused: 'hands-full', detail: LIMIT_REFUSAL[raised], retryAfter: 10 } as const)
      : raised;
  }

  /** The page of a hand says that it is there. Who answered a call gets time to answer the browser's question as well. */
  here(hand: Hand, trouble: HandTrouble | undefined): void {
    const wall = this.#room.wall();
    this.queue.here(hand, wall, trouble);
    // Who cannot speak is not waited for; the place in line stays theirs.
    if (hand.standing === 'called' && trouble !== undefined) this.queue.turn(hand, 'up', wall, { trouble });
  }

  /** The page of a hand answers a call, or renews its grant. */
  take(hand: Hand): StageRefusal | { readonly own: OwnHand; readonly generation: number } {
    const ban = this.bans.of(hand);
    if (ban) return banned(ban);
    const refused = this.refusal({ hand: hand.id });
    if (refused) return refused;
    const wall = this.#room.wall();
    if (hand.standing === 'called') this.queue.answered(hand, wall);
    return { own: this.queue.own(hand), generation: this.#room.generation() };
  }

  /** Somebody's microphone is connected. */
  arrived(who: SpeakerId): void {
    const hand = this.queue.of(who);
    if (hand && hand.standing === 'called') this.queue.turn(hand, 'stage', this.#room.wall());
  }

  /** Somebody has no place on stage any more, by themselves. */
  departed(who: SpeakerId): void {
    const hand = this.queue.of(who);
    if (hand && hand.standing === 'stage') this.queue.turn(hand, 'lowered', this.#room.wall());
  }

  /** A listener lowers their own hand, or leaves the stage. */
  lower(hand: Hand): void {
    if (this.queue.turn(hand, 'lowered', this.#room.wall())) this.#room.end(hand.speaker);
  }

  /** What a host does with hands; undefined when done. */
  act(by: string, role: Grant['role'], action: HandAction): StageRefusal | undefined {
    if (role === 'speaker') return { refused: 'not-host' };
    const wall = this.#room.wall();
    if (action.do === 'lower-all') {
      for (const hand of this.queue.all()) if (hand.standing === 'up') this.queue.turn(hand, 'lowered', wall);
      return undefined;
    }
    if (action.do === 'unban') {
      if (!this.bans.lift(action.ban))
        return { refused: 'unprocessable', detail: 'Nobody is banned with this id' };
      this.#bansChanged();
      return undefined;
    }
    const hand = this.queue.get(action.hand);
    if (!hand) return { refused: 'unprocessable', detail: 'This hand is down' };
    if (action.do === 'ban-hand') return this.#ban(hand.speaker, hand.name, hand.device, by, action.reason);
    if (action.do === 'call') return this.#call(hand, action.check ?? this.#rules.check ?? false, wall);
    const word = action.do === 'decline' ? action.word : undefined;
    const down = this.queue.turn(hand, action.do === 'decline' ? 'declined' : 'lowered', wall, { word });
    if (!down) return { refused: 'unprocessable', detail: 'This hand is down' };
    this.#room.end(hand.speaker);
    return undefined;
  }

  /** Keeps a person out: their link, their device, their hands. */
  ban(who: string, by: string, reason: string | undefined): StageRefusal | undefined {
    const hand = this.queue.of(who);
    const name = this.#room.person(who)?.name ?? hand?.name ?? '';
    return this.#ban(who as SpeakerId, name, hand?.device ?? this.#devices.get(who), by, reason);
  }

  /** A person on stage goes back to the listeners; true when they came by a raised hand. */
  toListener(who: SpeakerId): boolean {
    const hand = this.queue.of(who);
    return hand !== undefined && this.queue.turn(hand, 'listening', this.#room.wall());
  }

  /** What listeners are told. */
  told(): HandsTold {
    return this.queue.told(this.#open, this.#room.wall());
  }

  /** Tells somebody who has just become a host. */
  greet(send: (line: BackstageLine) => void): void {
    for (const line of this.greeting()) send(line);
  }

  /** All that a host's page is told when it opens. */
  *greeting(): Generator<BackstageLine> {
    yield {
      kind: 'hands',
      up: this.queue.up,
      hands: this.queue.shown(this.#room.wall()),
      gone: [],
      whole: true,
    };
    yield this.#access();
  }

  /** Looks after calls and absent pages, once a second. */
  tick(): void {
    const wall = this.#room.wall();
    if (Math.abs(wall - this.#tickedAt) < 1_000) return;
    this.#tickedAt = wall;
    this.queue.tick(wall);
  }

  /** Tells hosts what has changed since the last call. */
  tell(send: (line: BackstageLine) => void): void {
    if (this.#accessDirty) {
      this.#accessDirty = false;
      send(this.#access());
    }
    if (!this.#dirty) return;
    this.#dirty = false;
    const now = new Map<string, string>();
    const changed: HostHand[] = [];
    for (const hand of this.queue.shown(this.#room.wall())) {
      const text = JSON.stringify(hand);
      now.set(hand.id, text);
      if (this.#sent.get(hand.id) !== text) changed.push(hand);
    }
    const gone = [...this.#sent.keys()].filter((id) => !now.has(id));
    const { up } = this.queue;
    if (changed.length === 0 && gone.length === 0 && up === this.#sentUp) return;
    this.#sent = now;
    this.#sentUp = up;
    send({ kind: 'hands', up, hands: changed, gone });
  }

  /** The room is over: what people wrote is forgotten. */
  forget(): void {
    this.#file?.forget();
  }

  [Symbol.dispose](): void {
    this.#file?.[Symbol.dispose]();
  }

  #call(hand: Hand, check: boolean, wall: number): StageRefusal | undefined {
    if (hand.standing !== 'up' && hand.standing !== 'listening')
      return { refused: 'unprocessable', detail: 'This hand is not in line' };
    const { left, most } = this.#room.free();
    if (left - this.queue.called <= 0)
      return {
        refused: 'stage-full',
        detail: `At most ${most} people are on stage at once, beside the hosts: move somebody to the listeners first`,
      };
    this.queue.turn(hand, 'called', wall, { check });
    return undefined;
  }

  #ban(who: SpeakerId, name: string, device: string | undefined, by: string, reason: string | undefined) {
    if (this.bans.all.length >= MAX_BANS)
      return {
        refused: 'wrong-moment',
        detail: `${MAX_BANS} people are banned, which is the limit: take back a ban that is no longer needed, or let only invited people speak`,
      } as const;
    const at = this.#room.wall();
    this.bans.add({
      ...{ id: randomBytes(8).toString('base64url'), name, by, at, speaker: who },
      ...(reason === undefined ? {} : { reason }),
      ...(device === undefined ? {} : { device }),
    });
    this.#room.ask(who, { kind: 'asked', what: 'leave', by });
    for (const hand of this.queue.belonging(device, who)) {
      this.queue.turn(hand, 'banned', at, { word: reason });
      if (hand.speaker !== who) this.#room.end(hand.speaker);
    }
    this.#room.end(who);
    this.#bansChanged();
    return undefined;
  }

  #bansChanged(): void {
    this.#accessDirty = true;
    this.#room.changed();
    this.#room.banned();
  }

  #access(): BackstageLine {
    return { kind: 'access', rules: this.#rules, bans: this.bans.all };
  }
}

/** The refusal to somebody who is banned. */
export const banned = (ban: Ban): StageRefusal => ({ refused: 'banned', detail: banWords(ban) });

/** What somebody who is banned is told: by whom, why, until when, and how to object. */
function banWords({ reason, role, until, notice }: Ban): string {
  if (role === undefined)
    return reason ? `The host wrote: ${reason}` : 'A host of this room has banned you from its stage.';
  const who = role === 'operator' ? 'The operator of this server' : 'A host of this room';
  const end =
    until === undefined ? '' : ` Until ${new Date(until).toISOString().slice(0, 16).replace('T', ' ')} UTC.`;
  return `${who} wrote: ${reason ?? ''}.${end} What was decided, and how to object: ${notice ?? ''}`;
}
