/** Deaths within this time of each other count together, ms. */
export const CRASHES_WITHIN = 60_000;
/** So many deaths of a cell make a room in it a suspect. */
const CRASHES = 3;
/** Of the rooms that the cell named when it died, at least so many must be the same one. */
const NAMED = 2;

/** The death of a cell. */
export interface CellDeath {
  /** Wall-clock ms. */
  readonly at: number;
  readonly cell: number;
  /** The room that it was working on, where that is known. */
  readonly room?: string;
  /** It had not been ready yet. */
  readonly unready?: boolean;
}

/** What to do with a room. */
export type BlameAct =
  | { readonly act: 'quarantine'; readonly slug: string }
  | { readonly act: 'move'; readonly slug: string; readonly cell: number };

/** A search for the guilty one among the rooms of a cell, half of whom are in the quarantine cell. */
interface Trial {
  readonly home: number;
  suspects: readonly string[];
  readonly away: Set<string>;
  until: number;
}

/**
 * Finds the room that makes its cell crash: after three deaths of a cell within a minute it is the one that the cell
 * named each time it died; a room that was alone in it is kept apart only if it was named twice. Where it named none, or not the same, its rooms are separated: half of them go to the
 * quarantine cell, with their whole sound, and the half whose cell dies again is halved again, until one is left. The
 * others then go home, and so do all of them after a minute without a death. The quarantine cell is the one after the
 * last.
 */
export class CrashBlame {
  readonly #cells: number;
  readonly #rooms: (cell: number) => readonly string[];
  readonly #deaths = new Map<number, { readonly death: CellDeath; readonly rooms: readonly string[] }[]>();
  #trial: Trial | undefined;

  /** `rooms`: the running rooms of a cell now. */
  constructor(cells: number, rooms: (cell: number) => readonly string[]) {
    this.#cells = cells;
    this.#rooms = rooms;
  }

  /** A cell has died. */
  died(death: CellDeath): readonly BlameAct[] {
    const { at, cell } = death;
    // A cell that cannot begin (its UDP port is taken) had no room in it: none of them is guilty.
    if (death.unready && death.room === undefined) return [];
    const trial = this.#trial;
    if (cell === this.#cells)
      return trial
        ? this.#narrow(
            trial,
            trial.suspects.filter((s) => trial.away.has(s)),
            at,
          )
        : [];
    if (trial?.home === cell)
      return this.#narrow(
        trial,
        trial.suspects.filter((s) => !trial.away.has(s)),
        at,
      );
    const deaths = [...(this.#deaths.get(cell) ?? []), { death, rooms: this.#rooms(cell) }]
      .filter((one) => at - one.death.at < CRASHES_WITHIN)
      .slice(-CRASHES);
    this.#deaths.set(cell, deaths);
    if (deaths.length < CRASHES) return [];
    const [first, ...others] = deaths.map(({ rooms }) => rooms);
    const common = (first ?? []).filter((slug) => others.every((rooms) => rooms.includes(slug)));
    const named = deaths.flatMap((one) => one.death.room ?? []);
    const [guilty] = named;
    if (guilty !== undefined && named.length >= NAMED && named.every((slug) => slug === guilty))
      return common.includes(guilty) ? this.#found(cell, guilty) : [];
    const [only] = common;
    if (only !== undefined && common.length === 1) {
      // A room alone dies with its cell of anything: without marks it is kept apart only where that protects another.
      const marks = named.filter((slug) => slug === only).length;
      const hasOthers = this.#rooms(cell).some((slug) => slug !== only);
      return marks >= NAMED || hasOthers ? this.#found(cell, only) : [];
    }
    if (only === undefined || trial) return [];
    // Those that were named go first: the search is then often shorter.
    const suspects = [...new Set([...named.filter((slug) => common.includes(slug)), ...common])];
    this.#trial = { home: cell, suspects, away: new Set(), until: at + CRASHES_WITHIN };
    return this.#narrow(this.#trial, suspects, at);
  }

  /** Call about once a second: a search that finds nothing ends. */
  tick(now: number): readonly BlameAct[] {
    const trial = this.#trial;
    if (!trial || now < trial.until) return [];
    this.#end(trial);
    return this.#home(trial);
  }

  /** Only these are still suspects, and they are all in one cell: half of them go to the other. */
  #narrow(trial: Trial, suspects: readonly string[], at: number): readonly BlameAct[] {
    const [only] = suspects;
    if (only === undefined) return [];
    if (suspects.length === 1) {
      this.#end(trial);
      return [{ act: 'quarantine', slug: only }, ...this.#home(trial).filter(({ slug }) => slug !== only)];
    }
    trial.suspects = suspects;
    trial.until = at + CRASHES_WITHIN;
    const there = trial.away.has(only);
    return suspects.slice(0, Math.ceil(suspects.length / 2)).map((slug) => {
      if (there) trial.away.delete(slug);
      else trial.away.add(slug);
      return { act: 'move', slug, cell: there ? trial.home : this.#cells };
    });
  }

  #found(cell: number, slug: string): readonly BlameAct[] {
    this.#deaths.delete(cell);
    return [{ act: 'quarantine', slug }];
  }

  #end(trial: Trial): void {
    this.#trial = undefined;
    this.#deaths.delete(trial.home);
  }

  #home({ away, home }: Trial): readonly BlameAct[] {
    return [...away].map((slug) => ({ act: 'move', slug, cell: home }));
  }
}
