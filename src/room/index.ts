/** Rooms: what is announced, open, live and over; who may host; told to every door and cell as cards. */
import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { isRefusal } from '../api/index.ts';
import type { Clock } from '../base/clock.ts';
import type { ErrorCode } from '../base/errors.ts';
import type { SpeakerId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import { ms } from '../base/time.ts';
import type { CalendarEvent } from '../feeds/index.ts';
import { openRoomKeys, type RoomKeys } from '../keys/room-key.ts';
import type { Tokens } from '../keys/token.ts';
import type { Store } from '../store/index.ts';
import type { AccountCard } from '../wire/account.ts';
import type { ForecastTold } from '../wire/figures/forecast.ts';
import type { RecordingNote } from '../wire/recording.ts';
import { type Clocks, type HostGone, isListed, isRunning, type RoomCard } from '../wire/room.ts';
import type { Ban } from '../wire/stage/hands.ts';
import { openAccess } from './access/access.ts';
import { openGuests } from './access/guests.ts';
import { openPasswords } from './access/password.ts';
import { type AccountRooms, openAccountRooms } from './accounts/adoption.ts';
import { type InvitedPeople, openRoomInvitations } from './accounts/invitations.ts';
import { openMembers } from './accounts/members.ts';
import { Book } from './book.ts';
import { measured, toldWhenOver } from './change.ts';
import { calendarEvent } from './ics.ts';
import { relock } from './life/carried.ts';
import { openTick } from './life/tick.ts';
import { openMeasures, type RoomMeasures } from './measures.ts';
import type { MusicShelf } from './music.ts';
import type { RoomRefusal } from './refusal.ts';
import { routes } from './routes.ts';
import type { RoomsCreate } from './routes-deps.ts';
import { openTrouble } from './trouble.ts';

/** What rooms need; durations in ms. */
export interface RoomsDeps {
  readonly store: Store;
  readonly tokens: Tokens;
  /** Makes the keys of private rooms; default: keys that no door knows. */
  readonly roomKeys?: Pick<RoomKeys, 'make'>;
  /** The key of guests' passes; default: one of this process alone. */
  readonly guestKey?: Uint8Array;
  readonly clock: Clock;
  readonly log: Log;
  /** The origin used in links; undefined: that of each request. */
  readonly publicUrl?: string | undefined;
  /** Studio cells, at least 1. */
  readonly cells: number;
  /** Open rooms a cell takes; default 8. */
  readonly roomsPerCell?: number;
  /** Who may start a room; default anyone. */
  readonly create?: RoomsCreate;
  readonly operatorKey?: string | undefined;
  /** The current generation of operator's links; absent: there are none. */
  operatorGeneration?(): number;
  /** False where requests from this machine may be anybody's, because a proxy runs on it; default true. */
  readonly loopback?: boolean;
  /**
   * Whether the other end of a connection on this machine is a program of the user who runs the server; default: it
   * is.
   */
  isOwnProgram?(ports: { readonly from: number; readonly to: number }): Promise<boolean>;
  /** How long before its start a room opens by itself. */
  readonly openLead: number;
  /** How long a room may have nobody on stage before it ends by itself; default 2 hours. */
  readonly idleEnd?: number;
  /** Shown in the API description; default 0. */
  readonly version?: string;
  /** Addresses of other parts, for the description of the API. */
  readonly described?: Readonly<Record<string, object>>;
  /** Where hosts' music is stored; absent: nobody can send any. */
  readonly music?: MusicShelf;
  /** How many will come to a room; absent: nothing is foretold. */
  forecast?(card: RoomCard, all: boolean): Promise<ForecastTold | undefined>;
  /** Removes a room's recording from disk; absent: there are none. */
  removeRecording?(slug: string): Promise<void>;
  /** Removes the sound of a recording and notes who did it; false when there is none. */
  dropRecording?(slug: string, by: 'host' | 'operator'): Promise<boolean>;
  /** The public facts about a recording; undefined without one. */
  recordingNote?(slug: string): RecordingNote | undefined;
  /** Resolves when doors and cells have been told of every change so far. */
  told?(): Promise<void>;
  /** Who sends a request, by account; absent: there are no accounts. */
  account?(request: Request): Promise<AccountCard | undefined>;
  /** Finds accounts and sends them mail; absent: nobody is found. */
  readonly people?: InvitedPeople | undefined;
}

/** The rooms, once open. */
export interface Rooms extends AsyncDisposable {
  /**
   * Every announced or running room, and the newest finished ones (2,000 with speech, 200 without); newest first. The
   * same list until something changes.
   */
  cards(): readonly RoomCard[];
  /** One of these; undefined for a room that is not listed. */
  card(slug: string): RoomCard | undefined;
  /**
   * A finished room, even one that is no longer listed; undefined when there is none. Rejects while the database is
   * away.
   */
  over(slug: string): Promise<RoomCard | undefined>;
  /**
   * A room as calendars have it, below this origin; undefined where there is none, or none that lists may name. Rejects
   * while the database is away.
   */
  event(slug: string, base: string): Promise<CalendarEvent | undefined>;
  /** Calls back with the address of each room that has changed or has left the list. */
  onChange(listen: (slug: string) => void): Disposable;
  /** A cell measured first audio or first speech; the first report of each counts. Never throws. */
  clocks(slug: string, clocks: Clocks): void;
  /**
   * How many people are on a room's stage now. Report it at least once a minute: it keeps the room from ending as
   * abandoned.
   */
  onStage(slug: string, people: number): void;
  /** A cell says whether a room's host is gone, and who stands in; it may say so again and again. Never throws. */
  hostGone(slug: string, gone: HostGone | undefined): void;
  /**
   * A host removed this person in the studio: their links stop working. Repeated until the room's card confirms it.
   * Never throws.
   */
  bar(slug: string, who: SpeakerId): void;
  /** A cell reports whom hosts banned, and which bans they took back. */
  bans(slug: string, added: readonly Ban[], lifted: readonly string[]): void;
  /** Keeps people off a stage for a moderator, and lets others back; undefined when done. */
  keepOut(
    slug: string,
    added: readonly Ban[],
    lifted: readonly string[],
  ): Promise<{ refused: ErrorCode; detail?: string | undefined } | undefined>;
  /** Ends a room for a moderator; undefined when done. */
  endRoom(slug: string): Promise<{ refused: ErrorCode; detail?: string | undefined } | undefined>;
  /** Creates or revives the demo room `welcome`, live at once; with `on` false ends it. */
  ensureWelcome(on?: boolean): Promise<void>;
  /** What was, and can be, done to a room beside what its hosts do. */
  readonly measures: RoomMeasures;
  /** What a token makes of its bearer in a room; undefined for everybody else. Rejects while the database is away. */
  whoIs(slug: string, token: string | undefined): Promise<'operator' | 'host' | undefined>;
  /** Who holds a link of a room, speakers included, or why it is none. Rejects while the database is away. */
  memberOf(
    slug: string,
    token: string | undefined,
  ): Promise<
    | { card: RoomCard; role: 'host' | 'co-host' | 'speaker'; operator: boolean; speaker?: SpeakerId }
    | { refused: ErrorCode; detail?: string | undefined }
  >;
  /** What accounts do with rooms on pages of their own. */
  readonly ofAccounts: AccountRooms;
  /** True for the operator's key or link. */
  isOperator(token: string | undefined): Promise<boolean>;
  /** `/api/*`, `/openapi.json` and `/r/:slug/event.ics`. */
  fetch(request: Request): Promise<Response>;
}

const TICK_MS = ms(1000);
const refusalIn = (made: object): RoomRefusal | undefined =>
  isRefusal(made) ? (made as RoomRefusal) : undefined;
const NOBODY = Promise.resolve(undefined);

/** Opens the rooms and continues where the last run stopped. */
export async function open(deps: RoomsDeps): Promise<Rooms> {
  const idleEnd = deps.idleEnd ?? 2 * 3_600_000;
  const book = new Book({ ...deps, roomsPerCell: deps.roomsPerCell ?? 8, idleEnd });
  const trouble = openTrouble(deps);
  const failed = (error: unknown): void => {
    if (!trouble(error)) deps.log.error({ error: String(error) }, 'a change to a room could not be saved');
  };
  await book.read();
  const measures = openMeasures({ book, clock: deps.clock, cells: deps.cells });
  const guests = openGuests(deps.guestKey ?? randomBytes(32), () => deps.clock.wall());
  const members = openMembers(deps);
  const invitations = openRoomInvitations({ ...deps, members });
  const access = openAccess({
    ...{
      book,
      guests,
      invitations,
      tokens: deps.tokens,
      clock: deps.clock,
      operatorKey: deps.operatorKey,
      members,
    },
    ...(deps.account ? { account: (request: Request) => deps.account?.(request) ?? NOBODY } : {}),
    ...(deps.operatorGeneration
      ? { operatorGeneration: () => deps.operatorGeneration?.() ?? Number.POSITIVE_INFINITY }
      : {}),
  });
  const ofAccounts = openAccountRooms({ book, access, members, invitations, clock: deps.clock });
  /** Whoever is removed loses what their account is here as well. */
  const bar = async (slug: string, who: SpeakerId): Promise<void> => {
    await book.bar(slug, who);
    const entry = await book.find(slug);
    // The key with which they listen to a private room would open it for another hour.
    if (entry && (await members.remove(entry.id, who))) await relock(book, slug);
  };
  const handle = routes(
    {
      ...deps,
      ...{ book, measures, members, guests, invitations, passwords: openPasswords() },
      roomKeys: deps.roomKeys ?? openRoomKeys(randomBytes(32)),
      trouble,
      publicUrl: deps.publicUrl,
      create: deps.create ?? 'anyone',
      operatorKey: deps.operatorKey,
      version: deps.version ?? '0',
      ...(deps.described ? { described: deps.described } : {}),
    },
    access,
    ofAccounts,
  );
  const tick = openTick(book, { ...deps, idleEnd });
  await tick();
  let ticking = false;
  const timer = deps.clock.every(TICK_MS, () => {
    if (ticking) return;
    ticking = true;
    Promise.all([tick(), measures.tick()])
      .catch(failed)
      .finally(() => {
        ticking = false;
      });
  });
  return {
    cards: () => book.cards(),
    card: (slug) => book.told(slug),
    async event(slug, base) {
      const entry = await book.find(slug);
      return entry && isListed(measured(entry)) ? calendarEvent(entry, base) : undefined;
    },
    over: async (slug) => toldWhenOver(await book.find(slug), deps.openLead),
    onChange: (listen) => book.onChange(listen),
    clocks: (slug, clocks) => void book.clocks(slug, clocks).catch(failed),
    onStage: (slug, people) => {
      if (people > 0) book.occupied(slug);
    },
    hostGone: (slug, gone) => {
      const card = book.told(slug);
      // Cells repeat it every few seconds.
      if (card && isRunning(card.status) && !isDeepStrictEqual(gone, card.hostGone))
        measures.hostGone(slug, gone).catch(failed);
    },
    bar: (slug, who) => void bar(slug, who).catch(failed),
    bans: (slug, added, lifted) => void book.bans(slug, added, lifted).catch(failed),
    keepOut: async (slug, added, lifted) => refusalIn(await book.bans(slug, added, lifted, true)),
    endRoom: async (slug) => refusalIn(await book.act(slug, 'end')),
    ensureWelcome: (on = true) => book.welcome(on),
    measures,
    ofAccounts,
    async whoIs(slug, token) {
      const caller = await access.hostedBy(slug, token);
      if (isRefusal(caller)) return undefined;
      return caller.operator && caller.speaker === undefined ? 'operator' : 'host';
    },
    async memberOf(slug, token) {
      const member = await access.memberBy(slug, token);
      if (isRefusal(member)) {
        const { refused, detail } = member;
        return { refused, ...(detail === undefined ? {} : { detail }) };
      }
      const { entry, ...rest } = member;
      return { ...rest, card: measured(entry) };
    },
    isOperator: access.isOperator,
    fetch: handle,
    async [Symbol.asyncDispose]() {
      timer[Symbol.dispose]();
      await book.settled();
    },
  };
}

export { MAX_MUSIC_BYTES, type MusicShelf } from './music.ts';
