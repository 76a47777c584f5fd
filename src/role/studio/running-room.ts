import type { Slug, SpeakerId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import { type EpochMs, epochMs, fragmentStart, ms } from '../../base/time.ts';
import type { InteractionRoom } from '../../interaction/index.ts';
import type { SpeakerStats } from '../../mixer/index.ts';
import type { StageRoom } from '../../stage/index.ts';
import { standbyMessages } from '../../standby/standby-loops.ts';
import type { Message, Presence } from '../../wire/feed.ts';
import type { ReactionCounts } from '../../wire/interaction/reactions.ts';
import type { TicketCounts } from '../../wire/queue.ts';
import type { Clocks, RoomCard } from '../../wire/room.ts';
import type { RoomMetrics } from './cell-metrics.ts';
import { HostWatch } from './host-watch.ts';
import { RoomGovernor } from './room-governor.ts';
import { openRoomInteraction } from './room-interaction.ts';
import { RoomMessages } from './room-messages.ts';
import { openRoomRecording, type RoomRecording } from './room-recording.ts';
import { RoomSound } from './room-sound.ts';
import { StateTeller } from './room-state.ts';
import type { OpenableRoom, RunningRoomDeps } from './running-room-deps.ts';
import { openTalk, type Talk } from './talk.ts';

/** Seconds between two reminders that a room in quarantine makes no sound. */
const RELAY_TOLD_S = 10;

/** One room on the air: stage → mixer → packager → bus and archive. */
export class RunningRoom {
  readonly slug: Slug;
  readonly #deps: RunningRoomDeps;
  readonly #log: Log;
  readonly #zero: EpochMs;
  readonly #messages: RoomMessages;
  readonly #governor: RoomGovernor;
  readonly #recording: RoomRecording;
  readonly #talk: Talk;
  readonly #stage: StageRoom;
  readonly #sound: RoomSound;
  readonly #interaction: InteractionRoom | undefined;
  readonly #teller: StateTeller;
  readonly #hosts: HostWatch;
  #card: RoomCard;
  #clocks: Clocks;
  #everySecond: Disposable | undefined;
  #seconds = 0;

  private constructor(deps: RunningRoomDeps, card: OpenableRoom, log: Log, governor: RoomGovernor) {
    const { clock, archive, renditions } = deps;
    this.#deps = deps;
    this.#card = card;
    this.#clocks = card.clocks;
    this.#log = log;
    this.#governor = governor;
    const slug = card.slug as Slug;
    const zero = epochMs(card.zero);
    this.slug = slug;
    this.#zero = zero;
    this.#messages = new RoomMessages(slug);
    this.#recording = openRoomRecording({ ...{ clock, archive, slug, program: { zero, renditions } } });
    this.#recording.update(card, this.#clocks);
    this.#talk = openTalk({
      wall: () => this.#recording.wall(),
      mark: (mark) => this.#recording.mark(mark),
    });
    this.#sound = this.#openSound();
    this.#hosts = new HostWatch(card.hostGone);
    this.#teller = new StateTeller({
      ...{ clock, archive, sound: this.#sound, governor },
      stage: () => this.#stage,
      interaction: () => this.#interaction,
      card: () => this.#card,
      hostGone: () => this.#hosts.gone,
      clocks: () => this.#clocks,
      publish: (state) => deps.publish(this.#messages.state(state)),
    });
    this.#stage = this.#openStage();
    this.#interaction = openRoomInteraction(deps.interaction, slug, {
      recording: this.#recording,
      stage: this.#stage,
      changed: () => this.#teller.tellSoon(),
      publish: (list) => deps.publish(this.#messages.questions(list)),
      withdrawn: () => deps.withdrawn?.(slug),
    });
    this.#admit(card);
  }

  /**
   * Opens a room in this cell at the next free slot of its grid. The caller publishes its greeting at once, because a
   * door that connects while the encoders warm up must not miss it.
   */
  static async open(deps: RunningRoomDeps, card: OpenableRoom): Promise<RunningRoom> {
    const log = deps.log.part('program');
    const governor = await RoomGovernor.open(deps, card.slug, log);
    // The stage opens first: people may take their places while the encoders warm up.
    const room = new RunningRoom(deps, card, log, governor);
    try {
      if (card.quarantine) await room.#sound.relayOnly();
      await room.#sound.begin();
    } catch (error) {
      await room.#dispose();
      throw error;
    }
    room.#everySecond = deps.clock.every(ms(1000), () => room.#second());
    return room;
  }

  #openSound(): RoomSound {
    return new RoomSound({
      ...{ cell: this.#deps, slug: this.slug, log: this.#log, zero: this.#zero },
      stage: () => this.#stage,
      live: () => this.#card.status === 'live',
      wanted: () => this.#governor.wanted(),
      needed: () =>
        this.#governor.heard() ||
        this.#stage.attended ||
        this.#recording.begun ||
        (this.#card.status === 'live' && this.#card.welcome !== true),
      look: () => this.#look(),
      init: (init) => this.#recording.init(init),
      fragment: (fragment) => {
        this.#recording.fragment(fragment);
        this.#deps.publish(this.#messages.fragment(fragment));
        if (this.#clocks.firstAudio === undefined)
          this.#setClocks({ firstAudio: fragmentStart(this.#zero, fragment.seq) });
      },
      block: (block) => this.#recording.block(block),
      state: ({ firstSpeech }) => {
        const first = this.#clocks.firstSpeech === undefined && this.#card.status === 'live';
        if (firstSpeech !== undefined && first) this.#setClocks({ firstSpeech });
        this.#teller.tell();
      },
      rests: () => this.#deps.publish(this.#messages.rest()),
    });
  }

  #openStage(): StageRoom {
    return this.#deps.stage.openRoom(this.slug, {
      packet: (packet) => this.#sound.mixer?.packet(packet),
      joined: (id) => {
        this.#sound.mixer?.join(id);
        this.#look();
      },
      left: (id) => this.#sound.mixer?.leave(id),
      muted: (id, muted) => this.#sound.mixer?.mute(id, muted),
      removed: () => this.#tellRemoved(),
      banned: () => this.#tellRemoved(),
      changed: () => {
        this.#talk.update(onAir(this.#stage));
        this.#teller.tellSoon();
      },
    });
  }

  /** Applies the site's newest card of this room: title, live or not. */
  update(card: RoomCard): void {
    this.#card = card;
    this.#deps.mark.run(() => {
      this.#admit(card);
      this.#recording.update(card, this.#clocks);
      this.#sound.mixer?.live(card.status === 'live');
      if (card.quarantine) void this.#sound.relayOnly();
      this.#look();
      this.#teller.tell();
    });
  }

  /** Who may come on stage, as the site says. */
  #admit(card: RoomCard): void {
    const { revoked, rules, welcome } = card;
    this.#stage.revoke(revoked);
    // The demo room speaks by itself: nobody would see a hand.
    this.#stage.raised.ruled(rules, welcome !== true);
    this.#interaction?.ruled(card);
  }

  /** Everything that a door that connects now must be told. */
  *greeting(): Generator<Message> {
    const messages = this.#messages;
    yield messages.program(this.#zero, this.#deps.renditions);
    for (const [rendition, bytes] of this.#sound.inits) yield messages.init(rendition, bytes);
    yield* standbyMessages(this.slug, this.#deps.loops());
    for (const fragment of this.#sound.recent) yield messages.fragment(fragment);
    if (this.#sound.resting) yield messages.rest();
    if (Object.keys(this.#clocks).length > 0) yield messages.clocks(this.#clocks);
    if (this.#governor.line) yield messages.queue(this.#governor.line);
    if (this.#stage.unconfirmed.length > 0) yield messages.removed(this.#stage.unconfirmed);
    if (hasBans(this.#stage)) yield messages.bans(this.#stage.raised.unconfirmed);
    if (this.#interaction) yield messages.questions(this.#interaction.list());
    yield messages.state(this.#teller.state());
  }

  /** Receives a door's count of the streams it serves, and its wish to the ladder. */
  presence(said: Presence): void {
    this.#deps.mark.run(() => {
      if (!this.#governor.presence(said)) return;
      this.#sound.select();
      this.#look();
    });
  }

  /** Receives a door's count of the tickets it gave out. */
  tickets(door: string, counted: TicketCounts): void {
    this.#deps.mark.run(() => this.#governor.tickets(door, counted));
  }

  /** Receives a door's count of reactions. */
  reacted(counts: ReactionCounts): void {
    this.#deps.mark.run(() => this.#interaction?.reacted(counts));
  }

  /** The figures of the room, for the metrics. */
  metrics(): RoomMetrics {
    const { clock, archive } = this.#deps;
    const { steering } = this.#governor;
    const people = this.#stage.people();
    return {
      slug: this.slug,
      live: this.#card.status === 'live',
      resting: this.#sound.resting,
      streams: steering.streams(clock.now()),
      onStage: people.filter(({ connected }) => connected).length,
      deadAir: silentSeconds(this.#card, this.#sound.state().deadAir?.since, clock.wall()),
      recording: this.#recording.begun
        ? { healthy: archive.healthy(this.slug), gaps: archive.gaps(this.slug).length }
        : undefined,
      level: steering.delivery(clock.now()).level,
      last: this.#sound.last,
      busy: this.#deps.mark.busy / 1000,
      speakers: people.flatMap(({ id }) => {
        const stats = this.#stats(id);
        return stats ? [[id, stats] as const] : [];
      }),
    };
  }

  /** Stops. With a status the room is closed for ever; without one it can be resumed at a later slot. */
  async close(over?: 'ended' | 'cancelled'): Promise<void> {
    this.#teller.end(over);
    this.#everySecond?.[Symbol.dispose]();
    await this.#sound.finish(over !== undefined);
    this.#teller[Symbol.dispose]();
    this.#talk.close();
    this.#interaction?.[Symbol.dispose]();
    await this.#dispose();
    const { last } = this.#sound;
    if (over) {
      this.#stage.raised.forget();
      this.#interaction?.forget();
      this.#deps.publish(this.#messages.end(last));
      await this.#deps.archive.end(this.slug);
    }
    this.#log.info(
      { slug: this.slug, last, ended: over !== undefined },
      'the studio is no longer running this room',
    );
  }

  async #dispose(): Promise<void> {
    await using parts = new AsyncDisposableStack();
    parts.use(this.#governor);
    parts.use(this.#stage);
    parts.use(this.#sound);
  }

  #second(): void {
    this.#seconds += 1;
    // Doors count a resting studio as away when it stays silent although somebody listens.
    if (this.#card.quarantine && this.#seconds % RELAY_TOLD_S === 0)
      this.#deps.publish(this.#messages.rest());
    this.#look();
    this.#sound.select();
    const people = this.#stage.people();
    this.#talk.update(onAir(this.#stage));
    for (const { id } of people)
      this.#stage.notice(id as SpeakerId, this.#stats(id)?.opposite ? 'opposite-phase' : undefined);
    this.#tellRemoved();
    this.#lookForHost();
    this.#governor.steer();
    const line = this.#governor.moveLine(this.#card);
    if (line) this.#deps.publish(this.#messages.queue(line));
    this.#interaction?.second();
    this.#teller.tell();
  }

  /** Hands the room to a co-host when its host has vanished, and back. */
  #lookForHost(): void {
    const { clock } = this.#deps;
    const before = this.#hosts.gone;
    const begun = this.#card.status === 'live' || this.#clocks.firstSpeech !== undefined;
    const coHosts = onAir(this.#stage).filter(({ role }) => role === 'co-host');
    const sight = { begun, here: this.#stage.hosted, coHosts };
    if (!this.#hosts.look({ ...sight, now: clock.now(), wall: clock.wall() })) return;
    const { gone } = this.#hosts;
    if (before?.to && !gone)
      this.#stage.ask(before.to.id as SpeakerId, { kind: 'asked', what: 'host-back', by: '' });
    if (gone?.to && gone.to.id !== before?.to?.id)
      this.#stage.ask(gone.to.id as SpeakerId, { kind: 'asked', what: 'stand-in', by: '' });
    const happened = gone?.to
      ? 'the host’s connection is gone: a co-host on stage stands in'
      : 'the host’s connection is gone, and nobody stands in: the room stays open';
    this.#log.info({ slug: this.slug }, gone ? happened : 'the host is back, and has the room again');
  }

  #look(): void {
    this.#sound.look();
    this.#deps.hearing?.(this.#sound.mixer !== undefined && this.#governor.heard());
  }

  #stats(id: string): SpeakerStats | undefined {
    return this.#sound.mixer?.stats(id as SpeakerId);
  }

  #setClocks(more: Clocks): void {
    this.#clocks = { ...this.#clocks, ...more };
    this.#deps.publish(this.#messages.clocks(more));
  }

  // The site keeps it for good. It is said until the card says so as well: the site may be away.
  #tellRemoved(): void {
    const { unconfirmed } = this.#stage;
    if (unconfirmed.length > 0) this.#deps.publish(this.#messages.removed(unconfirmed));
    if (hasBans(this.#stage)) this.#deps.publish(this.#messages.bans(this.#stage.raised.unconfirmed));
  }
}

/** The people whom the audience hears. */
const onAir = (stage: StageRoom) => stage.people().filter(({ backstage }) => !backstage);

const hasBans = ({ raised }: StageRoom): boolean =>
  raised.unconfirmed.added.length > 0 || raised.unconfirmed.lifted.length > 0;

/**
 * How long a room has been silent unintentionally. The demo room rests between two talks, which is intended.
 */
const silentSeconds = ({ status, welcome }: RoomCard, since: number | undefined, wall: number): number =>
  since === undefined || status !== 'live' || welcome ? 0 : Math.max(0, (wall - since) / 1000);
