import { createHmac, timingSafeEqual } from 'node:crypto';

/** What lets a guest into a private room. */
export interface GuestPass {
  readonly slug: string;
  /** What it was given for: the password it was given for, or the edition of guest links; see `passOf`. */
  readonly pass: string;
  /** When it was given, wall-clock ms; absent: before passes said so. */
  readonly made?: number;
}

/** Makes and checks the passes of guests. They open nothing but listening, and only while what they were given for holds. */
export interface Guests {
  sign(guest: Omit<GuestPass, 'made'>, seconds: number): string;
  /** The guest, or undefined for anything else: altered, expired, of another server. */
  check(token: string | undefined): GuestPass | undefined;
}

const TOKEN = /^g\.([\w-]{8,400})\.([\w-]{43})$/;

/** Opens the signer; `key` is derived for this purpose alone. Spec: RFC 2104, HMAC-SHA256. */
export function openGuests(key: Uint8Array, now: () => number): Guests {
  const mac = (body: string): string => createHmac('sha256', key).update(body).digest('base64url');
  return {
    sign({ slug, pass }, seconds) {
      const until = Math.floor(now() / 1000) + seconds;
      const body = Buffer.from(JSON.stringify([slug, pass, until, now()])).toString('base64url');
      return `g.${body}.${mac(body)}`;
    },
    check(token) {
      const [, body = '', signed = ''] = TOKEN.exec(token ?? '') ?? [];
      if (body === '' || !timingSafeEqual(Buffer.from(mac(body)), Buffer.from(signed))) return undefined;
      const [slug, pass, until, made] = JSON.parse(Buffer.from(body, 'base64url').toString()) as [
        string,
        string,
        number,
        number?,
      ];
      return until * 1000 > now() ? { slug, pass, ...(made === undefined ? {} : { made }) } : undefined;
    },
  };
}
