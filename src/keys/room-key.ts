import { timingSafeEqual } from 'node:crypto';
import { openHmac } from './hmac.ts';
import { keyFor } from './signing-keys.ts';

/**
 * Keys end at multiples of this, so that everybody who is let in during the same time has the same one, and a cache in
 * front keeps one object for all of them.
 */
const SLOT_MS = 30 * 60_000;
/** Bytes of the signature. */
const MAC_BYTES = 16;
const SLOT_DIGITS = 8;
const KEY = /^[0-9a-f]{40}$/;

/** A key to a private room, and until when it opens it (wall-clock ms). */
export interface RoomKey {
  readonly key: string;
  readonly until: number;
}

/**
 * Makes and checks the keys that stand in the addresses of private rooms. Nothing is looked up: whoever has the
 * installation's secret, and knows the room's lock from its card, can check one.
 */
export interface RoomKeys {
  /** The key that everybody gets who is let in now: good for 30 to 60 minutes. */
  make(room: LockedRoom, wall: number): RoomKey;
  /** True while `key` opens the room. */
  opens(room: LockedRoom, key: string, wall: number): boolean;
}

/** What a key is bound to: the room, and its lock, which is another one after every withdrawal. */
export interface LockedRoom {
  readonly slug: string;
  readonly lock: string;
}

/** Opens the keys of private rooms. The MAC is HMAC-SHA256 cut to 128 bits. Spec: RFC 2104. */
export function openRoomKeys(secret: Uint8Array): RoomKeys {
  const hmac = openHmac(keyFor(secret, 'private rooms'));
  const keyOf = ({ slug, lock }: LockedRoom, slot: number): string => {
    const ends = slot.toString(16).padStart(SLOT_DIGITS, '0');
    return `${ends}${hmac(`${slug}\n${lock}\n${ends}`).toString('hex', 0, MAC_BYTES)}`;
  };
  return {
    make(room, wall) {
      const slot = Math.floor(wall / SLOT_MS) + 2;
      return { key: keyOf(room, slot), until: slot * SLOT_MS };
    },
    opens(room, key, wall) {
      if (!KEY.test(key)) return false;
      const slot = Number.parseInt(key.slice(0, SLOT_DIGITS), 16);
      const ahead = slot - Math.floor(wall / SLOT_MS);
      // One slot more than is ever given out: the clocks of two machines differ.
      return ahead >= 1 && ahead <= 3 && timingSafeEqual(Buffer.from(keyOf(room, slot)), Buffer.from(key));
    },
  };
}
