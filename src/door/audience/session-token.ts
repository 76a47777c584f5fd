import { timingSafeEqual } from 'node:crypto';
import { openHmac } from '../../keys/hmac.ts';
import { randomId } from '../../keys/random-id.ts';
import { SESSION_TOKEN, WINDOW_SEGMENTS } from '../../wire/listening-proof.ts';

const ID_BYTES = 8;
const HEAD_BYTES = 12;
/** 96 bits of HMAC-SHA256. Spec: RFC 2104, 5. */
const MAC_BYTES = 12;
const MINUTE_MS = 60_000;
/** A token is good for two days; each reconnect gives a fresh one for the same session. */
const LIFE_MINUTES = 2 * 24 * 60;

/** The contents of a session token. */
export interface TokenContents {
  /** The session's id, and the same in two halves, little-endian. */
  readonly id: Uint8Array;
  readonly low: number;
  readonly high: number;
  /** When it ends, whole minutes since 1970. */
  readonly expires: number;
  /** Its signature, by which a token that was checked is known again: three words. */
  readonly seal: readonly number[];
}

/** The reason why a token is rejected. */
export type TokenFault = 'forged' | 'expired';

/**
 * Session tokens, 32 characters each: 8 random bytes of id, 4 of expiry, and 12 of a signature over these and the room.
 * All doors have the same key, so each accepts the tokens of the others.
 */
export interface SessionTokens {
  /** A token of a new session; `segment`: the next segment of the room, with which its first window begins. */
  issue(slug: string, segment: number): string;
  /** A fresh token of the same session. */
  renew(slug: string, contents: Pick<TokenContents, 'low' | 'high'>): string;
  /** What a token holds, before anything is checked; undefined when it is none. */
  read(token: string): TokenContents | undefined;
  /** Checks signature, room and expiry. */
  check(token: string, slug: string): TokenFault | undefined;
}

/** Opens the signer. `bytes`: the 32-byte key derived for the purpose `listening sessions`. */
export function openSessionTokens(bytes: Uint8Array, wall: () => number): SessionTokens {
  const hmac = openHmac(bytes);
  const sign = (slug: string, head: Buffer): Buffer =>
    hmac(`earshot session 1 ${slug} `, head).subarray(0, MAC_BYTES);
  const give = (slug: string, id: Buffer): string => {
    const head = Buffer.alloc(HEAD_BYTES);
    id.copy(head);
    head.writeUInt32LE(Math.floor(wall() / MINUTE_MS) + LIFE_MINUTES, ID_BYTES);
    return Buffer.concat([head, sign(slug, head)]).toString('base64url');
  };
  return {
    issue(slug, segment) {
      const id = randomId();
      const first = id[0] ?? 0;
      const phase = ((segment % WINDOW_SEGMENTS) + WINDOW_SEGMENTS) % WINDOW_SEGMENTS;
      // 252 is the largest multiple below 256: of the first byte only which sixth it is in stays random.
      id[0] = (Math.floor(first / WINDOW_SEGMENTS) % 42) * WINDOW_SEGMENTS + phase;
      return give(slug, id);
    },
    renew(slug, { low, high }) {
      const id = Buffer.alloc(ID_BYTES);
      id.writeUInt32LE(low);
      id.writeUInt32LE(high, 4);
      return give(slug, id);
    },
    read(token) {
      if (!SESSION_TOKEN.test(token)) return undefined;
      const bytes = Buffer.from(token, 'base64url');
      return {
        id: bytes.subarray(0, ID_BYTES),
        low: bytes.readUInt32LE(0),
        high: bytes.readUInt32LE(4),
        expires: bytes.readUInt32LE(ID_BYTES),
        seal: [bytes.readUInt32LE(12), bytes.readUInt32LE(16), bytes.readUInt32LE(20)],
      };
    },
    check(token, slug) {
      if (!SESSION_TOKEN.test(token)) return 'forged';
      const bytes = Buffer.from(token, 'base64url');
      const head = bytes.subarray(0, HEAD_BYTES);
      if (!timingSafeEqual(sign(slug, head), bytes.subarray(HEAD_BYTES))) return 'forged';
      return head.readUInt32LE(ID_BYTES) < wall() / MINUTE_MS ? 'expired' : undefined;
    },
  };
}
