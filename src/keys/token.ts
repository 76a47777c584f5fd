import { createHmac, timingSafeEqual } from 'node:crypto';
// Each from its own file: the index loads three times as much, in every process.
import { JWTExpired } from 'jose/errors';
import { SignJWT } from 'jose/jwt/sign';
import { jwtVerify } from 'jose/jwt/verify';
import type { ErrorCode } from '../base/errors.ts';
import { asSlug, asSpeakerId, type Slug, type SpeakerId } from '../base/ids.ts';
import { linkKey } from './signing-keys.ts';

/** What a host or speaker link allows: one place on the stage of one room. */
export interface Grant {
  readonly slug: Slug;
  readonly role: 'host' | 'co-host' | 'speaker';
  readonly speaker: SpeakerId;
  /** Suggested name; the person may change it. */
  readonly name: string;
  /** A host can withdraw all links of a room below a generation; default 0. */
  readonly generation?: number;
  /** The raised hand that it was given for: it is worth something only while that hand is on its way or on stage. */
  readonly hand?: string;
  /** Hash of the key of the device that holds it, where that is known. */
  readonly device?: string;
  /** When it was signed, wall-clock ms, to the second below. */
  readonly made?: number;
}

/** The generation of links signed on the machine itself: whoever can read its secret cannot be kept out by a room. */
export const LOCAL_GENERATION = 2 ** 31;

/** Why a room no longer takes this link, though its signature is good; undefined while it does. */
export function withdrawn(
  grant: Pick<Grant, 'speaker' | 'generation' | 'device'> & Partial<Pick<Grant, 'role'>>,
  revoked:
    | { readonly generation: number; readonly barred: readonly string[]; readonly bans?: readonly Banned[] }
    | undefined,
): 'removed' | 'banned' | 'link-withdrawn' | undefined {
  if (!revoked) return undefined;
  if ((grant.generation ?? 0) < revoked.generation) return 'link-withdrawn';
  if (revoked.barred.includes(grant.speaker)) return 'removed';
  return revoked.bans && bannedBy(grant, revoked.bans) ? 'banned' : undefined;
}

/** What a ban names: a link by its speaker, a device by the hash of its key, or all host links that are no account's. */
interface Banned {
  readonly speaker?: string;
  readonly device?: string;
  readonly hostLinks?: true;
}

/** Whom a ban may meet. */
type Bannable = Partial<Pick<Grant, 'role' | 'generation'>> & {
  readonly speaker?: string;
  readonly device?: string;
};

/** The place of an account on a stage has the id of the account; others have a shorter one. */
const ACCOUNT = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** True for a host link that is no account's, and was not signed on this machine: it does what its account may do. */
export const isOldHostLink = ({ role, generation, speaker = '' }: Bannable): boolean =>
  role === 'host' && generation !== LOCAL_GENERATION && !ACCOUNT.test(speaker);

/** The ban that meets a person's link or device. */
export const bannedBy = <B extends Banned>(who: Bannable, bans: readonly B[]): B | undefined => {
  const { speaker, device } = who;
  return bans.find(
    (ban) =>
      (speaker !== undefined && ban.speaker === speaker) ||
      (device !== undefined && ban.device === device) ||
      (ban.hostLinks === true && isOldHostLink(who)),
  );
};

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
  const key = linkKey(secret);
  return {
    sign: (grant, seconds = 90 * 86_400) =>
      new SignJWT({
        ...{ room: grant.slug, role: grant.role, name: grant.name },
        ...(grant.generation ? { gen: grant.generation } : {}),
        ...(grant.hand === undefined ? {} : { hand: grant.hand }),
        ...(grant.device === undefined ? {} : { dev: grant.device }),
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
      if (!WHOLE.test(token)) return undefined;
      try {
        const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'] });
        return payload.role === OPERATOR && typeof payload.gen === 'number' ? payload.gen : undefined;
      } catch {
        return undefined;
      }
    },
    async check(token, slug) {
      if (!token) return 'token-missing';
      // The library drops white space before it decodes; a token has one spelling.
      if (!WHOLE.test(token)) return 'token-invalid';
      try {
        const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'] });
        const room = asSlug(String(payload.room));
        const speaker = asSpeakerId(String(payload.sub));
        const role = payload.role;
        if (!room || !speaker || (role !== 'host' && role !== 'co-host' && role !== 'speaker'))
          return 'token-invalid';
        if (slug !== undefined && room !== slug) return 'token-other-room';
        const generation = typeof payload.gen === 'number' ? { generation: payload.gen } : {};
        return {
          ...{ slug: room, speaker, role, name: String(payload.name ?? ''), ...generation },
          ...(typeof payload.iat === 'number' ? { made: payload.iat * 1_000 } : {}),
          ...(typeof payload.hand === 'string' ? { hand: payload.hand } : {}),
          ...(typeof payload.dev === 'string' ? { device: payload.dev } : {}),
        };
      } catch (error) {
        return error instanceof JWTExpired ? 'token-expired' : 'token-invalid';
      }
    },
  };
}

const PLAIN = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i;
const SCHEME = /^(?:authorization\s*[:=]\s*)?bearer(?:[\s:=]+|$)/i;
const BEFORE = /[\s"'`<(“”„«»‘’]/;
const BEHIND = /[\s"'`>)“”„«»‘’,;]/;
/** Only this much of a longer header is read: patterns must stay cheap. */
const MAX_HEADER = 2048;
const WHOLE = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * The token of an Authorization header, also as people paste it: the word Bearer twice, in quotes, broken by spaces, or
 * the whole link that it is part of. Spec: RFC 6750, 2.1.
 */
export const bearer = (header: string | null | undefined): string | undefined => {
  if (!header) return undefined;
  const plain = PLAIN.exec(header)?.[1];
  if (plain !== undefined) return plain;
  const { said, scheme } = unwrapped(header);
  const inLink = /(?:^|[#?&\s])token(?:=|%3d)([\w.-]+)/i.exec(said)?.[1];
  if (inLink !== undefined) return inLink;
  const joined = said.replace(/\s+/g, '');
  if (WHOLE.test(joined)) return joined;
  return scheme && said !== '' ? said : undefined;
};

/** What is wrong with an Authorization header that was not accepted, in words; undefined when it looks like a token. */
export function bearerTrouble(header: string | null | undefined): string | undefined {
  if (!header?.trim())
    return 'Send the header "Authorization: Bearer TOKEN". TOKEN is what follows #token= in your link.';
  const { said, scheme } = unwrapped(header);
  if (!scheme && /^(?:basic|digest|token|negotiate)\s/i.test(said))
    return 'The Authorization header is of another kind. Send "Bearer" and the token, which is what follows #token= in your link.';
  if (said === '')
    return 'The word Bearer stands alone: add the token, which is what follows #token= in your link.';
  const token = bearer(header) ?? said;
  if (token.includes('://') || token.includes('/r/'))
    return 'This is a link without its token. Copy the whole link, including what follows #token=.';
  if (/^[<{$[]?(?:your[-_ ]?)?token[>}\]]?$/i.test(token))
    return 'The word TOKEN stands for your own token: what follows #token= in your link.';
  const parts = token.split('.');
  if (parts.length !== 3 || !WHOLE.test(token))
    return `This is no token: one has three parts with dots between them, and this has ${parts.length}. Copy what follows #token= in your link.`;
  if (parts[2]?.length !== 43)
    return 'The end of the token is missing or too long. Copy the whole link again.';
  return undefined;
}

/** Without the word Bearer, however often it stands there, and without quotes. */
function unwrapped(header: string): { readonly said: string; readonly scheme: boolean } {
  let said = unquoted(header.slice(0, MAX_HEADER));
  let scheme = false;
  for (let turn = 0; turn < 4 && SCHEME.test(said); turn += 1) {
    scheme = true;
    said = unquoted(said.replace(SCHEME, ''));
  }
  return { said, scheme };
}

/** From the ends inwards: a pattern for the end would be tried from every character. */
function unquoted(text: string): string {
  let [from, to] = [0, text.length];
  while (from < to && BEFORE.test(text.charAt(from))) from += 1;
  while (to > from && BEHIND.test(text.charAt(to - 1))) to -= 1;
  return text.slice(from, to);
}

/** A longer text is not one of our tokens. */
const MAX_TOKEN = 1024;
const TOKEN = /^[\w-]+\.([\w-]+)\.([\w-]{43})$/;

/**
 * Opens a quick check of tokens: true when one was signed here for the room and has not expired, within microseconds
 * and without waiting. It decides who is served first; what a token allows is decided by `check`. Spec: RFC 7515,
 * 5.2.
 */
export function openTokenCheck(secret: Uint8Array): (token: string, slug: string, wall: number) => boolean {
  // Raw bytes would be made into a key at each call, which takes five times as long as the hash.
  const key = linkKey(secret);
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
