import type { StreamPlace } from '../../src/wire/notice.ts';
import type { StateChange } from '../../src/wire/state-box.ts';

/**
 * The state of a player. `blocked`: the browser requires a tap first. `reconnecting`: only if the loss is audible or
 * lasts.
 */
export type PlayerState = 'idle' | 'connecting' | 'playing' | 'reconnecting' | 'blocked' | 'ended';

/** What to play and how. */
export interface PlayerOptions {
  readonly slug: string;
  /** The element to play on; a new one when absent. */
  readonly audio?: HTMLAudioElement;
  /** Seconds kept between the playhead and the newest sound; 0.3 by default, up to 10 on a network that needs it. */
  readonly margin?: number;
  /** Origin of the audio, when it is not the page's own. */
  readonly base?: string;
  /** What this device knows about its network: the longest stall, in seconds. */
  readonly network?: { read(): number; write(longest: number): void };
  /** True inside a page of another site. */
  readonly embed?: boolean;
  /** False: this tab never shares a connection with other tabs. */
  readonly share?: boolean;
  /**
   * Asked at each start: true if newcomers may hear the program `DELAY_MS` late. For browsers that cannot read response
   * headers.
   */
  late?(): boolean;
  /** The ticket that admits this listener to the live edge, if there is one; asked before each connection. */
  ticket?(): string | undefined;
  /** The first fragment of a segment has arrived; its tag stands in front of it. */
  segment?(number: number, first: Uint8Array): void;
  /**
   * The stream tells of the room: of all of it first, then of what changes; on the delayed stream as late as the
   * sound.
   */
  told?(change: StateChange, place: StreamPlace): void;
  /**
   * Asked at each start, and by `again` of a listener who hears caches: play `delay` ms behind out of these caches, one
   * request for each segment, instead of the stream.
   */
  fromCaches?(): { readonly caches: readonly string[]; readonly delay: number } | undefined;
}

/** Counters of the player, for tests and beacons. */
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
  /** How often the buffer ran dry. */
  readonly waits: number;
  readonly reconnects: number;
  /** How often sound was skipped to return to the live edge. */
  readonly jumps: number;
  /** How often the decoder was replaced. */
  readonly rebuilt: number;
}

/** A live player on an audio element; volume and muting are the element's own. */
export interface Player {
  readonly audio: HTMLAudioElement;
  readonly state: PlayerState;
  /**
   * At the live edge or in the delayed program; `either` when it is unknown. `onChange` also tells of a change of
   * place.
   */
  readonly place: StreamPlace | 'either';
  /** Why more than usual is buffered: the connection stalls, or the listener asked for it. */
  readonly steady: 'learned' | 'chosen' | undefined;
  /** Buffers 8 s from now on, repeating sound if needed; false returns to the usual margin and the live edge. */
  steadier(on: boolean): void;
  /** True while the stream itself tells the state of the room, so that nobody need ask for it. */
  readonly informed: boolean;
  /** The session that a door's stream is sent to; undefined before the first answer, and where no door knows the listener. */
  readonly session: string | undefined;
  /** True while the sound is fetched from caches. */
  readonly cached: boolean;
  /** Seconds between the playhead and the live edge of the program; undefined while silent or unknown. */
  readonly behind: number | undefined;
  /** Media time of the playhead: seconds since the program's zero; undefined while silent or unknown. */
  readonly position: number | undefined;
  /** Starts at the live edge; call it from a tap. Resolves when it plays, is blocked, or has given up. */
  play(): Promise<void>;
  /** Stops and closes the connection; `play` starts at the live edge again. */
  pause(): void;
  /**
   * Asks for a place again, with the current ticket, while what is buffered plays on. Does nothing while caches are
   * still the place to listen.
   */
  again(): void;
  /** Jumps to the live edge. */
  live(): void;
  /** The program is over: plays what is buffered, then becomes `ended`. */
  end(): void;
  onChange(listen: (state: PlayerState) => void): void;
  stats(): PlayerStats;
  close(): void;
}
