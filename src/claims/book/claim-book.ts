import { createHash, randomBytes } from 'node:crypto';
import type { ErrorCode } from '../../base/errors.ts';
import { plainText } from '../../base/plain-text.ts';
import type { ClaimContent, ClaimLog } from './claim-log.ts';
import type { WaitingClaim, WaitingClaims } from './waiting-claims.ts';

/** The author of a claim. A value of its own, so that accounts can replace it later. */
export type ClaimAuthor = 'host' | 'operator' | 'stranger';

/** One wording of a claim; wherever the claim is shown, its newest wording comes first. */
export interface ClaimVersion {
  readonly at: number;
  readonly author: string;
  readonly text: string;
  /** What the figures said when it was written. */
  readonly verdict?: string;
}

/** A claim that is attached to a room, with all its wordings and replies. */
export interface AttachedClaim {
  readonly id: string;
  /** Oldest first; never empty. */
  readonly versions: readonly ClaimVersion[];
  readonly replies: readonly {
    readonly kind: 'dispute' | 'answer';
    readonly at: number;
    readonly author: string;
    readonly text: string;
  }[];
}

/** A stranger's statement that the operator did not publish. */
export interface RefusedStatement {
  readonly at: number;
  readonly why: string;
}

/** The reason why something was not written. */
export interface NotWritten {
  readonly refused: ErrorCode;
  readonly detail: string;
}

/** The result of writing to the book. */
export type Written = { readonly id: string; readonly waits: boolean } | NotWritten;

/** Longest text of a claim, and of the reason why one is refused, in characters. */
export const MOST_CLAIM_TEXT = 400;
const MOST_REASON = 200;
const MOST_CLAIMS = 200;
const MOST_REPLIES = 50;
const MOST_VERSIONS = 20;
const ID_BYTES = 9;

const full = (what: string): NotWritten => ({
  refused: 'too-many-changes',
  detail: `There are too many ${what}.`,
});
const UNKNOWN: NotWritten = { refused: 'not-found', detail: 'There is no such claim in this room.' };

/**
 * Dependencies of the claim book. `verdictOf`: what the figures say about a text, in a few words; undefined when they
 * say nothing.
 */
export interface ClaimBookDeps {
  readonly log: ClaimLog;
  readonly waiting: WaitingClaims;
  now(): number;
  verdictOf(room: string, text: string): Promise<string | undefined>;
}

/** What is to be written. */
interface ClaimWish {
  readonly room: string;
  readonly author: ClaimAuthor;
  readonly kind: ClaimContent['kind'];
  readonly said: string;
  readonly claim?: string | undefined;
  readonly key?: string | undefined;
  /** The operator has seen what a stranger said. */
  readonly seen?: boolean;
}

/** The claims that are attached to rooms. */
export class ClaimBook {
  readonly #deps: ClaimBookDeps;
  /** Writing is one after the other, so that a limit is not passed by two at once. */
  #last: Promise<unknown> = Promise.resolve();
  #decisions: Promise<unknown> = Promise.resolve();

  constructor(deps: ClaimBookDeps) {
    this.#deps = deps;
  }

  /** The claims of a room, newest first. */
  async of(room: string): Promise<readonly AttachedClaim[]> {
    return gathered(await this.#deps.log.read(room)).reverse();
  }

  /** What waits for the operator's eye: in one room, or in all, oldest first. */
  waiting(room?: string): readonly WaitingClaim[] {
    return room === undefined ? this.#deps.waiting.all() : this.#deps.waiting.of(room);
  }

  /** Statements of strangers that were refused in a room, and why, oldest first. */
  async refusals(room: string): Promise<readonly RefusedStatement[]> {
    const entries = await this.#deps.log.read(room);
    return entries.flatMap(({ kind, at, text }) => (kind === 'refusal' ? [{ at, why: text }] : []));
  }

  /** Attaches a claim; a stranger's waits. What comes again with the same `key` is written once, here and below. */
  say(room: string, author: ClaimAuthor, text: string, key?: string): Promise<Written> {
    return this.#write({ room, author, kind: 'claim', said: text, key });
  }

  /** Says something about a claim: anybody may dispute, the host and the operator answer. */
  reply(
    room: string,
    author: ClaimAuthor,
    kind: 'dispute' | 'answer',
    claim: string,
    text: string,
    key?: string,
  ): Promise<Written> {
    return this.#write({ room, author, kind, said: text, claim, key });
  }

  /** Puts another wording in a claim's place; the old one stays to be seen. Hosts correct their own. */
  correct(room: string, author: ClaimAuthor, claim: string, text: string, key?: string): Promise<Written> {
    return this.#write({ room, author, kind: 'claim-correction', said: text, claim, key });
  }

  /** Publishes what waits. */
  admit(room: string, id: string): Promise<Written> {
    return this.#decide(room, id, ({ kind, text, claim }) =>
      // What waited is its own key: it is not published twice when this process ends in between.
      this.#write({ room, author: 'stranger', kind, said: text, claim, key: id, seen: true }),
    );
  }

  /** Drops what waits, and writes down why. */
  async refuse(room: string, id: string, reason: string): Promise<Written> {
    const why = plainText(reason, MOST_REASON);
    if (why === undefined)
      return { refused: 'unprocessable', detail: `reason: use 1 to ${MOST_REASON} characters` };
    return this.#decide(room, id, async () => {
      const at = this.#deps.now();
      const entries = await this.#deps.log.read(room);
      if (entries.some(({ kind, claim }) => kind === 'refusal' && claim === id)) return { id, waits: false };
      await this.#deps.log.write({
        v: 1,
        kind: 'refusal',
        room,
        at,
        claim: id,
        author: 'operator',
        text: why,
      });
      return { id, waits: false };
    });
  }

  /** Decides about what waits, one after the other; it waits on until the decision is written down. */
  #decide(room: string, id: string, act: (one: WaitingClaim) => Promise<Written>): Promise<Written> {
    const { waiting } = this.#deps;
    const done = this.#decisions.then(async (): Promise<Written> => {
      const one = waiting.of(room).find((each) => each.id === id);
      if (!one) return { ...UNKNOWN, detail: 'Nothing of this id is waiting.' };
      const written = await act(one);
      if (!('refused' in written)) await waiting.take(room, id);
      return written;
    });
    this.#decisions = done.catch(() => undefined);
    return done;
  }

  #write(wish: ClaimWish): Promise<Written> {
    const done = this.#last.then(() => this.#now(wish));
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** What became of a wish with this key before; undefined when nothing is known of it. */
  async #before({ room, key, author, seen }: ClaimWish): Promise<Written | undefined> {
    if (key === undefined) return undefined;
    const own = waitingId(key);
    const isStrangers = author === 'stranger' && !seen;
    if (isStrangers && this.#deps.waiting.of(room).some(({ id }) => id === own))
      return { id: own, waits: true };
    const known = (await this.#deps.log.read(room)).find((entry) =>
      isStrangers
        ? entry.key === own || (entry.kind === 'refusal' && entry.claim === own)
        : entry.key === key,
    );
    // What the operator has decided about waits no more, and was answered as waiting.
    return known && (isStrangers ? { id: own, waits: true } : { id: known.claim, waits: false });
  }

  async #now(wish: ClaimWish): Promise<Written> {
    const { room, author, kind, said, claim, key, seen = false } = wish;
    const text = plainText(said, MOST_CLAIM_TEXT);
    if (text === undefined)
      return { refused: 'unprocessable', detail: `text: use 1 to ${MOST_CLAIM_TEXT} characters` };
    const before = await this.#before(wish);
    if (before) return before;
    const claims = await this.of(room);
    const about = claim === undefined ? undefined : claims.find(({ id }) => id === claim);
    const refusal = this.#refusal(wish, claims, about);
    if (refusal) return refusal;
    const id = about?.id ?? newId();
    const at = this.#deps.now();
    if (author === 'stranger' && !seen) {
      const waitingKind = kind === 'dispute' ? 'dispute' : 'claim';
      const own = key === undefined ? newId() : waitingId(key);
      const kept = await this.#deps.waiting.add({
        ...{ id: own, room, at, kind: waitingKind, text },
        ...(claim === undefined ? {} : { claim }),
      });
      return kept ? { id: own, waits: true } : full('statements waiting for the operator');
    }
    const isStatement = kind === 'claim' || kind === 'claim-correction';
    const verdict = isStatement ? await this.#deps.verdictOf(room, text) : undefined;
    await this.#deps.log.write({
      ...{ v: 1, kind, room, at, claim: id, author, text },
      ...(verdict === undefined ? {} : { verdict }),
      ...(seen ? { admitted: 'operator' } : {}),
      ...(key === undefined ? {} : { key }),
    });
    return { id, waits: false };
  }

  /** Why nothing is written: there is no such claim, there are too many, or it is somebody else's. */
  #refusal(
    { author, kind, claim }: ClaimWish,
    claims: readonly AttachedClaim[],
    about: AttachedClaim | undefined,
  ): NotWritten | undefined {
    if (claim !== undefined && !about) return UNKNOWN;
    if (!about) return claims.length >= MOST_CLAIMS ? full('claims in this room') : undefined;
    if (kind !== 'claim-correction')
      return about.replies.length >= MOST_REPLIES ? full('replies to this claim') : undefined;
    if (author === 'host' && about.versions[0]?.author !== 'host')
      return {
        refused: 'operator-only',
        detail: 'A host corrects the claims of hosts; this is somebody else’s.',
      };
    return about.versions.length >= MOST_VERSIONS ? full('corrections of this claim') : undefined;
  }
}

const newId = (): string => randomBytes(ID_BYTES).toString('base64url');
/** The id under which what a request with this key said waits. */
const waitingId = (key: string): string =>
  createHash('sha256').update(key).digest().subarray(0, ID_BYTES).toString('base64url');

/** Turns log entries into the claims that they describe. */
export function gathered(entries: readonly ClaimContent[]): AttachedClaim[] {
  const claims = new Map<
    string,
    { id: string; versions: ClaimVersion[]; replies: AttachedClaim['replies'][number][] }
  >();
  for (const { kind, claim, at, author, text, verdict } of entries) {
    const version = { at, author, text, ...(verdict === undefined ? {} : { verdict }) };
    const known = claims.get(claim);
    if (kind === 'claim' && !known) claims.set(claim, { id: claim, versions: [version], replies: [] });
    else if (kind === 'claim-correction') known?.versions.push(version);
    else if (kind === 'dispute' || kind === 'answer') known?.replies.push({ kind, at, author, text });
  }
  return [...claims.values()];
}
