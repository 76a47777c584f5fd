import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import type { ErrorCode } from './errors.ts';
import { asSlug, asSpeakerId, type Slug, type SpeakerId } from './ids.ts';

/** What a host or speaker link allows: one place on the stage of one room. */
export interface Grant {
  readonly slug: Slug;
  readonly role: 'host' | 'co-host' | 'speaker';
  readonly speaker: SpeakerId;
  /** Suggested name; the person may change it. */
  readonly name: string;
}

/** Makes and checks the signed tokens in host and speaker links. Spec: RFC 7519, HS256. */
export interface Tokens {
  /** Signs a grant for `seconds` from now (default: 90 days). */
  sign(grant: Grant, seconds?: number): Promise<string>;
  /** The grant, or why it is refused. `slug`, when given, must be the grant's room. */
  check(token: string | undefined, slug?: string): Promise<Grant | ErrorCode>;
}

/** Opens the signer. `secret` is at least 32 bytes and stays on the server. */
export function openTokens(secret: Uint8Array): Tokens {
  const key = createSecretKey(secret);
  return {
    sign: (grant, seconds = 90 * 86_400) =>
      new SignJWT({ room: grant.slug, role: grant.role, name: grant.name })
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject(grant.speaker)
        .setIssuedAt()
        .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
        .sign(key),
    async check(token, slug) {
      if (!token) return 'token-missing';
      try {
        const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'] });
        const room = asSlug(String(payload.room));
        const speaker = asSpeakerId(String(payload.sub));
        const role = payload.role;
        if (!room || !speaker || (role !== 'host' && role !== 'co-host' && role !== 'speaker'))
          return 'token-invalid';
        if (slug !== undefined && room !== slug) return 'token-other-room';
        return { slug: room, speaker, role, name: String(payload.name ?? '') };
      } catch (error) {
        return error instanceof errors.JWTExpired ? 'token-expired' : 'token-invalid';
      }
    },
  };
}

/** The Bearer token of an Authorization header. Spec: RFC 6750, 2.1. */
export const bearer = (header: string | null | undefined): string | undefined =>
  /^Bearer +([^\s]+)$/i.exec(header ?? '')?.[1];

/** Longer is no token of ours. */
const MAX_TOKEN = 1024;
const TOKEN = /^[\w-]+\.([\w-]+)\.([\w-]{43})$/;

/**
 * Opens the quick look at a token: true when it was signed here for the room and has not expired, in some µs and without waiting.
 * It says who may be served first; what the token allows is for `check` to say. Spec: RFC 7515, 5.2.
 */
export function openVouching(secret: Uint8Array): (token: string, slug: string, wall: number) => boolean {
  // Raw bytes would be made into a key at each call, which takes five times as long as the hash.
  const key = createSecretKey(secret);
  return (token, slug, wall) => {
    const found = token.length <= MAX_TOKEN ? TOKEN.exec(token) : null;
    if (!found) return false;
    const mac = createHmac('sha256', key).update(token.slice(0, -44)).digest('base64url');
    if (!timingSafeEqual(Buffer.from(mac), Buffer.from(found[2] ?? ''))) return false;
    try {
      const payload = JSON.parse(Buffer.from(found[1] ?? '', 'base64url').toString());
      const { exp, room } = payload as { exp?: unknown; room?: unknown };
      return room === slug && typeof exp === 'number' && exp * 1000 > wall;
    } catch {
      return false;
    }
  };
}
