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
  /** A host can withdraw all links of a room below a generation; default 0. */
  readonly generation?: number;
}

/** The generation of links signed on the machine itself: whoever can read its secret cannot be kept out by a room. */
export const LOCAL_GENERATION = 2 ** 31;

/** Why a room no longer takes this link, though its signature is good; undefined while it does. */
export function withdrawn(
  { speaker, generation = 0 }: Pick<Grant, 'speaker' | 'generation'>,
  revoked: { readonly generation: number; readonly barred: readonly string[] } | undefined,
): 'removed' | 'link-withdrawn' | undefined {
  if (!revoked) return undefined;
  if (generation < revoked.generation) return 'link-withdrawn';
  return revoked.barred.includes(speaker) ? 'removed' : undefined;
}

/** Makes and checks the signed tokens in host and speaker links. Spec: RFC 7519, HS256. */
export interface Tokens {
  /** Signs a grant for `seconds` from now (default: 90 days). */
  sign(grant: Grant, seconds?: number): Promise<string>;
  /** The grant, or why it is refused. `slug`, when given, must be the grant's room. */
  check(token: string | undefined, slug?: string): Promise<Grant | ErrorCode>;
  /** Signs an operator's link of this generation, for `seconds` from now (default: ten years). */
  signOperator(generation: number, seconds?: number): Promise<string>;
  /** The generation of an operator's link; undefined for anything else. */
  checkOperator(token: string): Promise<number | undefined>;
}

const OPERATOR = 'operator';

/** Opens the signer. `secret` is at least 32 bytes and stays on the server. */
export function openTokens(secret: Uint8Array): Tokens {
  const key = createSecretKey(secret);
  return {
    sign: (grant, seconds = 90 * 86_400) =>
      new SignJWT({
        ...{ room: grant.slug, role: grant.role, name: grant.name },
        ...(grant.generation ? { gen: grant.generation } : {}),
      })
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject(grant.speaker)
        .setIssuedAt()
        .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
        .sign(key),
    signOperator: (generation, seconds = 3_652 * 86_400) =>
      new SignJWT({ role: OPERATOR, gen: generation })
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuedAt()
        .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
        .sign(key),
    async checkOperator(token) {
      try {
        const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'] });
        return payload.role === OPERATOR && typeof payload.gen === 'number' ? payload.gen : undefined;
      } catch {
        return undefined;
      }
    },
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
        const generation = typeof payload.gen === 'number' ? { generation: payload.gen } : {};
        return { slug: room, speaker, role, name: String(payload.name ?? ''), ...generation };
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
