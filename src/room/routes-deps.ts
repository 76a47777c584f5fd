import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { RoomKeys } from '../keys/room-key.ts';
import type { Tokens } from '../keys/token.ts';
import type { Store } from '../store/index.ts';
import type { ForecastTold } from '../wire/figures/forecast.ts';
import type { RecordingNote } from '../wire/recording.ts';
import type { RoomCard } from '../wire/room.ts';
import type { Guests } from './access/guests.ts';
import type { Passwords } from './access/password.ts';
import type { InvitedPeople, RoomInvitations } from './accounts/invitations.ts';
import type { Members } from './accounts/members.ts';
import type { Book } from './book.ts';
import type { RoomMeasures } from './measures.ts';
import type { MusicShelf } from './music.ts';

/**
 * Who may start a room. `local`: people who use this machine itself, accounts with the role host, and the operator.
 * `hosts`: the same without this machine.
 */
export type RoomsCreate = 'anyone' | 'local' | 'hosts' | 'operator';

/** What the routes need. */
export interface RoutesDeps {
  readonly store: Store;
  readonly book: Book;
  readonly measures: RoomMeasures;
  readonly members: Members;
  readonly invitations: RoomInvitations;
  /** Sends accounts mail; absent: nobody is written to. */
  readonly people?: InvitedPeople | undefined;
  /** True, and logged, when an error comes from the database. */
  trouble(error: unknown): boolean;
  readonly tokens: Tokens;
  readonly passwords: Passwords;
  /** Makes the keys of private rooms. */
  readonly roomKeys: Pick<RoomKeys, 'make'>;
  readonly guests: Guests;
  readonly clock: Clock;
  readonly log: Log;
  readonly publicUrl: string | undefined;
  readonly create: RoomsCreate;
  readonly operatorKey: string | undefined;
  /** The current generation of operator's links; absent: there are none. */
  operatorGeneration?(): number;
  /** False where requests from this machine may be anybody's; default true. */
  readonly loopback?: boolean;
  /**
   * Whether the other end of a connection on this machine is a program of the user who runs the server; default: it
   * is.
   */
  isOwnProgram?(ports: { readonly from: number; readonly to: number }): Promise<boolean>;
  readonly version: string;
  /** Addresses of other parts, for the description of the API. */
  readonly described?: Readonly<Record<string, object>>;
  /** Where hosts' music is stored; absent: nobody can send any. */
  readonly music?: MusicShelf | undefined;
  /** Removes a room's recording from disk; absent: there are none. */
  removeRecording?(slug: string): Promise<void>;
  /** Removes the sound of a recording and notes who did it; false when there is none. */
  dropRecording?(slug: string, by: 'host' | 'operator'): Promise<boolean>;
  /** The public facts about a recording; undefined without one. */
  recordingNote?(slug: string): RecordingNote | undefined;
  /** How many will come to a room, for its hosts; `all`: with what the operator sees beside it. Absent: nobody knows. */
  forecast?(card: RoomCard, all: boolean): Promise<ForecastTold | undefined>;
  /** Resolves when doors and cells have been told of every change so far. */
  told?(): Promise<void>;
}
