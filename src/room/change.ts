import { stateOf } from '../api/index.ts';
import type { SpeakerId } from '../base/ids.ts';
import { type Clocks, isOver, isRunning, type RoomCard } from '../wire/room.ts';
import type { Ban, StageRules } from '../wire/stage/hands.ts';
import { arranged, planned } from './arrangements.ts';
import type { RoomRefusal } from './refusal.ts';
import type { RoomOnSite } from './rows.ts';
import { advice } from './status.ts';

/** What a host may change of a room; `cap` null is no cap. */
export interface Edit {
  readonly title?: string | undefined;
  readonly start?: number | undefined;
  /** In which it is announced, by its IANA name; null: UTC. */
  readonly zone?: string | null | undefined;
  readonly cap?: number | null | undefined;
  /** How people come on stage; what is absent stays as it is, and `speakers` null is the server's limit. */
  readonly rules?: RulesEdit | undefined;
  /** What it is about; null: nothing is said. */
  readonly about?: string | null | undefined;
  /** Why it begins late, in the host's own words; null: it does not. */
  readonly late?: string | null | undefined;
}

/** What a host may change of how people come on stage. */
export interface RulesEdit {
  readonly invitedOnly?: boolean | undefined;
  readonly speakers?: number | null | undefined;
  readonly check?: boolean | undefined;
  readonly reactions?: boolean | undefined;
  readonly questions?: boolean | undefined;
}

/** Limit of people barred from one room. Beyond it a host withdraws all links instead, which bars more. */
const MAX_BARRED = 1_000;

/** The room after an edit; the same entry when nothing changes. */
export function edited(entry: RoomOnSite, edit: Edit, at: number): RoomOnSite | RoomRefusal {
  const { card } = entry;
  if (card.status === 'cancelled') return { refused: 'room-ended', detail: advice('cancelled', 'open') };
  if (edit.start !== undefined && edit.start !== card.clocks.scheduled && card.status !== 'scheduled')
    return { refused: 'wrong-moment', detail: 'start: the room has opened, so it can no longer be moved' };
  const { cap: kept, rules: ruled, zone: known, ...uncapped } = card;
  const zone = edit.zone === undefined ? known : (edit.zone ?? undefined);
  const cap = edit.cap === undefined ? kept : (edit.cap ?? undefined);
  const title = edit.title ?? card.title;
  const scheduled = edit.start ?? card.clocks.scheduled;
  const rules = edit.rules === undefined ? ruled : rulesAfter(ruled, edit.rules);
  if (typeof edit.late === 'string' && card.status !== 'scheduled' && card.status !== 'open')
    return { refused: 'wrong-moment', detail: 'late: the conversation has begun, or is over' };
  const planning = plansAfter(entry, edit, at);
  const ways = JSON.stringify(rules) === JSON.stringify(ruled) && zone === known;
  const same = ways && planning === entry;
  if (same && cap === kept && title === card.title && scheduled === card.clocks.scheduled) return entry;
  return {
    ...planning,
    card: {
      ...uncapped,
      ...(cap === undefined ? {} : { cap }),
      ...(rules === undefined ? {} : { rules }),
      ...(zone === undefined ? {} : { zone }),
      title,
      clocks: scheduled === undefined ? card.clocks : { ...card.clocks, scheduled },
    },
  };
}

/**
 * The state of what hosts can edit of a room: not what is measured while it runs, so that an edit is never refused for
 * that.
 */
export function editState(entry: RoomOnSite): string {
  const { clocks, zero: _, cell: __, quarantine: ___, hostGone: ____, ...rest } = measured(entry);
  return stateOf([rest, clocks.scheduled]);
}

/** `make`, unless the room is no longer in the state that the caller has read. */
export const inState =
  (check: InState, make: (entry: RoomOnSite) => RoomOnSite | RoomRefusal): typeof make =>
  (entry) =>
    check?.(editState(entry)) ?? make(entry);

/** A check of the state that a caller has read; undefined when they said nothing of it. */
export type InState = ((state: string) => RoomRefusal | undefined) | undefined;

/** The room without a trace in lists; its address then leads nowhere. */
export function removed(entry: RoomOnSite, now: number): RoomOnSite | RoomRefusal {
  const { status, clocks, welcome } = entry.card;
  if (welcome)
    return { refused: 'wrong-moment', detail: 'The demo room is switched off by the setting welcome.' };
  if (isRunning(status)) return { refused: 'wrong-moment', detail: 'The room is live: end it first.' };
  const card: RoomCard = {
    ...entry.card,
    title: '',
    hosts: [],
    ...(status === 'scheduled' ? { status: 'cancelled', clocks: { ...clocks, ended: now } } : {}),
  };
  return { ...arranged(entry, { about: undefined }), card, removed: now };
}

/** The rules after a change; only what differs from the usual is kept. */
function rulesAfter(before: StageRules = {}, edit: RulesEdit): StageRules | undefined {
  const invitedOnly = edit.invitedOnly ?? before.invitedOnly ?? false;
  const check = edit.check ?? before.check ?? false;
  const speakers = edit.speakers === undefined ? before.speakers : (edit.speakers ?? undefined);
  const after: StageRules = {
    ...(invitedOnly ? { invitedOnly } : {}),
    ...(speakers === undefined ? {} : { speakers }),
    ...(check ? { check } : {}),
    ...((edit.reactions ?? before.reactions) === false ? { reactions: false } : {}),
    ...((edit.questions ?? before.questions) === false ? { questions: false } : {}),
  };
  return Object.keys(after).length > 0 ? after : undefined;
}

/** Limit of bans in one room; the cell has the same for its hosts. What an operator decides is never refused for it. */
const MAX_BANS = 500;
const BANS_FULL: RoomRefusal = {
  refused: 'wrong-moment',
  detail: `${MAX_BANS} people are kept out of this room, which is the limit. Take back what is no longer needed, or let only invited people speak.`,
};

/**
 * The room with bans added and taken back. `limited`: one more than the limit is refused; what a stage has done
 * already stands.
 */
export function rebanned(
  entry: RoomOnSite,
  added: readonly Ban[],
  lifted: readonly string[],
  limited = false,
): RoomOnSite | RoomRefusal {
  const { bans = [], ...revoked } = entry.revoked;
  // A stage adds the device to a ban that came without one.
  const bare = new Set(bans.filter(({ device }) => device === undefined).map(({ id }) => id));
  const whole = (ban: Ban): boolean => bare.has(ban.id) && ban.device !== undefined;
  const known = new Set(bans.map(({ id }) => id));
  const fresh = added.filter((ban) => (!known.has(ban.id) || whole(ban)) && !lifted.includes(ban.id));
  const replaced = new Set(fresh.map(({ id }) => id));
  const kept = bans.filter(({ id }) => !lifted.includes(id) && !replaced.has(id));
  if (fresh.length === 0 && kept.length === bans.length) return entry;
  const after = [...kept, ...fresh];
  const grows = fresh.some(({ id, role }) => !known.has(id) && role !== 'operator');
  if (limited && grows && after.length > MAX_BANS) return BANS_FULL;
  return { ...entry, revoked: { ...revoked, ...(after.length > 0 ? { bans: after } : {}) } };
}

/** The same entry, or one that says what it is about, that it was moved, or why it is late. */
function plansAfter(before: RoomOnSite, { start, late, about }: Edit, at: number): RoomOnSite {
  const known = before.arrangements?.about;
  const entry =
    about === undefined || (about ?? undefined) === known
      ? before
      : arranged(before, { about: about ?? undefined });
  const { scheduled } = entry.card.clocks;
  // What was never announced was not moved either.
  const moves = start !== undefined && scheduled !== undefined && start !== scheduled;
  const moved = moves && !entry.arrangements?.draft ? { from: scheduled, at } : undefined;
  const reason = late === undefined ? undefined : { late: late === null ? undefined : { reason: late, at } };
  if (!moved && reason === undefined) return entry;
  return planned(entry, { ...(moved ? { moved, late: undefined } : {}), ...reason });
}

/** The room with this person barred for good. */
export function barred(entry: RoomOnSite, who: SpeakerId): RoomOnSite | RoomRefusal {
  const { revoked } = entry;
  if (revoked.barred.includes(who)) return entry;
  if (revoked.barred.length >= MAX_BARRED)
    return {
      refused: 'wrong-moment',
      detail: `${MAX_BARRED} people are kept out already: withdraw all links instead (new links)`,
    };
  return { ...entry, revoked: { ...revoked, barred: [...revoked.barred, who] } };
}

/** The room with every link withdrawn that was given so far; what the host `by` has open continues. */
export function renewed(entry: RoomOnSite, by: SpeakerId | undefined): RoomOnSite {
  const generation = entry.revoked.generation + 1;
  // Whoever was kept out holds a link of an older generation.
  const { bans } = entry.revoked;
  return {
    ...entry,
    revoked: {
      ...{ generation, barred: [] },
      ...(by === undefined ? {} : { spared: by }),
      // A device comes back without a link.
      ...(bans ? { bans } : {}),
    },
  };
}

/** The card with first audio and first speech; the first report of each stands. */
export function clocked(card: RoomCard, { firstAudio, firstSpeech }: Clocks): RoomCard {
  const fresh: Clocks = {
    ...(firstAudio !== undefined && card.clocks.firstAudio === undefined ? { firstAudio } : {}),
    ...(firstSpeech !== undefined && card.clocks.firstSpeech === undefined ? { firstSpeech } : {}),
  };
  return Object.keys(fresh).length === 0 ? card : { ...card, clocks: { ...card.clocks, ...fresh } };
}

/** The fields of a room that a calendar shows. */
const shown = ({ card: { title, status, clocks, hosts, zone }, arrangements }: RoomOnSite): string =>
  JSON.stringify([
    ...[title, status === 'cancelled', clocks.scheduled, hosts, arrangements?.about],
    ...[arrangements?.plans?.late?.reason, zone],
  ]);

/** The entry, with its revision increased when a calendar would show something different. */
export function revised(before: RoomOnSite, after: RoomOnSite, at: number): RoomOnSite {
  if (shown(before) === shown(after)) return after;
  return { ...after, sequence: before.sequence + 1, modified: at };
}

/** The card of a room with what was done to it. */
export function measured({ id, card: bare, measures, arrangements }: RoomOnSite): RoomCard {
  const { stopped, quarantine, hostGone, unlisted } = measures ?? {};
  const { about, access, lock, draft, plans } = arrangements ?? {};
  // Nobody but its hosts is told of a draft.
  const closed = draft ? 'private' : (access ?? (unlisted === undefined ? undefined : 'unlisted'));
  const card: RoomCard = {
    ...{ ...bare, id },
    ...(about ? { about } : {}),
    ...(closed ? { access: closed } : {}),
    ...(lock ? { lock } : {}),
    ...(plans ? { plans } : {}),
  };
  if (stopped) return { ...card, status: 'stopped', stopped };
  if (!isRunning(card.status)) return card;
  return { ...card, ...(quarantine ? { quarantine } : {}), ...(hostGone ? { hostGone } : {}) };
}

/** What doors are told when they look up a room that is over; undefined for any other room. */
export const toldWhenOver = (entry: RoomOnSite | undefined, lead: number): RoomCard | undefined =>
  entry && isOver(entry.card.status) ? told(entry, lead) : undefined;

/**
 * What doors and cells are told; `lead` is how long before its start a room opens. While the room runs it includes
 * who is barred, because only they let people in.
 */
export function told(entry: RoomOnSite, lead: number): RoomCard {
  const { revoked } = entry;
  const card = measured(entry);
  const { scheduled } = card.clocks;
  if (card.status === 'scheduled' && scheduled !== undefined)
    return { ...card, clocks: { ...card.clocks, opens: scheduled - lead } };
  const { generation, barred: people, bans } = revoked;
  return isRunning(card.status) && (generation > 0 || people.length > 0 || bans)
    ? { ...card, revoked }
    : card;
}
