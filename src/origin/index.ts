/** Where the program is made available: a window of fragments in memory, and every way out of it but the sockets. */
import type { ErrorCode } from '../base/errors.ts';
import type { Charge, Reply } from '../base/reply.ts';
import type { Message } from '../wire/feed.ts';
import type { RecordedFile } from '../wire/recording.ts';
import type { Clip } from '../wire/replay/edits.ts';
import type { ReplayOutline } from '../wire/replay/outline.ts';
import type { RoomCard, RoomState } from '../wire/room.ts';
import type { JoinOptions, OriginDeps, StreamStart } from './deps.ts';
import type { Sought } from './older-rooms.ts';
import { OriginRooms } from './rooms.ts';
import { router } from './router.ts';

export type { JoinOptions, OriginDeps, StreamStart } from './deps.ts';
export type { Piece, Recording, RecordingPort } from './recording.ts';
export {
  type ClipCover,
  openReplayMaker,
  type ReplayMade,
  type ReplayMaker,
  type ReplayWish,
} from './replay/replay-maker.ts';

/** The origin of one door. */
export interface Origin extends AsyncDisposable {
  /** Receives everything from the bus: the site's `rooms` and all messages of cells. */
  receive(message: Message): void;
  /** A cell is gone: its rooms switch to standby at once, until its next fragment comes. */
  cellDown(cell: number): void;
  card(slug: string): RoomCard | undefined;
  /**
   * Looks for a room that `card` does not know among those that ended long ago; afterwards `card` knows it.
   * Undefined: no lookup is needed.
   */
  seek(slug: string): Promise<Sought> | undefined;
  cards(): RoomCard[];
  /**
   * The recordings of rooms that are over, as files to download, by room; of those that are not known yet it waits for
   * a moment.
   */
  recordedFiles(cards: readonly RoomCard[]): Promise<ReadonlyMap<string, RecordedFile>>;
  /**
   * The chapters, trims and clips of a room's replay; undefined when there is none, or when making it takes longer
   * than somebody waits for a page.
   */
  outline(slug: string): Promise<ReplayOutline | undefined>;
  /** A clip of a room; undefined when there is none of this id. */
  clip(slug: string, id: string): Promise<Clip | undefined>;
  /** A room's published state, or undefined when there is no such room. */
  state(slug: string): RoomState | undefined;
  /** Each fragment once per room and rendition, in order of `seq`, real or standby, when it becomes joinable. */
  onFragment(listen: (slug: string, rendition: string, seq: number, bytes: Buffer) => void): void;
  /** The program of a room is over. Called once per room. */
  onEnd(listen: (slug: string) => void): void;
  /** Per room, the renditions that were joined or fetched by HLS within the last minute. */
  wanted(): ReadonlyMap<string, readonly string[]>;
  /** `wanted` has a new rendition: tell the cell at once. */
  onWanted(listen: (slug: string) => void): void;
  /**
   * The place where a listener begins; without fragments while the rendition is not coded yet, which takes a second
   * or two. Otherwise the reason: `room-unknown`, `room-not-open`, `room-ended`, `studio-away`, `not-found`.
   */
  join(slug: string, rendition: string, options: JoinOptions): StreamStart | ErrorCode;
  /**
   * Playlists, parts, replay, state. Blocking requests resolve later. Undefined when the path is not the origin's.
   * Expensive work (a plan of a whole recording) is charged with `charge` before it begins; default: no charge.
   */
  answer(
    path: string,
    query: URLSearchParams,
    headers: Record<string, string | undefined>,
    signal: AbortSignal,
    charge?: Charge,
  ): Promise<Reply> | undefined;
}

/** Opens an empty origin; feed it with `receive`. */
export function open(deps: OriginDeps): Origin {
  const rooms = new OriginRooms(deps);
  const routes = router(deps, rooms);
  return {
    receive: (message) => rooms.receive(message),
    cellDown: (cell) => rooms.cellDown(cell),
    card: (slug) => rooms.card(slug),
    seek: (slug) => rooms.seek(slug),
    cards: () => rooms.cards(),
    recordedFiles: routes.recordedFiles,
    outline: routes.outline,
    clip: routes.clip,
    state: (slug) => rooms.state(slug),
    onFragment: (listen) => rooms.onFragment(listen),
    onEnd: (listen) => rooms.onEnd(listen),
    wanted: () => rooms.wanted(),
    onWanted: (listen) => rooms.onWanted(listen),
    join: (slug, rendition, options) => rooms.join(slug, rendition, options),
    answer: routes.answer,
    async [Symbol.asyncDispose]() {
      await rooms[Symbol.asyncDispose]();
      await routes[Symbol.asyncDispose]();
    },
  };
}
