import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Tokens } from '../keys/token.ts';
import type { RecordingNote } from '../wire/recording.ts';
import type { Book } from './book.ts';
import type { MusicShelf } from './music.ts';

/** Who may start a room. `local`: whoever uses this machine itself, and the operator. */
export type RoomsCreate = 'anyone' | 'local' | 'operator';

/** What the routes need. */
export interface RoutesDeps {
  readonly book: Book;
  /** True, and logged, when an error is the database's doing. */
  trouble(error: unknown): boolean;
  readonly tokens: Tokens;
  readonly clock: Clock;
  readonly log: Log;
  readonly publicUrl: string | undefined;
  readonly create: RoomsCreate;
  readonly operatorKey: string | undefined;
  /** The generation of the operator's links that are good; absent: there are none. */
  operatorGeneration?(): number;
  /** False where requests of this machine itself may be anybody's; default true. */
  readonly loopback?: boolean;
  /** Whether the other end of a connection within this machine is a program of whoever runs the server; default: it is. */
  isOwnProgram?(ports: { readonly from: number; readonly to: number }): Promise<boolean>;
  readonly version: string;
  /** Where hosts' music is kept; absent: nobody can send any. */
  readonly music?: MusicShelf | undefined;
  /** Takes a room's recording from the disk; absent: there are none. */
  removeRecording?(slug: string): Promise<void>;
  /** Takes its sound away and leaves a word about who did so; false when there is none. */
  dropRecording?(slug: string, by: 'host' | 'operator'): Promise<boolean>;
  /** What is told of a recording; undefined without one. */
  recordingNote?(slug: string): RecordingNote | undefined;
  /** Resolves when doors and cells have been told of every change so far. */
  told?(): Promise<void>;
}
