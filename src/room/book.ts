import { randomUUIDv7 } from 'node:crypto';
import type { SpeakerId } from '../base/ids.ts';
import { isDuplicate } from '../store/index.ts';
import { type Clocks, isOver, isRunning, type Revoked, type RoomCard, RUN_UP_MS } from '../wire/room.ts';
import type { Ban } from '../wire/stage/hands.ts';
import { arranged, planned } from './arrangements.ts';
import type { BookDeps, Wish } from './book-deps.ts';
import {
  barred,
  clocked,
  type Edit,
  edited,
  type InState,
  inState,
  rebanned,
  removed,
  renewed,
  revised,
  told,
} from './change.ts';
import type { RoomRefusal } from './refusal.ts';
import {
  beyondMemory,
  erase,
  insert,
  KEPT_UNSPOKEN,
  NOTHING_REVOKED,
  type RoomOnSite,
  readById,
  readCurrent,
  readOne,
  update,
} from './rows.ts';
import { hiddenSlug, slugFrom, withSuffix } from './slug.ts';
import { type Action, advice, step } from './status.ts';

/** Slugs that no host can take. */
const RESERVED: ReadonlySet<string> = new Set(['welcome']);
/** Limit of announced rooms; with the finished ones that are kept, the list for doors stays below 8 MB. */
const MAX_ANNOUNCED = 2000;
const STOPPED: RoomRefusal = { refused: 'room-stopped', detail: 'Only the operator can resume it.' };
/** Attempts at a random ending for an address that is taken; there are 923,521 endings. */
const SUFFIX_TRIES = 8;

/** All rooms: read from memory, written to the database first, and changed one after the other. */
export class Book {
  readonly #deps: BookDeps;
  readonly #entries = new Map<string, RoomOnSite>();
  readonly #listeners = new Set<(slug: string) => void>();
  /** When somebody was last on stage, on the monotonic clock. */
  readonly #occupied = new Map<string, number>();
  #sorted: readonly RoomOnSite[] | undefined;
  #cards: readonly RoomCard[] | undefined;
  #tail: Promise<unknown> = Promise.resolve();
  #whole = true;

  constructor(deps: BookDeps) {
    this.#deps = deps;
  }

  /** Reads the rooms; rooms of cells that no longer exist move to one that does. */
  async read(): Promise<void> {
    const current = await readCurrent(this.#deps.store);
    this.#whole = current.whole;
    for (const entry of current.rooms) this.#entries.set(entry.card.slug, entry);
    const { cells } = this.#deps;
    for (const entry of [...this.#entries.values()]) {
      const { card, measures } = entry;
      if (!isRunning(card.status) || measures?.stopped) continue;
      if (card.cell !== undefined && card.cell < cells) continue;
      if (card.cell === cells && measures?.quarantine) continue;
      await this.#write({ ...entry, card: { ...card, cell: this.roomiest().cell } });
    }
  }

  /** Every announced or running room and the newest finished ones, newest first. */
  cards(): readonly RoomCard[] {
    this.#cards ??= this.entries().map((entry) => told(entry, this.#deps.openLead));
    return this.#cards;
  }

  /** What doors and cells are told about a room; undefined when they need not know it. */
  told(slug: string): RoomCard | undefined {
    const entry = this.#entries.get(slug);
    return entry && told(entry, this.#deps.openLead);
  }

  /** Calls back with the address of each room that has changed or is no longer listed. */
  onChange(listen: (slug: string) => void): Disposable {
    this.#listeners.add(listen);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listen) };
  }

  /** A room by its address, even when it is no longer in memory. */
  async find(slug: string): Promise<RoomOnSite | undefined> {
    const entry = this.#entries.get(slug) ?? (await readOne(this.#deps.store, slug));
    return entry?.removed === undefined ? entry : undefined;
  }

  /** Everything in memory, newest first; of one millisecond, in the order of addresses. */
  entries(): readonly RoomOnSite[] {
    this.#sorted ??= [...this.#entries.values()].sort(
      (a, b) => b.created - a.created || (a.card.slug < b.card.slug ? -1 : 1),
    );
    return this.#sorted;
  }

  /** True while every room that is listed is in memory. */
  get whole(): boolean {
    return this.#whole;
  }

  create(wish: Wish): Promise<RoomOnSite | RoomRefusal> {
    return this.#queue(async () => {
      // The same request before the process died: it is this room that it had made.
      const before = wish.id === undefined ? undefined : await readById(this.#deps.store, wish.id);
      if (before) return before;
      const { arrangements } = wish;
      // An address that is in no list must not be one that can be guessed.
      const hidden = arrangements?.access !== undefined && !wish.slug;
      const wanted = wish.slug ?? (hidden ? hiddenSlug() : slugFrom(wish.title));
      const now = this.#deps.clock.wall();
      let card: RoomCard = {
        slug: wanted,
        title: wish.title,
        hosts: wish.hosts,
        status: 'scheduled',
        clocks: wish.start === undefined ? {} : { scheduled: wish.start },
        ...(wish.zone === undefined ? {} : { zone: wish.zone }),
      };
      if (!arrangements?.draft && (wish.start === undefined || wish.start - this.#deps.openLead <= now)) {
        const opened = this.opened(card);
        if ('refused' in opened) return opened;
        card = { ...opened, status: 'open' };
      }
      if (card.status === 'scheduled' && this.#count('scheduled') >= MAX_ANNOUNCED) {
        return {
          refused: 'rooms-full',
          detail: `${MAX_ANNOUNCED} rooms are announced already. Start one that opens at once.`,
        };
      }
      for (let attempt = 0; attempt <= SUFFIX_TRIES; attempt++) {
        const slug = attempt === 0 ? wanted : withSuffix(wanted);
        if (!RESERVED.has(slug) && (await this.#inserted({ ...card, slug }, wish))) {
          const made = this.#entries.get(slug);
          if (made) return made;
        }
        if (wish.slug) break;
      }
      return {
        refused: 'slug-taken',
        detail: `slug: ${wanted} is taken. Choose another address, or leave it out.`,
      };
    });
  }

  /** What a host does; `reason`: why it is cancelled, in their own words. */
  act(slug: string, action: Action, reason?: string): Promise<RoomOnSite | RoomRefusal> {
    const stepped = this.#onCard((card) => this.#stepped(card, action));
    return this.change(slug, (entry) => {
      if (entry.measures?.stopped && action !== 'end' && action !== 'cancel') return STOPPED;
      const made = stepped(entry);
      if ('refused' in made || made === entry) return made;
      // Whoever opens a draft announces it.
      const known = made.arrangements?.draft ? arranged(made, { draft: undefined }) : made;
      return action === 'cancel' && reason !== undefined ? planned(known, { cancelled: { reason } }) : known;
    });
  }

  /** Changes the title, the cap on live listeners, and the announced start while the room has not opened. */
  edit(slug: string, edit: Edit, when?: InState): Promise<RoomOnSite | RoomRefusal> {
    return this.change(
      slug,
      inState(when, (entry) => edited(entry, edit, this.#deps.clock.wall())),
    );
  }

  /** Revokes a person's links: they can do nothing here any more. */
  bar(slug: string, who: SpeakerId): Promise<RoomOnSite | RoomRefusal> {
    return this.change(slug, (entry) => barred(entry, who));
  }

  /** Keeps people out by link and device, and lets others back in. */
  bans(
    slug: string,
    added: readonly Ban[],
    lifted: readonly string[],
    limited = false,
  ): Promise<RoomOnSite | RoomRefusal> {
    return this.change(slug, (entry) => rebanned(entry, added, lifted, limited));
  }

  /** Withdraws every link given so far; what the host `by` has open continues. */
  renew(slug: string, by: SpeakerId | undefined): Promise<RoomOnSite | RoomRefusal> {
    return this.change(slug, (entry) => renewed(entry, by));
  }

  /** Removes a room that is not running from all lists; its address then leads nowhere. */
  remove(slug: string, when?: InState): Promise<RoomOnSite | RoomRefusal> {
    const now = this.#deps.clock.wall();
    return this.change(
      slug,
      inState(when, (entry) => removed(entry, now)),
    );
  }

  /** First audio and first speech, as measured by a cell; the first report of each counts. */
  clocks(slug: string, heard: Clocks): Promise<RoomOnSite | RoomRefusal> {
    return this.change(
      slug,
      this.#onCard((card) => clocked(card, heard)),
    );
  }

  /** Somebody is on stage, so the room is not abandoned. Ignored for a room that is not running. */
  occupied(slug: string): void {
    const entry = this.#entries.get(slug);
    if (entry && isRunning(entry.card.status)) this.#occupied.set(slug, this.#deps.clock.now());
  }

  /** Creates, revives or (with `on` false) ends the demo room. */
  welcome(on: boolean): Promise<void> {
    return this.#queue(async () => {
      const known = this.#entries.get('welcome') ?? (await readOne(this.#deps.store, 'welcome'));
      if (!on) {
        if (known && isRunning(known.card.status))
          await this.#write({ ...known, card: this.#finished(known.card, 'ended') });
        return;
      }
      if (known?.measures?.stopped || (known?.card.status === 'live' && known.card.cell !== undefined))
        return;
      const { ended: _, ...clocks } = known?.card.clocks ?? {};
      const base: RoomCard = {
        ...known?.card,
        slug: 'welcome',
        title: 'Welcome to Earshot',
        hosts: ['Earshot'],
        status: 'live',
        clocks,
        welcome: true,
      };
      const opened = this.opened(base);
      if ('refused' in opened) return;
      if (known) await this.#write({ ...known, card: opened });
      else await this.#inserted(opened);
    });
  }

  /** Everything in memory, in no order: for what looks at all rooms each second. */
  all(): RoomOnSite[] {
    return [...this.#entries.values()];
  }

  /** When somebody was last on stage of a running room, on the monotonic clock, or when it opened in this process. */
  lastOnStage(slug: string): number | undefined {
    return this.#occupied.get(slug);
  }

  /** Resolves when every change asked for so far is written. */
  readonly settled = async (): Promise<void> => void (await this.#tail);

  #stepped(card: RoomCard, action: Action): RoomCard | RoomRefusal {
    const status = step(card.status, action);
    if (status === 'room-ended' || status === 'wrong-moment') {
      return { refused: status, detail: advice(card.status, action) };
    }
    if (status === card.status) return card;
    if (!isRunning(status)) return this.#finished(card, status);
    const opened = isRunning(card.status) ? card : this.opened(card);
    return 'refused' in opened ? opened : { ...opened, status };
  }

  /** The card with a cell and, the first time, its program's zero. */
  opened(card: RoomCard): RoomCard | RoomRefusal {
    const { cell, rooms } = this.roomiest();
    if (rooms >= this.#deps.roomsPerCell)
      return { refused: 'rooms-full', detail: 'Try again when another room has ended.' };
    const now = this.#deps.clock.wall();
    return {
      ...card,
      clocks: { ...card.clocks, opened: card.clocks.opened ?? now },
      zero: card.zero ?? now - RUN_UP_MS,
      cell,
    };
  }

  #finished(card: RoomCard, status: RoomCard['status']): RoomCard {
    const { cell: _, ...rest } = card;
    return { ...rest, status, clocks: { ...card.clocks, ended: this.#deps.clock.wall() } };
  }

  /** The cell with the fewest rooms. */
  roomiest(): { cell: number; rooms: number } {
    const rooms = new Array<number>(this.#deps.cells).fill(0);
    for (const { card } of this.#entries.values()) {
      if (isRunning(card.status) && card.cell !== undefined) rooms[card.cell] = (rooms[card.cell] ?? 0) + 1;
    }
    const least = Math.min(...rooms.slice(0, this.#deps.cells));
    return { cell: rooms.indexOf(least), rooms: least };
  }

  /** A change that concerns only the card. */
  #onCard(make: (card: RoomCard) => RoomCard | RoomRefusal): (entry: RoomOnSite) => RoomOnSite | RoomRefusal {
    return (entry) => {
      const made = make(entry.card);
      if ('refused' in made) return made;
      return made === entry.card ? entry : { ...entry, card: made };
    };
  }

  /** Changes a room, after every change asked for before; `make` returns the same entry when nothing changes. */
  change(
    slug: string,
    make: (entry: RoomOnSite) => RoomOnSite | RoomRefusal,
  ): Promise<RoomOnSite | RoomRefusal> {
    return this.#queue(async () => {
      const entry = await this.find(slug);
      if (!entry) return { refused: 'room-unknown' };
      const made = make(entry);
      if ('refused' in made || made === entry) return made;
      const whole = revised(entry, made, this.#deps.clock.wall());
      await this.#write(whole);
      return whole;
    });
  }

  async #inserted(
    card: RoomCard,
    { id = randomUUIDv7(), arrangements }: Partial<Pick<Wish, 'id' | 'arrangements'>> = {},
  ): Promise<boolean> {
    const bare: RoomOnSite = {
      ...{ id, created: this.#deps.clock.wall(), card },
      ...{ revoked: await this.#freed(card.slug), sequence: 0 },
    };
    const entry = arrangements ? arranged(bare, arrangements) : bare;
    try {
      await insert(this.#deps.store, entry);
    } catch (error) {
      if (isDuplicate(error)) return false;
      throw error;
    }
    this.#remember(entry);
    return true;
  }

  /**
   * Frees the address of a cancelled room in which nobody spoke. Its links must not open the next room there, which
   * therefore begins with the next generation.
   */
  async #freed(slug: string): Promise<Revoked> {
    const before = this.#entries.get(slug) ?? (await readOne(this.#deps.store, slug));
    if (before?.card.status !== 'cancelled' || before.card.clocks.firstSpeech !== undefined)
      return NOTHING_REVOKED;
    await erase(this.#deps.store, before);
    this.#entries.delete(slug);
    return { generation: before.revoked.generation + 1, barred: [] };
  }

  async #write(entry: RoomOnSite): Promise<void> {
    await update(this.#deps.store, entry);
    this.#remember(entry);
  }

  #remember(entry: RoomOnSite): void {
    const { slug, status } = entry.card;
    if (entry.removed === undefined) this.#entries.set(slug, entry);
    else this.#entries.delete(slug);
    if (!isRunning(status)) this.#occupied.delete(slug);
    // A room that has just opened is given the whole time.
    else if (!this.#occupied.has(slug)) this.occupied(slug);
    this.#sorted = undefined;
    this.#cards = undefined;
    for (const gone of [slug, ...(isRunning(status) ? [] : this.#forgetOldest())])
      for (const listen of this.#listeners) listen(gone);
  }

  /** The addresses of finished rooms that are no longer listed. */
  #forgetOldest(): string[] {
    if (this.#count('ended') + this.#count('cancelled') <= KEPT_UNSPOKEN) return [];
    const oldest = beyondMemory(this.entries().filter(({ card }) => isOver(card.status)));
    this.#sorted = undefined;
    for (const { card } of oldest) this.#entries.delete(card.slug);
    if (oldest.length > 0) this.#whole = false;
    return oldest.map(({ card }) => card.slug);
  }

  #count(status: RoomCard['status']): number {
    let count = 0;
    for (const { card } of this.#entries.values()) if (card.status === status) count++;
    return count;
  }

  #queue<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(run);
    this.#tail = result.catch(() => undefined);
    return result;
  }
}
