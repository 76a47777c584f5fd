import type { Grant } from '../../keys/token.ts';
import { bannedBy } from '../../keys/token.ts';
import type { Ban } from '../../wire/stage/hands.ts';

/** The bans of one room: the site's, plus what hosts did here that the site has not confirmed yet. */
export class BanList {
  #confirmed: readonly Ban[] = [];
  readonly #added = new Map<string, Ban>();
  readonly #lifted = new Set<string>();

  /** All bans in force, newest first. */
  get all(): readonly Ban[] {
    const known = this.#confirmed.filter(({ id }) => !this.#added.has(id));
    return [...this.#added.values(), ...known]
      .filter(({ id }) => !this.#lifted.has(id))
      .sort((a, b) => b.at - a.at);
  }

  /** Bans, and ids of bans taken back, that the site does not know yet. */
  get unconfirmed(): { readonly added: readonly Ban[]; readonly lifted: readonly string[] } {
    return { added: [...this.#added.values()], lifted: [...this.#lifted] };
  }

  /** The ban that keeps this person out. */
  of(
    who:
      | (Pick<Grant, 'speaker' | 'device'> & Partial<Pick<Grant, 'role' | 'generation'>>)
      | { readonly device: string },
  ): Ban | undefined {
    return bannedBy(who, this.all);
  }

  add(ban: Ban): void {
    this.#added.set(ban.id, ban);
  }

  /** Takes a ban back; false when there is none with this id. */
  lift(id: string): boolean {
    if (!this.all.some((ban) => ban.id === id)) return false;
    this.#added.delete(id);
    this.#lifted.add(id);
    return true;
  }

  /** Applies the site's list; true when it changed anything. */
  confirm(bans: readonly Ban[]): boolean {
    const before = JSON.stringify(this.all);
    this.#confirmed = bans;
    const known = new Map(bans.map((ban) => [ban.id, ban]));
    for (const [id, { device }] of this.#added)
      if (known.get(id) && (device === undefined || known.get(id)?.device !== undefined))
        this.#added.delete(id);
    for (const id of this.#lifted) if (!known.has(id)) this.#lifted.delete(id);
    return JSON.stringify(this.all) !== before;
  }
}
