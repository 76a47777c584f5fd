import type { SpeakerId } from '../base/ids.ts';
import type { Ms } from '../base/time.ts';
import { type Grant, withdrawn } from '../keys/token.ts';
import type { Revoked } from '../wire/room.ts';
import type { StageRefusal } from './refusal.ts';

/** Limit of people whose link generation is remembered. Beyond it those without anything open here are forgotten. */
const MAX_SEEN = 2_048;

/** The studio page asks for each of its connections every 3 s, with its current link. */
const SPARED_MS = 30_000;
const BANNED = 'A host of this room has banned you from its stage.';

/** The links that a room still accepts: the site's decision, plus removals here that the site has not confirmed yet. */
export class Revocation {
  #revoked: Revoked | undefined;
  #spared: { readonly who: SpeakerId; readonly generation: number; readonly until: number } | undefined;
  readonly #unconfirmed = new Set<SpeakerId>();
  /** The newest generation that each person has presented. */
  readonly #seen = new Map<SpeakerId, number>();

  /** Why this link is refused; undefined when it is accepted. */
  refuse(grant: Grant, present: (who: SpeakerId) => boolean): StageRefusal | undefined {
    const why = this.#unconfirmed.has(grant.speaker) ? 'removed' : withdrawn(grant, this.#revoked);
    if (why) return { refused: why, detail: why === 'banned' ? BANNED : 'Ask the host for a new link.' };
    const generation = grant.generation ?? 0;
    if (generation > (this.#seen.get(grant.speaker) ?? -1)) this.#seen.set(grant.speaker, generation);
    if (this.#seen.size > MAX_SEEN)
      for (const who of this.#seen.keys()) if (who !== grant.speaker && !present(who)) this.#seen.delete(who);
    return undefined;
  }

  /** Links of a lower generation are refused. */
  get generation(): number {
    return this.#revoked?.generation ?? 0;
  }

  /** Bars a person from now on. */
  bar(who: SpeakerId): void {
    this.#unconfirmed.add(who);
    this.#seen.delete(who);
  }

  /** Removals that the site has not confirmed yet. */
  get unconfirmed(): SpeakerId[] {
    return [...this.#unconfirmed];
  }

  /** Applies the site's decision. Returns the people here whose links it ends. */
  take(revoked: Revoked | undefined, now: Ms): SpeakerId[] {
    const before = this.#revoked?.generation ?? 0;
    this.#revoked = revoked;
    if (!revoked) return [];
    const { spared, generation } = revoked;
    if (spared !== undefined && generation > before)
      this.#spared = { who: spared as SpeakerId, generation, until: now + SPARED_MS };
    for (const who of revoked.barred) this.#unconfirmed.delete(who as SpeakerId);
    const ended: SpeakerId[] = [];
    for (const [speaker, generation] of this.#seen) {
      const why = withdrawn({ speaker, generation }, revoked);
      if (why === 'removed' || (why && speaker !== revoked.spared)) ended.push(speaker);
    }
    for (const who of ended) this.#seen.delete(who);
    return ended;
  }

  /**
   * The host who replaced all links, once the time is over in which their open connections had to present the new link:
   * another person may have had the old link as well. Returned only once.
   */
  overdue(now: Ms): { readonly who: SpeakerId; readonly generation: number } | undefined {
    const spared = this.#spared;
    if (!spared || now < spared.until) return undefined;
    this.#spared = undefined;
    return spared;
  }
}
