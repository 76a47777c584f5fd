import type { Slug, SpeakerId } from '../../base/ids.ts';
import type { Fragment, Init } from '../../base/media.ts';
import { BLOCK_TICKS, epochMs, FRAGMENT_TICKS, fragmentAt, fragmentStart, ms } from '../../base/time.ts';
import { Steering } from '../../ladder/index.ts';
import type { Mixer, MixerState, Rested, Standby } from '../../mixer/index.ts';
import { openQueue, type QueueTold } from '../../queue/index.ts';
import { watchMusic } from '../../standby/music-watch.ts';
import { standbyMessages } from '../../standby/standby-loops.ts';
import { holdsNewcomers } from '../../wire/delivery.ts';
import { EMPTY, type Message, type Presence } from '../../wire/feed.ts';
import type { TicketTally } from '../../wire/queue.ts';
import { type Clocks, MAX_TOLD_GAPS, type RoomCard, type RoomState } from '../../wire/room.ts';
import { type Air, LEAD_SLOTS, openAir } from './air.ts';
import type { RoomMetrics } from './cell-metrics.ts';
import { openDemand } from './demand.ts';
import { History } from './history.ts';
import type { ProgramDeps } from './program-deps.ts';
import { openRest, type Rest } from './rest.ts';
import { openRoomRecording } from './room-recording.ts';
import { openTalk } from './talk.ts';

/** One room on the air: stage → mixer → packager → bus and archive. */
export interface Program {
  readonly slug: Slug;
  /** The site's newest word on this room: title, live or not. */
  update(card: RoomCard): void;
  /** Everything a door that comes now must be told. */
  greeting(): Iterable<Message>;
  /** A door's count of the streams it serves, and what it wishes of the ladder. */
  presence(said: Presence): void;
  /** A door's count of the tickets it gave out. */
  tickets(door: string, tally: TicketTally): void;
  metrics(): RoomMetrics;
  /** Stops. A status closes the room for ever; without one it can be taken up again at a later slot. */
  close(over?: 'ended' | 'cancelled'): Promise<void>;
}

/** A room that nobody hears goes on for so long: people come and go, and doors learn when fragments arrive. */
const REST_AFTER = ms(30_000);
/** A state that does not change is told this often: doors forget what they were told of a room's delivery. */
const RETELL_MS = 3000;
/** Blocks of 20 ms in a fragment. */
const BLOCKS = FRAGMENT_TICKS / BLOCK_TICKS;

/**
 * Opens a room in this cell at the next free slot of its grid. The caller publishes its greeting at once: a door that
 * connects while the encoders warm up must not miss it.
 */
export async function openProgram(deps: ProgramDeps, first: RoomCard & { zero: number }): Promise<Program> {
  const { clock, archive, publish } = deps;
  const slug = first.slug as Slug;
  const log = deps.log.part('program');
  const zero = epochMs(first.zero);
  let card: RoomCard = first;
  let clocks: Clocks = first.clocks;
  const inits = new Map<string, Uint8Array>();
  let history = new History(deps.always);
  const steering = new Steering({ period: deps.writePeriod, caches: deps.caches, wall: clock.wall() });
  let last = Math.max(0, fragmentAt(zero, clock.wall()) + LEAD_SLOTS) - 1;
  const recording = openRoomRecording({
    ...{ clock, archive, slug, program: { zero, renditions: deps.renditions } },
  });
  recording.update(card, clocks);

  const programMessage = (): Message => ({
    head: { kind: 'program', slug, zero, renditions: deps.renditions },
    body: EMPTY,
  });
  const restMessage = (): Message => ({ head: { kind: 'rest', slug }, body: EMPTY });
  const initMessage = (rendition: string, body: Uint8Array): Message => ({
    head: { kind: 'init', slug, rendition },
    body,
  });
  const setClocks = (more: Clocks): void => {
    clocks = { ...clocks, ...more };
    publish({ head: { kind: 'clocks', slug, clocks: more }, body: EMPTY });
  };

  // The site keeps it for good. It is said until the card says so as well: the site may be away.
  const removedMessage = (): Message => ({
    head: { kind: 'removed', slug, who: room.unconfirmed },
    body: EMPTY,
  });
  const tellRemoved = (): void => {
    if (room.unconfirmed.length > 0) publish(removedMessage());
  };
  // The stage opens first: people may take their places while the encoders warm up.
  let mixer: Mixer | undefined;
  let air: Air | undefined;
  let meter: Disposable | undefined;
  let hostMusic: Standby | undefined;
  let rest: Rest | undefined;
  let soon: Disposable | undefined;
  const talk = openTalk({ wall: () => recording.wall(), mark: (mark) => recording.mark(mark) });
  await using parts = new AsyncDisposableStack();
  const room = deps.stage.openRoom(slug, {
    packet: (packet) => mixer?.packet(packet),
    joined(id) {
      mixer?.join(id);
      look();
    },
    left: (id) => mixer?.leave(id),
    muted: (id, muted) => mixer?.mute(id, muted),
    removed: () => tellRemoved(),
    changed: () => {
      talk.update(room.people());
      tellSoon();
    },
  });
  parts.use(room);
  room.revoke(card.revoked);
  const queue = parts.use(await openQueue({ dir: deps.queueDir, slug, clock, log: deps.log.part('queue') }));
  let carried: MixerState = { carries: 'standby', since: epochMs(clock.wall()) };
  const onAir = async (rested?: Rested): Promise<void> => {
    const opening = await openAir({
      ...{ clock, log: deps.log, zero, renditions: deps.renditions, always: deps.always },
      ...(rested ? { rested } : {}),
      init(init: Init) {
        inits.set(init.rendition, init.bytes);
        recording.init(init);
      },
      fragment(fragment: Fragment) {
        history.push(fragment);
        last = Math.max(last, fragment.seq);
        recording.fragment(fragment);
        const { rendition, seq, bytes } = fragment;
        publish({ head: { kind: 'fragment', slug, rendition, seq }, body: bytes });
        if (clocks.firstAudio === undefined) setClocks({ firstAudio: fragmentStart(zero, seq) });
      },
      block: (block) => recording.block(block),
      state(state) {
        carried = state;
        if (state.firstSpeech !== undefined && clocks.firstSpeech === undefined && card.status === 'live')
          setClocks({ firstSpeech: state.firstSpeech });
        tell();
      },
    });
    air = opening;
    const mixing = opening.mixer;
    for (const { id, connected, muted } of room.people()) {
      if (!connected) continue;
      mixing.join(id as SpeakerId);
      mixing.mute(id as SpeakerId, muted);
    }
    mixing.live(card.status === 'live');
    if (hostMusic) mixing.music(hostMusic);
    opening.packager.select(demand.now());
    mixer = mixing;
    meter = clock.every(ms(100), () => {
      room.programLevel = mixing.level;
    });
    log.info(
      { slug, firstSeq: opening.firstSeq, rested: rested !== undefined },
      'the studio is running this room',
    );
  };
  const offAir = async (): Promise<void> => {
    const closing = air;
    air = undefined;
    mixer = undefined;
    meter?.[Symbol.dispose]();
    await closing?.[Symbol.asyncDispose]();
  };
  const demand = openDemand(clock);
  const loopBlocks = (): number => (deps.loops().get('opus64')?.fragments.length ?? 0) * BLOCKS;
  const heard = (): boolean => demand.now().length > 0 || steering.streams(clock.now()) > 0;
  function look(): void {
    rest?.look();
    deps.hearing?.(mixer !== undefined && heard());
  }
  await onAir();
  parts.defer(offAir);
  rest = openRest({
    ...{ clock, after: REST_AFTER },
    needed: () =>
      heard() ||
      room.attended ||
      recording.begun ||
      (card.status === 'live' && card.welcome !== true) ||
      // Doors have the music of the house alone.
      hostMusic !== undefined ||
      loopBlocks() === 0 ||
      carried.carries !== 'standby',
    wake: () => deps.inTurn(() => onAir({ state: carried, loopBlocks: loopBlocks() })),
    async sleep() {
      // Said at once, so that no door misses what does not come.
      const ended = offAir();
      history = new History(deps.always);
      log.info({ slug, last }, 'nobody hears this room: its studio rests until somebody does');
      publish(restMessage());
      await ended;
    },
    failed: (error) =>
      log.error(
        { slug, error: String(error) },
        'the room could not be taken up again; trying again in a second',
      ),
  });
  parts.use(
    watchMusic(clock, deps.musicDir, slug, (music) => {
      hostMusic = music;
      mixer?.music(music);
      look();
    }),
  );

  const steer = (): void => {
    const turn = steering.turn(clock.now(), clock.wall());
    if (!turn) return;
    const { wishes, ...step } = turn;
    deps.records.write({ at: clock.wall(), slug, by: deps.cell, ...step, values: wishes });
    log.info(
      { slug, ...turn },
      turn.to > turn.from
        ? 'the room goes up a level of the ladder and gives something up'
        : 'the room goes down a level of the ladder',
    );
  };
  const queueMessage = (told: QueueTold): Message => ({
    head: { kind: 'queue', slug, ...told },
    body: EMPTY,
  });
  const queueUp = (): void => {
    const now = clock.now();
    const doors = new Map(
      [...steering.fresh(now)].map(({ door, streams, live = streams }) => [
        door,
        { live, ring: streams - live },
      ]),
    );
    const told = queue.second({
      ...{ streams: doors, cap: card.cap, scheduled: card.clocks.scheduled, begun: card.status === 'live' },
      ...{ holding: holdsNewcomers(steering.delivery(now)), spare: steering.spare(now) },
    });
    if (told) publish(queueMessage(told));
  };
  const state = (): RoomState => {
    const { carries, since, deadAir } = air?.state() ?? carried;
    const catchingUp = steering.catchingUp(clock.now());
    return {
      v: 1,
      at: clock.wall(),
      slug,
      title: card.title,
      hosts: card.hosts,
      status: card.status,
      clocks: { ...card.clocks, ...clocks },
      stage: room.people().map(({ id, name, role, speaking, muted, connected }) => ({
        id,
        name,
        role,
        speaking,
        muted,
        connected,
      })),
      program: { carries, since, ...(deadAir ? { deadAir } : {}) },
      streams: steering.streams(clock.now()),
      ...(catchingUp > 0 ? { catchingUp } : {}),
      delivery: steering.delivery(clock.now(), card.cap),
      studio: 'here',
      gaps: archive.gaps(slug).slice(-MAX_TOLD_GAPS),
    };
  };
  const stateMessage = (now: RoomState): Message => ({
    head: { kind: 'state', slug, state: now },
    body: EMPTY,
  });
  let told = { text: '', at: Number.NEGATIVE_INFINITY };
  /** The end has been told: nothing may follow that sounds like a room that goes on. */
  let ending = false;
  function tell(): void {
    if (ending || (!mixer && !rest?.resting)) return;
    const now = state();
    const text = JSON.stringify({ ...now, at: 0 });
    if (text === told.text && clock.now() - told.at < RETELL_MS) return;
    told = { text, at: clock.now() };
    publish(stateMessage(now));
    const { status, program, streams, catchingUp = 0, gaps } = now;
    room.show({
      kind: 'program',
      status,
      program,
      streams,
      catchingUp,
      gaps: gaps.length,
      recordingFailed: !archive.healthy(slug),
    });
  }
  // Levels change many times a second; listeners are told at most five times a second.
  function tellSoon(): void {
    soon ??= clock.after(ms(200), () => {
      soon = undefined;
      tell();
    });
  }
  const everySecond = clock.every(ms(1000), () => {
    look();
    air?.packager.select(demand.now());
    talk.update(room.people());
    for (const { id } of room.people())
      room.notice(id as SpeakerId, mixer?.stats(id as SpeakerId)?.opposite ? 'opposite-phase' : undefined);
    tellRemoved();
    steer();
    queueUp();
    tell();
  });
  const opened = parts.move();

  return {
    slug,
    update(next) {
      card = next;
      room.revoke(card.revoked);
      recording.update(card, clocks);
      mixer?.live(next.status === 'live');
      look();
      tell();
    },
    *greeting() {
      yield programMessage();
      for (const [rendition, bytes] of inits) yield initMessage(rendition, bytes);
      yield* standbyMessages(slug, deps.loops());
      for (const { rendition, seq, bytes } of history)
        yield { head: { kind: 'fragment', slug, rendition, seq }, body: bytes };
      if (rest?.resting) yield restMessage();
      if (Object.keys(clocks).length > 0) yield { head: { kind: 'clocks', slug, clocks }, body: EMPTY };
      if (queue.told) yield queueMessage(queue.told);
      if (room.unconfirmed.length > 0) yield removedMessage();
      yield stateMessage(state());
    },
    presence(said) {
      steering.hear(said, clock.now());
      if (!said.wanted || !demand.hear(said.wanted)) return;
      air?.packager.select(demand.now());
      look();
    },
    tickets: (door, tally) => queue.take(door, tally),
    metrics: () => ({
      slug,
      live: card.status === 'live',
      resting: rest?.resting ?? false,
      streams: steering.streams(clock.now()),
      onStage: room.people().filter(({ connected }) => connected).length,
      deadAir: silentSeconds(card, air?.state().deadAir?.since, clock.wall()),
      recording: recording.begun
        ? { healthy: archive.healthy(slug), gaps: archive.gaps(slug).length }
        : undefined,
      level: steering.delivery(clock.now()).level,
      last,
      speakers: room.people().flatMap(({ id }) => {
        const stats = mixer?.stats(id as SpeakerId);
        return stats ? [[id, stats] as const] : [];
      }),
    }),
    async close(over) {
      if (over) {
        const { program, streams, catchingUp = 0, gaps } = state();
        const healthy = archive.healthy(slug);
        // The last line tells studio pages that this was the end: without it they would knock at a closed door.
        room.show({
          kind: 'program',
          status: over,
          program,
          streams,
          catchingUp,
          gaps: gaps.length,
          recordingFailed: !healthy,
        });
      }
      ending = true;
      everySecond[Symbol.dispose]();
      await rest?.close();
      if (over) await air?.finish();
      soon?.[Symbol.dispose]();
      talk.close();
      await opened.disposeAsync();
      if (over) {
        publish({ head: { kind: 'end', slug, last }, body: EMPTY });
        await archive.end(slug);
      }
      log.info({ slug, last, ended: over !== undefined }, 'the studio is no longer running this room');
    },
  };
}

/** How long a room has been dead air. The demo room rests between two talks, and that is meant. */
const silentSeconds = ({ status, welcome }: RoomCard, since: number | undefined, wall: number): number =>
  since === undefined || status !== 'live' || welcome ? 0 : Math.max(0, (wall - since) / 1000);
