import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { type Attempted, isRefusal } from '../../api/index.ts';
import type { Clock } from '../../base/clock.ts';
import type { Slug, SpeakerId } from '../../base/ids.ts';
import type { RequestPace } from '../../http/index.ts';
import { bearer, type Grant, LOCAL_GENERATION, type Tokens, withdrawn } from '../../keys/token.ts';
import type { AccountCard } from '../../wire/account.ts';
import type { RoomInvitations } from '../accounts/invitations.ts';
import { type Members, speakerOf } from '../accounts/members.ts';
import { isClosed, passOf } from '../arrangements.ts';
import type { Book } from '../book.ts';
import { measured } from '../change.ts';
import type { RoomRefusal } from '../refusal.ts';
import type { RoomOnSite } from '../rows.ts';
import { type Action, advice } from '../status.ts';
import type { Guests } from './guests.ts';
import { forbidden, type RoomAct, type RoomPhase, type RoomRole, STAND_IN } from './permissions.ts';

/** How long links outlive the start of their room. */
const LINK_SECONDS = 90 * 86_400;

/** Somebody who may change a room. */
export interface Caller {
  readonly entry: RoomOnSite;
  readonly role: 'host' | 'co-host';
  /** Whose link it is; absent for the operator. */
  readonly speaker?: SpeakerId;
  /** True for the operator: with the operator's link or key, or with a link signed on this machine itself. */
  readonly operator: boolean;
}

/** Somebody who asks for something about a room. */
export interface RoomAsker {
  readonly entry: RoomOnSite;
  readonly role: RoomRole;
  /** The link they hold, when it is a good one. */
  readonly grant?: Grant;
  /** What is wrong with what they showed. */
  readonly trouble?: RoomRefusal;
  /** True for whoever has the host's rights while the host is gone. */
  readonly standsIn?: true;
  /** True for somebody who held a good link of this room once. */
  readonly known?: true;
}

/** What a link that was signed on this machine allows beside its role. */
const OPERATORS: ReadonlySet<RoomAct> = new Set(['stop', 'resume', 'release']);
const ADVISED: Readonly<Record<Action, true>> = {
  open: true,
  live: true,
  standby: true,
  end: true,
  cancel: true,
};

/** The state of a room, as its permissions see it. */
export const phaseOf = ({ card, measures, arrangements }: RoomOnSite): RoomPhase =>
  measures?.stopped ? 'stopped' : arrangements?.draft ? 'draft' : card.status;

/** What a co-host is beside that while the host is gone: also one whom a host made a co-host on stage. */
const standing = (entry: RoomOnSite, { speaker }: Grant): Pick<RoomAsker, 'standsIn'> =>
  measured(entry).hostGone?.to?.id === speaker ? { standsIn: true } : {};

/** True while a guest's pass holds. */
const isGuest = (entry: RoomOnSite, pass: string): boolean =>
  pass === passOf(entry, 'link') || pass === passOf(entry, 'password');

/** An account that is kept off the stage: its place there has its id, and it hosts nothing by other ways either. */
function keptOut(entry: RoomOnSite, { id }: AccountCard): RoomAsker | undefined {
  const { revoked } = entry;
  const gone = withdrawn({ speaker: speakerOf(id), generation: revoked.generation }, revoked);
  return (
    gone && {
      ...{ entry, role: isClosed(entry) ? 'stranger' : 'listener', known: true },
      trouble: { refused: gone, detail: 'A host or the operator keeps your account out of this room.' },
    }
  );
}

/** Why a link is good no longer; what host links that are no account's may do is looked at with each act (`hostsOut`). */
const goneLink = ({ role: _, ...link }: Grant, { revoked }: RoomOnSite) => withdrawn(link, revoked);

/** Seconds until a room's announced start; 0 once that is over. */
const secondsTo = ({ card }: RoomOnSite, clock: Clock): number =>
  Math.ceil(Math.max(0, (card.clocks.scheduled ?? 0) - clock.wall()) / 1000);

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
  readonly guests: Guests;
  readonly members: Members;
  /** Who may listen to a private room by account. */
  readonly invitations: Pick<RoomInvitations, 'isGuest'>;
  /** Who sends a request, by account; absent: there are no accounts. */
  account?(request: Request): Promise<AccountCard | undefined>;
  /** The current generation of operator's links; absent: there are none. */
  operatorGeneration?(): number;
}

/** The caller of a request, when they may do this now and have not done too much; or why not. */
export type Changing = (c: Context, act: RoomAct) => Promise<Attempted<Caller>>;

/** Who may do what, by the link they hold. */
export interface Access {
  /** The account that sends a request; undefined when it says who it is by a link. */
  account(c: Context): Promise<AccountCard | undefined>;
  /** True for the operator, by link, key or account. */
  byOperator(c: Context): Promise<boolean>;
  /** True for the operator's key, and for the operator's link until it is replaced. */
  isOperator(token: string | undefined): Promise<boolean>;
  /** What an account is in a room; `by`: by what it had then (wall-clock ms), and has still. */
  ofAccount(entry: RoomOnSite, who: AccountCard, by?: number): Promise<RoomAsker>;
  /** Who asks, by the address and the token of a request. */
  whoAsks(c: Context): Promise<Attempted<RoomAsker>>;
  /** The same for a room's address and a token; `by`: only by a link or pass that was given by then (wall-clock ms). */
  whoIs(slug: string, token: string | undefined, by?: number): Promise<Attempted<RoomAsker>>;
  /** The room, and the caller's role in it, when they may do this to it now; or why not. */
  may(c: Context, act: RoomAct): Promise<Attempted<Caller>>;
  /** The room and the role in it of somebody who hosts it, or why not. */
  hostedBy(slug: string, token: string | undefined): Promise<Attempted<Caller>>;
  /** The same for everybody with a link, speakers included. */
  memberBy(slug: string, token: string | undefined): Promise<Attempted<LinkHolder>>;
  /** The link that lets guests into a private room: the same for all of them, until guest links are withdrawn. */
  guestLink(entry: RoomOnSite, base: string): { url: string; pass: string; role: 'guest' };
  /** A new link of the room; for `speaker` when it is given, else for somebody new. `seconds`: how long it works. */
  link(
    entry: RoomOnSite,
    role: Grant['role'],
    name: string,
    speaker?: SpeakerId,
    seconds?: number,
  ): Promise<{ token: string; speaker: SpeakerId }>;
}

/** A link says who somebody is here; what begins with `ea_` is an account's. */
const linkIn = (c: Context): string | undefined => {
  const token = bearer(c.req.header('authorization'));
  return token?.startsWith('ea_') ? undefined : token;
};

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Why the host's links of a room change nothing now. Those that were given before the room had an account name nobody:
 * they do no more than the account may.
 */
async function hostsOut(members: Members, { id }: RoomOnSite): Promise<RoomRefusal | undefined> {
  const out = await members.suspendedHosts(id);
  return (
    out && {
      refused: 'not-host',
      detail: `The account that hosts this room is suspended: “${out.reason}” (${out.notice}). The room goes on with its co-hosts.`,
    }
  );
}

/** Opens the check of links. */
export function openAccess(deps: AccessDeps): Access {
  const { book, tokens, clock } = deps;
  const key = deps.operatorKey === undefined ? undefined : digest(deps.operatorKey);
  const isOperator = async (token: string | undefined): Promise<boolean> => {
    if (token === undefined) return false;
    if (key !== undefined && timingSafeEqual(digest(token), key)) return true;
    const generation = (await tokens.checkOperator(token)) ?? -1;
    return generation >= (deps.operatorGeneration?.() ?? Number.POSITIVE_INFINITY);
  };
  const whoIs: Access['whoIs'] = async (slug, token, by = Number.POSITIVE_INFINITY) => {
    const entry = await book.find(slug);
    if (!entry) return { refused: 'room-unknown' };
    if (await isOperator(token)) return { entry, role: 'operator' };
    const guest = deps.guests.check(token);
    if (guest?.slug === slug && (guest.made ?? 0) > by) return { entry, role: 'stranger' };
    if (guest?.slug === slug)
      return isGuest(entry, guest.pass)
        ? { entry, role: 'listener' }
        : { entry, role: 'stranger', trouble: { refused: 'link-withdrawn' } };
    const listens = isClosed(entry) ? 'stranger' : 'listener';
    if (token === undefined) return { entry, role: listens };
    const grant = await tokens.check(token, entry.card.slug);
    if (typeof grant === 'string') return { entry, role: listens, trouble: { refused: grant } };
    if ((grant.made ?? 0) > by) return { entry, role: 'stranger' };
    const gone = goneLink(grant, entry);
    if (gone)
      return {
        entry,
        role: listens,
        trouble: { refused: gone, detail: 'Ask the host for a new link.' },
        known: true,
      };
    return { entry, role: grant.role, grant, ...standing(entry, grant) };
  };
  const known = new WeakMap<Request, Promise<AccountCard | undefined>>();
  const account: Access['account'] = async (c) => {
    if (!deps.account || linkIn(c) !== undefined) return undefined;
    const found = known.get(c.req.raw) ?? deps.account(c.req.raw);
    known.set(c.req.raw, found);
    return found;
  };
  const ofAccount: Access['ofAccount'] = async (entry, who, by) => {
    if (who.role === 'operator') return { entry, role: 'operator' };
    const role = await deps.members.roleIn(entry.id, who.id, by);
    const out = keptOut(entry, who);
    if (out) return out;
    if (role === 'host' || role === 'co-host') {
      const grant: Grant = {
        slug: entry.card.slug as Slug,
        role,
        speaker: speakerOf(who.id),
        name: who.name,
      };
      return { entry, role, grant, ...standing(entry, grant) };
    }
    const trouble = { refused: 'not-host', detail: 'Your account does not host this room.' } as const;
    // A draft has no guests by account: it is announced to nobody.
    const isListed = !entry.arrangements?.draft && (await deps.invitations.isGuest(entry.id, who.id, by));
    const isIn = !isClosed(entry) || role !== undefined || isListed;
    return { entry, role: isIn ? 'listener' : 'stranger', trouble };
  };
  const whoAsks: Access['whoAsks'] = async (c) => {
    const slug = c.req.param('slug') ?? '';
    const who = await account(c);
    if (!who) return whoIs(slug, bearer(c.req.header('authorization')));
    const entry = await book.find(slug);
    return entry ? ofAccount(entry, who) : { refused: 'room-unknown' };
  };
  const callerOf = async (asked: Attempted<RoomAsker>, act: RoomAct): Promise<Attempted<Caller>> => {
    if (isRefusal(asked)) return asked;
    const { entry, grant, trouble, known } = asked;
    const local = grant?.generation === LOCAL_GENERATION;
    const role = asked.standsIn && STAND_IN.has(act) ? 'host' : asked.role;
    // Whoever can sign links on this machine can do there what the operator does.
    const acting = local && role === 'host' && OPERATORS.has(act) ? 'operator' : role;
    const why = forbidden(act, acting, phaseOf(entry));
    // To a stranger a private room does not exist.
    if (role === 'stranger' && !known && (why || act === 'read')) return { refused: 'room-unknown' };
    if (why?.by === 'role' && (role === 'stranger' || role === 'listener'))
      return trouble ?? (grant === undefined && !isClosed(entry) ? { refused: 'token-missing' } : why);
    if (why?.by === 'state' && act in ADVISED)
      return { ...why, detail: advice(entry.card.status, act as Action) };
    const out = why ?? (role === 'host' && grant && !local ? await hostsOut(deps.members, entry) : undefined);
    if (out) return out;
    return {
      ...{ entry, role: role === 'operator' ? 'host' : (role as Caller['role']) },
      ...(grant ? { speaker: grant.speaker } : {}),
      operator: role === 'operator' || local,
    };
  };
  return {
    isOperator,
    whoIs,
    account,
    byOperator: async (c) => (await isOperator(linkIn(c))) || (await account(c))?.role === 'operator',
    ofAccount,
    whoAsks,
    may: async (c, act) => callerOf(await whoAsks(c), act),
    async memberBy(slug, token) {
      const asked = await whoIs(slug, token);
      if (isRefusal(asked) || asked.role !== 'speaker' || !asked.grant) return callerOf(asked, 'write-note');
      const { entry, role, grant } = asked;
      return { entry, role, speaker: grant.speaker, operator: false };
    },
    hostedBy: async (slug, token) => callerOf(await whoIs(slug, token), 'write-note'),
    guestLink(entry, base) {
      const { slug } = entry.card;
      const seconds = LINK_SECONDS + secondsTo(entry, clock);
      const pass = deps.guests.sign({ slug, pass: passOf(entry, 'link') ?? '' }, seconds);
      return { url: `${base}/r/${slug}#pass=${pass}`, pass, role: 'guest' };
    },
    async link(entry, role, name, known, seconds = LINK_SECONDS) {
      const speaker = known ?? (randomBytes(9).toString('base64url') as SpeakerId);
      const { generation } = entry.revoked;
      const grant: Grant = { slug: entry.card.slug as Slug, role, speaker, name, generation };
      return { token: await tokens.sign(grant, secondsTo(entry, clock) + seconds), speaker };
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
