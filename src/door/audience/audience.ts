/** The audience of this door: who hears what, from which the tally makes figures. Nobody waits for it. */
import type { Clock } from '../../base/clock.ts';
import { exposition } from '../../base/metrics.ts';
import { FRAGMENT_MS, ms } from '../../base/time.ts';
import { find } from '../../http/index.ts';
import type { PostMarks } from '../../keys/post-marks.ts';
import type { SendQueueReader } from '../../native/tcp-info.ts';
import { readEventReport } from '../../wire/audience-events.ts';
import type { ReactionCounts } from '../../wire/interaction/reactions.ts';
import { writeNetworkKeys } from '../../wire/listening/network-keys.ts';
import { EXCLUSIONS } from '../../wire/metrics.ts';
import { isRunning } from '../../wire/room.ts';
import type { RoomEvents } from '../../wire/room-events.ts';
import { FLAG, TRANSPORTS } from '../../wire/session-record.ts';
import type { DoorOrigin } from '../origin-port.ts';
import { type Listening, listeningOf } from '../request/listening.ts';
import type { StreamRequest } from '../request/stream-query.ts';
import type { StreamConnection } from '../stream/write-schedule.ts';
import { agentExclusion } from './agents.ts';
import { Arrivals } from './arrivals.ts';
import { type BeaconResult, Beacons, LiveEdges } from './beacons.ts';
import { DayKeyBatches, type KeyBatch } from './day-keys.ts';
import { DownloadHearing } from './download-hearing.ts';
import { DOWNLOAD_BYTES_PER_S, type DownloadedPart, Downloads } from './downloads.ts';
import { FileSessions } from './file-hearing.ts';
import type { Salts } from './listener-key.ts';
import type { NetworkList } from './network-list.ts';
import { PageCounts } from './page-counts.ts';
import { DoorPosts, type PostOutlet } from './posts/door-posts.ts';
import { ProofSampling } from './proof-sampling.ts';
import { openSessionTokens, type SessionTokens } from './session-token.ts';
import { type Begun, ListeningSessions, WITHOUT_SESSION } from './sessions.ts';
import { type SlotOutlet, SlotTurns } from './slot-turns.ts';
import { StreamPresence } from './stream-presence.ts';
import { opensTwo, TwinStreams } from './twin-streams.ts';

/** A player that fetches a piece every 5 s is gone after so long without a request, ms. */
const IDLE_MS = 30_000;
/** Pages' events, and who is in which network, are told so often, ms. */
const EVENTS_PERIOD = ms(1_000);

/** Where a door sends its part of the count. Both kinds may be sent again: their values are absolute. */
export interface AudienceOutlet extends SlotOutlet, PostOutlet {
  /** Which listener keys are in which networks; `whole`: all of them, else what has changed. */
  networks(changes: Uint8Array<ArrayBuffer>, whole: boolean): void;
  /** What pages of rooms have told since the door started. */
  events(rooms: Readonly<Record<string, RoomEvents>>): void;
  /** Listener keys of a day that did something. */
  keys(batch: KeyBatch): void;
}

/** The settings and keys that counting at a door needs; without them nothing is counted. */
export interface AudienceOptions {
  /** The number of this door. */
  readonly door: number;
  /** 32 bytes, of the purpose `listening sessions`. */
  readonly sessionKey: Uint8Array;
  /** The tag of a segment; see `keys/segment-tags.ts`. */
  tag(slug: string, segment: number): Uint8Array;
  /** Which posts there are. Default: none counts. */
  readonly marks?: Pick<PostMarks, 'read'>;
  readonly salts: Salts;
  readonly dataCentres: NetworkList;
  /** Networks that may be dense. */
  readonly shared: NetworkList;
  /** Which sessions prove in a crowd. Default: all. */
  readonly sampling?: ProofSampling;
  readonly outlet: AudienceOutlet;
  /** Wall-clock ms by which minutes are counted. Default: that of the clock. */
  wall?(): number;
  /** Asks the kernel what it holds for a listener; absent: only what waits in this process is known. */
  readonly sendQueue?: SendQueueReader;
}

/** What counting needs from the rest of the door. */
export interface DoorAudienceDeps extends AudienceOptions {
  readonly clock: Clock;
  readonly origin: Pick<DoorOrigin, 'card' | 'onFragment'>;
  knowsToken?(token: string, slug: string, wall: number): boolean;
}

/** A stranger of whom nothing is known. */
const NOBODY: Listening = listeningOf({}, '', false);

/** Counting at a door: who listens, and for how long. */
export class DoorAudience implements Disposable {
  readonly files: FileSessions;
  readonly downloads: DownloadHearing;
  readonly posts: DoorPosts;
  /** What has arrived of what was written. */
  readonly arrivals: Arrivals;
  readonly #deps: DoorAudienceDeps;
  readonly #sessions: ListeningSessions;
  readonly #streams: StreamPresence;
  readonly #beacons: Beacons;
  readonly #tokens: SessionTokens;
  readonly #turns: SlotTurns;
  readonly #pages = new PageCounts();
  readonly #twins: TwinStreams;
  readonly #keys = new DayKeyBatches();
  readonly #taken = new Downloads(DOWNLOAD_BYTES_PER_S);
  /** Wall-clock ms by which slots and days are counted. */
  readonly #wall: () => number;
  readonly #telling: Disposable;
  #events = { told: 0, malformed: 0 };
  #allEvents = false;
  #allNetworks = true;
  #closing = false;

  constructor(deps: DoorAudienceDeps) {
    const { clock, origin, outlet, sendQueue } = deps;
    const wall = (): number => deps.wall?.() ?? clock.wall();
    this.#deps = deps;
    this.#twins = new TwinStreams(clock);
    this.#wall = wall;
    const tokens = openSessionTokens(deps.sessionKey, () => clock.wall());
    const sampling =
      deps.sampling ?? new ProofSampling({ clock, key: deps.sessionKey, share: () => undefined });
    const zero = (slug: string): number | undefined => origin.card(slug)?.zero;
    const sessions = new ListeningSessions({ ...deps, wall, tokens, zero, sampling });
    const asked = { sessions, ...(sendQueue ? { sendQueue } : {}) };
    const streams = new StreamPresence(asked);
    const edges = new LiveEdges(clock);
    origin.onFragment((slug, _, seq) => edges.came(slug, seq));
    this.#sessions = sessions;
    this.#tokens = tokens;
    this.#streams = streams;
    this.#beacons = new Beacons({
      ...{ clock, wall, sessions, tokens, card: (slug) => origin.card(slug) },
      newest: (slug) => edges.segment(slug),
      tag: (slug, segment) => deps.tag(slug, segment),
    });
    this.#turns = new SlotTurns({
      ...{ clock, wall, sessions, outlet, door: deps.door, idle: IDLE_MS },
      look: (row) => {
        streams.look(row);
        this.downloads.look(row);
      },
      streams: (row) => streams.streams(row) || this.downloads.takes(row),
    });
    this.arrivals = new Arrivals(sendQueue);
    this.files = new FileSessions({
      ...{ sessions, arrivals: this.arrivals },
      streams: (row) => streams.streams(row),
      wake: () => this.#turns.wake(),
    });
    this.downloads = new DownloadHearing({ sessions, files: this.files });
    this.posts = new DoorPosts({
      ...{ clock, outlet, marks: deps.marks ?? { read: () => undefined } },
      isSomebody: ({ agent, brands }) => agentExclusion(agent, brands) === 'none',
      seenOf: (room, post) => origin.card(room) && this.#pages.postSeen(room, post),
    });
    deps.salts.forget(clock.wall());
    this.#telling = clock.every(EVENTS_PERIOD, () => {
      deps.salts.forget(clock.wall());
      this.#tellEvents();
      this.#tellNetworks();
    });
  }

  /** Begins to count what a listener of a stream hears; the token is for players that can keep one. */
  counted(listener: StreamConnection, request: StreamRequest): Pick<Begun, 'token' | 'proves'> {
    const { slug, rendition, session, who, after, embed } = request;
    const foreign = rendition.container !== 'fmp4';
    const asker = who ?? NOBODY;
    if (asker.probe) return {};
    const playback =
      foreign && opensTwo(asker.agent) ? `${this.#sessions.keyOf(asker).join()} ${slug}` : undefined;
    const twin = playback === undefined ? -1 : this.#twins.rowOf(playback);
    if (twin >= 0 && this.#streams.join(twin, listener)) return {};
    const { row, token, proves } = this.#sessions.begin(
      ...([slug, foreign ? 'radio' : 'stream', asker] as const),
      foreign ? undefined : session,
    );
    if (row >= 0) {
      if (playback !== undefined) this.#twins.came(playback, row);
      if (embed) this.#sessions.table.raise(row, FLAG.embed);
      const comesBack = after !== undefined && session !== undefined && session !== WITHOUT_SESSION;
      this.#streams.begin(row, listener, comesBack ? (listener.next - listener.first) * FRAGMENT_MS : 0);
      this.#turns.wake();
    }
    return { ...(token === undefined ? {} : { token }), ...(proves === undefined ? {} : { proves }) };
  }

  /** A listener of a stream leaves. */
  left(listener: StreamConnection): void {
    const row = listener.session;
    this.#streams.end(listener);
    // Where a room is over, or this door, everybody leaves at once.
    if (row < 0 || this.#closing || this.#streams.streams(row)) return;
    const { status } = this.#deps.origin.card(this.#sessions.slugOf(row)) ?? {};
    if (isRunning(status)) this.#sessions.over(row);
  }

  /** From now on listeners leave because the door does. */
  close(): void {
    this.#closing = true;
  }

  /** Looks at what was written and has not arrived; call about once a second. */
  sweep(): void {
    this.arrivals.sweep();
  }

  /**
   * A session for a player that fetches files or a recording, perhaps of a cache: it counts from its first proof, or
   * from the first piece that it fetches here. `embed`: it is heard inside another site.
   */
  session(slug: string, way: string, who: Listening, more: { given?: string; embed?: boolean } = {}): Begun {
    const known = TRANSPORTS.find((one) => one === way) ?? 'hls';
    const begun = this.#sessions.begin(slug, known, who, more.given ?? WITHOUT_SESSION);
    if (begun.row >= 0) {
      if (more.embed) this.#sessions.table.raise(begun.row, FLAG.embed);
      this.#sessions.open(begun.row);
      this.#turns.wake();
    }
    return begun;
  }

  /**
   * The session that goes into the playlist where a player begins; undefined for any other path, and for one that a
   * cache asks for, because that has to be the same for everyone.
   */
  listBegins(path: string, who: () => Listening): string | undefined {
    const found = find(path);
    if (found?.address.id !== 'live-main' && found?.address.id !== 'live-slow-main') return undefined;
    const asker = who();
    if (asker.relayed || asker.prefetch || !this.#deps.origin.card(found.room)) return undefined;
    return this.#sessions.token(found.room);
  }

  /** Takes a beacon. */
  beacon(slug: string, body: string, who: () => Listening): BeaconResult {
    const result = this.#beacons.take(slug, body, who);
    if (result === 'counted') this.#turns.wake();
    return result;
  }

  /** True for the signed session of a listener of a room, which may have begun at another door. */
  knowsSession(token: string, slug: string): boolean {
    return this.#tokens.check(token, slug) === undefined;
  }

  /** A beacon is refused unread: its network has used up its share. */
  refusedBeacon(): void {
    this.#beacons.refused();
  }

  /** Takes what a page tells; false when it is no such body. */
  events(slug: string, body: string, who: Listening): boolean {
    const report = readEventReport(body);
    if (!report) {
      this.#events.malformed += 1;
      return false;
    }
    this.#events.told += report.events.length;
    // A page of somebody else must not count its own visitors as ours.
    const counts = !who.prefetch && !who.elsewhere && agentExclusion(who.agent, who.brands) === 'none';
    if (!counts) return true;
    // Hosts and speakers are in the room as well, but they are no audience.
    const events = this.#isStaff(slug, who)
      ? report.events.filter(([name]) => name === 'page-open')
      : report.events;
    this.#pages.take(slug, events, this.#wall());
    if (events.some(([name]) => name === 'impression')) this.#saw(slug, who);
    return true;
  }

  /** Reactions that this door has taken: their sums are in the log. */
  reacted(slug: string, counts: ReactionCounts): void {
    this.#pages.reacted(slug, counts);
  }

  /** From the press on Listen to the first sound, as players told it, by class. */
  get firstSound(): readonly number[] {
    return this.#pages.firstSound;
  }

  /** A part of a recording was delivered as a file. */
  downloaded(part: Omit<DownloadedPart, 'key'>, who: Listening): void {
    if (who.prefetch) return;
    const wall = this.#wall();
    const taken = this.#taken.take({ ...part, key: this.#sessions.keyOf(who) }, wall);
    if (!taken) return;
    const [low, high] = who.private ? taken.alone : this.#sessions.toldKey(who);
    const exclusion = EXCLUSIONS.indexOf(this.#sessions.exclusionOf(part.slug, who));
    this.#keys.add('downloaded', part.slug, { low, high, seconds: taken.seconds, exclusion }, wall);
  }

  #saw(slug: string, who: Listening): void {
    const [low, high] = this.#sessions.toldKey(who);
    if (low === 0 && high === 0) return;
    this.#keys.add('seen', slug, { low, high, seconds: 0, exclusion: 0 }, this.#wall());
  }

  /** The tally is new, or was away: it is told everything again that is kept. */
  again(): void {
    this.#turns.again();
    this.posts.again();
    this.#allEvents = true;
    this.#allNetworks = true;
  }

  /** The tally knows all doors: these networks have too many listener keys, by their hashes. */
  crowded(hashes: Iterable<number>): void {
    this.#sessions.networks.crowded(new Set(hashes));
  }

  /** Prometheus text, `earshot_door_…`. */
  metrics(): string {
    const { counts, table } = this.#sessions;
    const longest = this.#turns.longest;
    this.#turns.longest = 0;
    return exposition([
      {
        name: 'earshot_door_sessions',
        kind: 'gauge',
        help: 'Listening sessions at this door, including those that ended in the last three minutes',
        value: table.size,
      },
      {
        name: 'earshot_door_sessions_total',
        kind: 'counter',
        help: 'Listening sessions that began, by how they began; uncounted: served, but the table was full',
        value: (['begun', 'resumed', 'uncounted', 'forged', 'expired', 'replayed'] as const).map(
          (how) => [{ how }, counts[how]] as const,
        ),
      },
      {
        name: 'earshot_door_beacons_total',
        kind: 'counter',
        help: 'Beacons received from players, by result; only those with the result counted change a figure',
        value: Object.entries(this.#beacons.results).map(([result, count]) => [{ result }, count] as const),
      },
      {
        name: 'earshot_door_page_events_total',
        kind: 'counter',
        help: 'Events reported by pages',
        value: this.#events.told,
      },
      this.posts.metric,
      {
        name: 'earshot_door_open_pages_uncounted_total',
        kind: 'counter',
        help: 'Signs of open pages that were not counted, because this door knew 500,000 pages already',
        value: this.#pages.uncounted,
      },
      {
        name: 'earshot_door_relayed_files_total',
        kind: 'counter',
        help: 'Answers with sound that were sent to a cache or proxy: this door cannot know who heard them',
        value: this.files.counts.relayed,
      },
      {
        name: 'earshot_door_counting_turn_seconds',
        kind: 'gauge',
        help: 'Longest batch of examining sessions since the metrics were last read',
        value: longest / 1000,
      },
    ]);
  }

  [Symbol.dispose](): void {
    this.#turns[Symbol.dispose]();
    this.#telling[Symbol.dispose]();
  }

  #isStaff(slug: string, { token }: Listening): boolean {
    return token !== undefined && this.#deps.knowsToken?.(token, slug, this.#deps.clock.wall()) === true;
  }

  #tellNetworks(): void {
    const whole = this.#allNetworks;
    const changes = this.#sessions.networks.changes(whole);
    this.#allNetworks = false;
    if (whole || changes.length > 0) this.#deps.outlet.networks(writeNetworkKeys(changes), whole);
  }

  #tellEvents(): void {
    const { clock, outlet } = this.#deps;
    this.posts.tell();
    const changed = this.#pages.changes(this.#wall(), this.#allEvents);
    for (const batch of this.#keys.take(clock.now(), this.#allEvents)) outlet.keys(batch);
    this.#allEvents = false;
    if (Object.keys(changed).length > 0) outlet.events(changed);
  }
}
