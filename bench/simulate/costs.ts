/** The cost of a door's work, from the tables in docs/performance.md (one core of a 2.5 GHz Xeon, loopback, no TLS). */

/** One write to one socket, µs: 17 at 6 kB, and 2 to 5 more for twice the bytes ("Fan-out of the stream"). */
export const WRITE_US = 14;
/** Additional cost of each kB, µs. */
export const WRITE_KB_US = 0.5;
/** One join: accept, head, init and first fragments, µs (the same table: 174 to 196). */
export const JOIN_US = 180;
/** Share of its core that a door uses for listeners; the rest is the bus, playlists, pages and garbage collection. */
export const CORE_SHARE = 0.9;
/** Boxes around the sound of one fragment of 320 ms, bytes. */
export const BOXES = 200;
/** bit/s of the sound on rung 0. */
export const FULL_BITRATE = 64_000;
/** Listeners are moved to a longer write period over this many seconds per doubling (docs/player.md). */
export const REPACE_S = 12;

/** Bytes per second of one listener at this bitrate. */
export const bytesPerSecond = (bitrate: number): number => bitrate / 8 + BOXES / 0.32;

/** µs per second that one listener costs, written every `period` ms. */
export const listenerUs = (period: number, bitrate: number): number =>
  (1000 / period) * (WRITE_US + (WRITE_KB_US * bytesPerSecond(bitrate) * period) / 1e6);
