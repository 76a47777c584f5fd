/**
 * Listener keys of one day that did something in a room: 16 bytes each, little-endian, in messages `keys` of the bus.
 * A key that comes again changes nothing.
 *
 * | bytes | what |
 * |---|---|
 * | 0–7 | listener key |
 * | 8–11 | room: index in the list of the message |
 * | 12–13 | seconds of sound that this door has delivered to the key on this day, 0 to 60; 0 where it is about no sound |
 * | 14–15 | exclusion: index in `EXCLUSIONS` |
 */
export const DAY_KEY_BYTES = 16;

/** What they did: `seen`: the room's card was visible to them; `downloaded`: they took the recording as a file. */
export type KeyedAct = 'seen' | 'downloaded';

/** One entry. */
export interface DayKey {
  readonly low: number;
  readonly high: number;
  readonly room: number;
  readonly seconds: number;
  readonly exclusion: number;
}

/** Milliseconds of a day. */
export const DAY_MS = 86_400_000;

/** Entries as bytes. */
export function writeDayKeys(keys: readonly DayKey[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(keys.length * DAY_KEY_BYTES);
  const view = new DataView(bytes.buffer);
  keys.forEach(({ low, high, room, seconds, exclusion }, n) => {
    const at = n * DAY_KEY_BYTES;
    view.setInt32(at, low, true);
    view.setInt32(at + 4, high, true);
    view.setUint32(at + 8, room, true);
    view.setUint16(at + 12, seconds, true);
    view.setUint16(at + 14, exclusion, true);
  });
  return bytes;
}

/** Bytes as entries; a part of an entry at the end is left out. */
export function* readDayKeys(bytes: Uint8Array): Iterable<DayKey> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + DAY_KEY_BYTES <= bytes.byteLength; at += DAY_KEY_BYTES)
    yield {
      low: view.getInt32(at, true),
      high: view.getInt32(at + 4, true),
      room: view.getUint32(at + 8, true),
      seconds: view.getUint16(at + 12, true),
      exclusion: view.getUint16(at + 14, true),
    };
}
