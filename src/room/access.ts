import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { type Attempted, isRefusal, type RequestPace } from '../api/index.ts';
import type { Clock } from '../base/clock.ts';
import type { Slug, SpeakerId } from '../base/ids.ts';
import { bearer, type Grant, LOCAL_GENERATION, type Tokens, withdrawn } from '../keys/token.ts';
import type { AccountCard } from '../wire/account.ts';
import { type Members, speakerOf } from './accounts/members.ts';
import type { Book } from './book.ts';
import type { RoomRefusal } from './refusal.ts';
import type { RoomOnSite } from './rows.ts';

/** How long links outlive the start of their room. */
const LINK_SECONDS = 90 * 86_400;

/** Somebody who may change a room. */
export interface Caller {
  readonly entry: RoomOnSite;
  readonly role: 'host' | 'co-host';
  /** Whose link or account it is; absent for the operator. */
  readonly speaker?: SpeakerId;
  /**
   * True for the operator: with the operator's link or key, with an operator's account, or with a link signed on this
   * machine itself.
   */
  readonly operator: boolean;
}

/** Somebody with a link of a room, speakers included. */
export interface LinkHolder extends Omit<Caller, 'role'> {
  readonly role: Grant['role'];
}

/** Dependencies of access. */
export interface AccessDeps {
  readonly book: Book;
  readonly tokens: Tokens;
  readonly clock: Clock;
  readonly operatorKey: string | undefined;
  /** The current generation of operator's links; absent: there are none. */
  operatorGeneration?(): number;
  readonly members: Members;
  /** Who sends a request, by account; absent: there are no accounts. */
  account?(request: Request): Promise<AccountCard | undefined>;
}

/** Who may do what, by the link they hold or the account they are signed in with. */
export interface Access {
  /** The account that sends a request; undefined when it says who it is by a link. */
  account(c: Context): Promise<AccountCard | undefined>;
  /** True for the operator, by link, key or account. */
  byOperator(c: Context): Promise<boolean>;
  /** True for the operator's key, and for the operator's link until it is replaced. */
  isOperator(token: string | undefined): Promise<boolean>;
  /** The room and the caller's role in it, or why not. */
  hosted(c: Context): Promise<Attempted<Caller>>;
  /** The same for a room's address and a token. */
  hostedBy(slug: string, token: string | undefined): Promise<Attempted<Caller>>;
  /** The same for everybody with a link, speakers included. */
  memberBy(slug: string, token: string | undefined): Promise<Attempted<LinkHolder>>;
  /** A new link of the room; for `speaker` when it is given, else for somebody new. */
  link(
    entry: RoomOnSite,
    role: Grant['role'],
    name: string,
    speaker?: SpeakerId,
  ): Promise<{ token: string; speaker: SpeakerId }>;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Opens the check of links. */
export function openAccess(deps: AccessDeps): Access {
  const { book, tokens, clock } = deps;
  const key = deps.operatorKey === undefined ? undefined : digest(deps.operatorKey);
  const isOperator = async (token: string | undefined): Promise<boolean> => {
    if (token === undefined) return false;
    if (key !== undefined && timingSafeEqual(digest(token), key)) return true;
    const generation = await tokens.checkOperator(token);
    return (
      generation !== undefined && generation >= (deps.operatorGeneration?.() ?? Number.POSITIVE_INFINITY)
    );
  };
  const memberBy: Access['memberBy'] = async (slug, token) => {
    const entry = await book.find(slug);
    if (!entry) return { refused: 'room-unknown' };
    if (await isOperator(token)) return { entry, role: 'host', operator: true };
    const grant = await tokens.check(token, entry.card.slug);
    if (typeof grant === 'string') return { refused: grant };
    const gone = withdrawn(grant, entry.revoked);
    if (gone) return { refused: gone, detail: 'Ask the host for a new link.' };
    const { role, speaker, generation } = grant;
    return { entry, role, speaker, operator: generation === LOCAL_GENERATION };
  };
  const hostedBy: Access['hostedBy'] = async (slug, token) => {
    const member = await memberBy(slug, token);
    if (isRefusal(member)) return member;
    const { role } = member;
    return role === 'speaker' ? { refused: 'not-host' } : { ...member, role };
  };
  /** A link says who somebody is here; what begins with `ea_` is an account's. */
  const linkIn = (c: Context): string | undefined => {
    const token = bearer(c.req.header('authorization'));
    return token?.startsWith('ea_') ? undefined : token;
  };
  const asked = new WeakMap<Request, Promise<AccountCard | undefined>>();
  const account: Access['account'] = async (c) => {
    if (!deps.account || linkIn(c) !== undefined) return undefined;
    const known = asked.get(c.req.raw) ?? deps.account(c.req.raw);
    asked.set(c.req.raw, known);
    return known;
  };
  return {
    isOperator,
    hostedBy,
    memberBy,
    account,
    byOperator: async (c) => (await isOperator(linkIn(c))) || (await account(c))?.role === 'operator',
    async hosted(c) {
      const slug = c.req.param('slug') ?? '';
      const who = await account(c);
      if (!who) return hostedBy(slug, bearer(c.req.header('authorization')));
      const entry = await book.find(slug);
      if (!entry) return { refused: 'room-unknown' };
      if (who.role === 'operator') return { entry, role: 'host', operator: true };
      const role = await deps.members.roleIn(entry.id, who.id);
      return role === 'host' || role === 'co-host'
        ? { entry, role, speaker: speakerOf(who.id), operator: false }
        : { refused: 'not-host', detail: 'Your account does not host this room.' };
    },
    async link({ card, revoked }, role, name, known) {
      const speaker = known ?? (randomBytes(9).toString('base64url') as SpeakerId);
      const ahead = Math.max(0, (card.clocks.scheduled ?? 0) - clock.wall()) / 1000;
      const { generation } = revoked;
      const grant: Grant = { slug: card.slug as Slug, role, speaker, name, generation };
      return { token: await tokens.sign(grant, Math.ceil(ahead) + LINK_SECONDS), speaker };
    },
  };
}

/**
 * A refusal when the caller has done this too often. Co-hosts of a room share an allowance, and cannot use up the
 * host's.
 */
export function tooOften(
  pace: RequestPace,
  c: Context,
  { entry, role, speaker }: Caller,
): RoomRefusal | undefined {
  const { slug } = entry.card;
  const wait = pace.take(c, role === 'host' ? `${slug} ${speaker ?? 'operator'}` : slug);
  return wait === undefined
    ? undefined
    : { refused: 'too-many-changes', detail: `Try again in ${wait} s.`, wait };
}
