/** The audience: what doors say of sessions, counted per room by the definitions of `wire/metrics.ts`. */
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Metric } from '../base/metrics.ts';
import { ms } from '../base/time.ts';
import { EMPTY, type Message } from '../wire/feed.ts';
import { readDayKeys } from '../wire/listening/day-keys.ts';
import type { AudienceSample, RoomNumbers } from '../wire/numbers.ts';
import { isRunning, type RoomCard } from '../wire/room.ts';
import { RECORD_BYTES } from '../wire/session-record.ts';
import { CrowdedNetworks } from './crowded-networks.ts';
import { type CountingOptions, type CountingRules, countingRules } from './definitions.ts';
import { DoorProgress } from './door-progress.ts';
import type { EvidencePort } from './evidence-port.ts';
import type { Recounted, RecountOrder } from './final/final-pass.ts';
import { Finisher, type RecountResult } from './final/finisher.ts';
import { PostCounting } from './posts/post-counting.ts';
import { Compactor } from './records/compactor.ts';
import { RawLog } from './records/raw-log.ts';
import { takeRows } from './records/row-order.ts';
import { type AudienceRoom, instantsBetween } from './room.ts';
import { RoomShelf } from './room-shelf.ts';
import { SampleTurns } from './sample-turns.ts';
import { tallyMetrics } from './tally-metrics.ts';
import { writeDefinitions } from './written-definitions.ts';

export { DEFAULT_RULES, definitionsOf } from './definitions.ts';
export type { CountedFigures, EvidencePort, WrittenDown } from './evidence-port.ts';
export { openRoomFiles } from './export/room-files.ts';
export { type HappeningMemory, Happenings } from './happenings.ts';
export { type NoteContent, RoomNotes } from './notes/room-notes.ts';

/** Dependencies of counting. */
export interface AudienceDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Where raw records and snapshots are kept. */
  readonly dir: string;
  /** How long raw records are kept, ms, and how many bytes they may take. */
  readonly keep: number;
  readonly quota: number;
  /** Default: nothing is written down as evidence. */
  readonly evidence?: EvidencePort;
  /** Raw files of so many bytes are made compact. Default: `COMPACT_FROM_BYTES`. */
  readonly compactFrom?: number;
  /** How it is counted, as far as that can be set. */
  readonly counting?: CountingOptions;
  /** Counts a room again from its raw records. Default: in a thread. */
  recount?(order: RecountOrder): Promise<Recounted>;
}

/** Counting, once open. */
export interface Audience extends AsyncDisposable {
  /** Takes what doors, the site and cells say; anything else is ignored. */
  receive(message: Message): void;
  /** Registers who is told the numbers of rooms. */
  onNumbers(tell: (message: Message) => void): void;
  /** What a new subscriber must know: networks that are crowded, and the numbers of each room. */
  greeting(): Iterable<Message>;
  /** The numbers of a room, also of one that is long over; undefined when nothing of it was ever counted. */
  numbers(slug: string): Promise<RoomNumbers | undefined>;
  /** Answers `/rooms/:slug` and `/posts?of=` with numbers, and a POST to `/recount/:slug`; for this machine's own programs. */
  fetch(request: Request): Promise<Response>;
  /** Undefined while all is well; else a few words for `/readyz`. */
  trouble(): string | undefined;
  metrics(): Metric[];
}

const PREFIX = '/rooms/';
const RECOUNT = '/recount/';
const POSTS = '/posts';
const SLUG = /^[a-z0-9-]{1,64}$/;
const TICK = ms(1000);
/** So long after an instant its sample is taken at the earliest. Then it waits for doors that have not told up to it. */
const GRACE_MS = 3_000;
/** Instants that are made up for after a pause: the entries reach back two minutes. */
const MOST_LATE_INSTANTS = 9;
const MINUTE_MS = 60_000;
const SLOT_MS = 10_000;
const QUIET_MS = 10 * MINUTE_MS;
const FORGET_EVERY_MINUTES = 10;

/** Opens counting, and continues from what the previous process saved. */
export async function open(deps: AudienceDeps): Promise<Audience> {
  const counting = new Counting(deps);
  await counting.start();
  return counting;
}

class Counting implements Audience {
  readonly #deps: AudienceDeps;
  readonly #raw: RawLog;
  readonly #compactor: Compactor;
  readonly #shelf: RoomShelf;
  readonly #finisher: Finisher;
  readonly #posts: PostCounting;
  readonly #networks = new CrowdedNetworks();
  readonly #tells: ((message: Message) => void)[] = [];
  /** The newest sample of each room that was not told yet. */
  readonly #samples = new Map<string, AudienceSample>();
  readonly #doors = new DoorProgress();
  readonly #turns = new SampleTurns(
    (room, sample) => this.#sampled(room, sample),
    () => this.#tellAll(),
  );
  #tick: Disposable | undefined;
  #sampledAt = 0;
  #records = 0;
  #restored = 0;
  readonly #rules: CountingRules;

  constructor(deps: AudienceDeps) {
    [this.#deps, this.#rules] = [deps, countingRules(deps.counting)];
    const rules = this.#rules;
    const rawDir = join(deps.dir, 'raw');
    const write = (entry: Parameters<EvidencePort['append']>[0]): void =>
      void deps.evidence?.append(entry).catch(() => undefined);
    this.#raw = new RawLog({
      ...{ clock: deps.clock, log: deps.log, dir: rawDir, keep: deps.keep, quota: deps.quota },
      closed: (file) => write({ v: 1, kind: 'raw-file', at: deps.clock.wall(), ...file }),
      gap: (gap) => write({ v: 1, kind: 'gap', ...gap }),
    });
    this.#posts = new PostCounting({ ...deps, rawDir, raw: this.#raw });
    this.#compactor = new Compactor({
      ...{ log: deps.log, dir: rawDir, isNamed: (file) => this.#raw.isNamed(file) },
      ...(deps.compactFrom === undefined ? {} : { least: deps.compactFrom }),
      written: async (file) =>
        (await deps.evidence?.append({ v: 1, kind: 'raw-file', at: deps.clock.wall(), ...file }))?.kept ??
        true,
    });
    this.#finisher = new Finisher({
      ...{ clock: deps.clock, log: deps.log, rawDir, rules, flushed: () => this.#raw.flush() },
      ...(deps.evidence ? { evidence: deps.evidence } : {}),
      ...(deps.recount ? { recount: deps.recount } : {}),
    });
    this.#shelf = new RoomShelf({
      ...{ log: deps.log, dir: join(deps.dir, 'rooms'), rawDir, raw: this.#raw, rules },
      now: () => deps.clock.wall(),
    });
  }

  async start(): Promise<void> {
    const { clock, log } = this.#deps;
    const { records } = await this.#shelf.restore();
    this.#restored = records;
    if (records > 0)
      log.info(
        { records },
        'raw records were read again from the disk, so that no figure is lost by the restart',
      );
    await this.#posts.restore();
    await this.#raw.start(this.#posts.lastFile);
    void writeDefinitions(this.#rules, this.#deps).catch((error: unknown) =>
      log.warn({ error: String(error) }, 'the definitions could not be written into the evidence log'),
    );
    const wall = clock.wall();
    for (const room of this.#shelf.rooms.values()) room.touchedAt = wall;
    // What was missed is made up for with the first tick, when doors have said again what they kept.
    const known = Math.max(0, ...[...this.#shelf.rooms.values()].map(({ memory }) => memory.sampledAt));
    const isOld = known === 0 || known > wall;
    this.#sampledAt = isOld ? wall : Math.max(wall - MOST_LATE_INSTANTS * 10_000, known);
    this.#startedAt = clock.now();
    this.#tick = clock.every(TICK, () => this.#turn());
  }
  #startedAt = 0;

  receive = ({ head, body }: Message): void => {
    const { clock } = this.#deps;
    const { rooms } = this.#shelf;
    if (head.kind === 'sessions') this.#sessions(head, body);
    else if (head.kind === 'networks') this.#networks.receive(head, body);
    else if (head.kind === 'post-counts') this.#posts.receive(head);
    else if (head.kind === 'events') {
      this.#raw.write(
        { v: 1, at: clock.wall(), door: head.door, life: head.life, events: head.rooms },
        EMPTY,
      );
      for (const [slug, events] of Object.entries(head.rooms))
        this.#room(slug)?.happened(head.door, head.life, events);
    } else if (head.kind === 'keys') {
      for (const key of readDayKeys(body)) {
        const slug = head.rooms[key.room];
        if (slug !== undefined) this.#room(slug)?.keyed(head.act, head.door, head.day, key);
      }
    } else if (head.kind === 'rooms') {
      this.#cards(head.rooms);
      const named = new Set(head.rooms.map(({ slug }) => slug));
      for (const [slug, room] of rooms) if (!named.has(slug)) room.isRunning = false;
    } else if (head.kind === 'room-changes') {
      this.#cards(head.rooms);
      for (const slug of head.gone) {
        const room = rooms.get(slug);
        if (room) room.isRunning = false;
      }
    } else if (head.kind === 'state') rooms.get(head.slug)?.state(head.state);
  };

  #cards(cards: readonly RoomCard[]): void {
    for (const card of cards) {
      const { slug, status } = card;
      if (this.#shelf.rooms.has(slug) || isRunning(status))
        this.#room(slug)?.card(card, this.#deps.clock.wall());
    }
  }

  #room(slug: string): AudienceRoom | undefined {
    if (!SLUG.test(slug)) return undefined;
    const room = this.#shelf.take(slug);
    room.touchedAt = this.#deps.clock.wall();
    return room;
  }

  #sessions(head: Extract<Message['head'], { kind: 'sessions' }>, body: Uint8Array): void {
    this.#doors.told(head.door, head.upTo);
    if (body.length === 0 || body.length % RECORD_BYTES !== 0) return;
    this.#raw.write({ v: 1, at: this.#deps.clock.wall(), door: head.door, rooms: head.rooms }, body);
    const words = new Int32Array(new Uint8Array(body).buffer);
    this.#records += takeRows(
      words,
      head.rooms.map((slug) => this.#room(slug)),
    );
  }

  /** Once a second: samples and minutes that are due, in turns; then what has changed is told. */
  #turn(): void {
    const { clock } = this.#deps;
    const wall = clock.wall();
    this.#doors.tick();
    for (const news of this.#networks.news()) for (const tell of this.#tells) tell(news);
    // Doors that come back first say what they kept.
    if (clock.now() - this.#startedAt < GRACE_MS) return;
    for (const at of instantsBetween(this.#sampledAt, wall - GRACE_MS, MOST_LATE_INSTANTS)) {
      if (!this.#doors.has(at)) break;
      // A minute that was not over when time was skipped: the machine slept.
      const running = Math.floor(this.#sampledAt / MINUTE_MS);
      const skipped = at - this.#sampledAt > SLOT_MS && running < Math.ceil(at / MINUTE_MS) - 1;
      if (skipped && this.#sampledAt > 0) this.#turns.add(() => this.#closeMinute(running));
      this.#sampledAt = at;
      // A minute is closed when all its samples are there.
      if (at % MINUTE_MS === 0) this.#turns.add(() => this.#closeMinute(at / MINUTE_MS - 1));
      for (const room of this.#shelf.rooms.values()) this.#turns.add({ room, at });
    }
    // The clock was set back by more than a pause explains: samples go on from where it is now.
    if (this.#sampledAt > wall + MINUTE_MS) this.#sampledAt = wall;
    this.#turns.work();
  }

  #tellAll(): void {
    const wall = this.#deps.clock.wall();
    for (const [slug, room] of this.#shelf.rooms) if (room.untold) this.#tell(slug, room, wall);
  }

  #sampled(room: AudienceRoom, sample: AudienceSample): void {
    this.#samples.set(room.slug, sample);
    for (const change of room.takeShares())
      void this.#deps.evidence?.appendOf(room.slug, change).catch(() => undefined);
  }

  #tell(slug: string, room: AudienceRoom, wall: number): void {
    room.untold = false;
    const sample = this.#samples.get(slug);
    this.#samples.delete(slug);
    const message = this.#message(slug, room, wall, sample);
    for (const tell of this.#tells) tell(message);
  }

  #message(slug: string, room: AudienceRoom, at: number, sample?: AudienceSample): Message {
    return {
      head: { kind: 'numbers', slug, numbers: room.numbers(at), ...(sample && { sample }) },
      body: EMPTY,
    };
  }

  #closeMinute(minute: number): void {
    const { evidence, log } = this.#deps;
    for (const room of this.#shelf.rooms.values()) {
      if (minute % FORGET_EVERY_MINUTES === 0) room.count.forget(minute);
      const entry = room.closeMinute(minute);
      const posts = room.closePosts(minute);
      this.#finisher.look(room, (minute + 1) * MINUTE_MS);
      if (posts) void evidence?.appendOf(room.slug, posts).catch(() => undefined);
      if (!entry || !evidence) continue;
      evidence.appendOf(room.slug, entry).then(
        ({ index, seq }) => {
          if (index === undefined) return;
          Object.assign(room.memory, { entry: index, seq });
          room.dirty = true;
          room.untold = true;
        },
        (error: unknown) =>
          log.error(
            { error: String(error) },
            'one minute of a room is missing from the evidence log: figures go on, and a gap is noted in the log',
          ),
      );
    }
    void Promise.all([this.#shelf.save(), this.#posts.closeMinute(minute)]).then(([from]) => {
      this.#shelf.release(minute * MINUTE_MS - QUIET_MS);
      return this.#compactor.run(this.#posts.neededFrom(from));
    });
  }

  onNumbers(tell: (message: Message) => void): void {
    this.#tells.push(tell);
  }

  greeting = (): Message[] => {
    const wall = this.#deps.clock.wall();
    const { rooms, finished } = this.#shelf;
    const over = [...finished.all].filter(([slug]) => !rooms.has(slug));
    return [
      this.#networks.message(),
      ...over.map(([slug, numbers]): Message => ({ head: { kind: 'numbers', slug, numbers }, body: EMPTY })),
      ...[...rooms].map(([slug, room]) => this.#message(slug, room, wall)),
    ];
  };

  async numbers(slug: string): Promise<RoomNumbers | undefined> {
    if (!SLUG.test(slug)) return undefined;
    const room = await this.#shelf.look(slug);
    return room?.numbers(this.#deps.clock.wall());
  }

  fetch = async (request: Request): Promise<Response> => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === POSTS) return this.#posts.answer(searchParams);
    if (pathname.startsWith(RECOUNT) && request.method === 'POST')
      return this.#recount(pathname.slice(RECOUNT.length));
    if (!pathname.startsWith(PREFIX)) return new Response(null, { status: 404 });
    const found = await this.numbers(pathname.slice(PREFIX.length));
    return found ? Response.json(found) : new Response(null, { status: 404 });
  };

  async #recount(slug: string): Promise<Response> {
    const known = SLUG.test(slug) && (await this.#shelf.look(slug));
    if (!known) return new Response(null, { status: 404 });
    // Kept, so that what is found is saved with it.
    const room = this.#shelf.take(slug);
    const result: RecountResult = await this.#finisher.again(
      room,
      'Counted again from the raw records, by the rules of this day.',
    );
    void this.#shelf.save();
    return Response.json(result, { status: result.done ? 200 : 409 });
  }

  trouble(): string | undefined {
    return this.#raw.isWell ? undefined : 'raw records of sessions cannot be written: is the disk full?';
  }

  metrics(): Metric[] {
    const rooms = tallyMetrics({
      ...{ rooms: [...this.#shelf.rooms], records: this.#records, restored: this.#restored },
      ...{ raw: this.#raw, compacted: this.#compactor.counts, recounting: this.#finisher.progress },
    });
    return [...rooms, ...this.#posts.metrics];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#tick?.[Symbol.dispose]();
    this.#turns.finish();
    await this.#shelf.save();
    await this.#posts[Symbol.asyncDispose]();
    await this.#raw[Symbol.asyncDispose]();
  }
}
