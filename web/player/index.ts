/** The ear: plays one room live, on whatever this browser has, and keeps playing. */
import type { StreamPlace } from '../../src/wire/notice.ts';
import { livePlayer } from './live.ts';
import { nativePlayer } from './native.ts';

/** Where a player is. `blocked`: the browser wants a tap first. `reconnecting` only when it can be heard or lasts. */
export type PlayerState = 'idle' | 'connecting' | 'playing' | 'reconnecting' | 'blocked' | 'ended';

/** What to play and how. */
export interface PlayerOptions {
  readonly slug: string;
  /** The element to play on; one is made when absent. */
  readonly audio?: HTMLAudioElement;
  /** Seconds kept between the playhead and the newest sound, 0.3 by default; grows to 10 where the network needs it. */
  readonly margin?: number;
  /** Origin of the audio, when it is not the page's own. */
  readonly base?: string;
  /** What this device knows of its network: the longest that it stands still, in seconds. */
  readonly network?: { read(): number; write(longest: number): void };
  /** False: never share one connection with other tabs. */
  readonly share?: boolean;
  /** Asked at each start: somebody who comes now may hear the program `RING_MS` late. For browsers that cannot tell. */
  late?(): boolean;
  /** What moves this listener up to the live edge, if anything does; asked before each connection. */
  ticket?(): string | undefined;
  /**
   * Asked at each start, and by `again` of those who listen that way: play `delay` ms behind out of these caches, a request
   * for each segment, in place of the stream.
   */
  ring?(): { readonly caches: readonly string[]; readonly delay: number } | undefined;
}

/** What the player has lived through, for tests and beacons. */
export interface PlayerStats {
  readonly state: PlayerState;
  /** The newest fragment received. */
  readonly seq: number | undefined;
  /** Smoothed low-water mark of the buffer, seconds. */
  readonly low: number | undefined;
  readonly margin: number;
  readonly rate: number;
  /** True while this tab holds its own connection. */
  readonly leads: boolean;
  /** Times the buffer ran dry. */
  readonly waits: number;
  readonly reconnects: number;
  /** Times sound was skipped to get back to the live edge. */
  readonly jumps: number;
  /** Times the decoder had to be replaced. */
  readonly rebuilt: number;
}

/** A live player on a real audio element; volume and muting are the element's. */
export interface Player {
  readonly audio: HTMLAudioElement;
  readonly state: PlayerState;
  /** At the live edge, or in the delayed ring; a change is told by `onChange` like one of state. `either`: nobody can tell. */
  readonly place: StreamPlace | 'either';
  /** Why more than usual is kept in hand: the connection pauses, or the listener wants it so. */
  readonly steady: 'learned' | 'chosen' | undefined;
  /** Keeps 8 s in hand from now on, heard once more where they have been heard; false takes it back, to the live edge. */
  steadier(on: boolean): void;
  /** True while the sound comes out of caches. */
  readonly cached: boolean;
  /** Seconds between the playhead and the live edge of the program; undefined while silent or unknown. */
  readonly behind: number | undefined;
  /** Media time of the playhead: seconds since the program's zero; undefined while silent or unknown. */
  readonly position: number | undefined;
  /** Starts at the live edge; call it from a tap. Resolves when playing, blocked or given up. */
  play(): Promise<void>;
  /** Stops and lets go of the connection; `play` begins at the live edge again. */
  pause(): void;
  /** Asks for a place anew, with the ticket there is now; what is buffered plays on meanwhile. Nothing happens where caches are still the place to listen. */
  again(): void;
  /** Jumps to the live edge. */
  live(): void;
  /** The program is over: plays out what is buffered, then `ended`. */
  end(): void;
  onChange(listen: (state: PlayerState) => void): void;
  stats(): PlayerStats;
  close(): void;
}

/** Opens the best player this browser can have; nothing is fetched before `play`. */
export function openPlayer(options: PlayerOptions): Player {
  const audio = options.audio ?? new Audio();
  return livePlayer(options, audio) ?? nativePlayer(options, audio);
}

export { nativePlayer };
