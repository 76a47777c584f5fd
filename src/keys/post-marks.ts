import { timingSafeEqual } from 'node:crypto';
import { openHmac } from './hmac.ts';
import { keyFor } from './signing-keys.ts';

const HOUR_MS = 3_600_000;
/** A mark counts for two days: longer than nearly every page is open. */
const LASTS_HOURS = 48;
const MAC_BYTES = 8;

/** What a mark says: that there is such a post, and the room whose card it carries. */
export interface MarkedPost {
  readonly post: string;
  readonly room?: string;
}

/** Marks of posts. */
export interface PostMarks {
  /** The mark of a post at a wall-clock time, ms: the same for everybody within an hour. */
  make(marked: MarkedPost, wall: number): string;
  /** What a mark says at a wall-clock time; undefined for one that is not ours or too old. */
  read(mark: string, wall: number): MarkedPost | undefined;
}

/**
 * Marks that the site puts beside each post of a page and that doors check: only posts that exist can be counted, and no
 * door asks the database. Whoever has seen a page has its marks. A mark is `POST.HOUR.ROOM.MAC`, the last an HMAC-SHA256
 * of the rest, cut to 64 bits. Spec: RFC 2104.
 */
export function openPostMarks(secret: Uint8Array): PostMarks {
  const hmac = openHmac(keyFor(secret, 'post marks'));
  const sign = (text: string): Buffer => hmac(text).subarray(0, MAC_BYTES);
  return {
    make({ post, room = '' }, wall) {
      const text = `${post}.${Math.floor(wall / HOUR_MS).toString(36)}.${room}`;
      return `${text}.${sign(text).toString('base64url')}`;
    },
    read(mark, wall) {
      const end = mark.lastIndexOf('.');
      const text = mark.slice(0, end);
      const [post = '', hour = '', room = ''] = text.split('.');
      const age = Math.floor(wall / HOUR_MS) - Number.parseInt(hour, 36);
      // Clocks of two machines differ a little.
      if (!(age >= -1 && age <= LASTS_HOURS)) return undefined;
      const mac = Buffer.from(mark.slice(end + 1), 'base64url');
      if (mac.length !== MAC_BYTES || !timingSafeEqual(mac, sign(text))) return undefined;
      return { post, ...(room === '' ? {} : { room }) };
    },
  };
}
