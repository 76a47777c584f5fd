import type { Slug, SpeakerId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { Fragment, Init, PcmBlock } from '../../base/media.ts';
import { BLOCK_TICKS, type EpochMs, epochMs, FRAGMENT_TICKS, fragmentAt, ms } from '../../base/time.ts';
import type { Mixer, MixerState, Rested, Standby } from '../../mixer/index.ts';
import type { StageRoom } from '../../stage/index.ts';
import { watchMusic } from '../../standby/music-watch.ts';
import { type Air, LEAD_SLOTS, openAir } from './air.ts';
import { History } from './history.ts';
import { openRest, type Rest } from './rest.ts';
import type { RunningRoomDeps } from './running-room-deps.ts';

/**
 * How long a room without listeners goes on: people come and go, and doors learn from arriving fragments when to
 * expect the next.
 */
const REST_AFTER = ms(30_000);
/** Blocks of 20 ms in a fragment. */
const BLOCKS = FRAGMENT_TICKS / BLOCK_TICKS;

/** What the sound of a room depends on, and who is told about it. */
export interface RoomSoundDeps {
  readonly cell: RunningRoomDeps;
  readonly slug: Slug;
  readonly log: Log;
  readonly zero: EpochMs;
  /** The room on the stage, once it is open. */
  stage(): StageRoom;
  /** True while the hosts are live; false while only the doors are open. */
  live(): boolean;
  /** Ids of the renditions that doors want. */
  wanted(): readonly string[];
  /** Whether somebody is listening, the sound is being recorded, or somebody is about to speak. */
  needed(): boolean;
  init(init: Init): void;
  fragment(fragment: Fragment): void;
  /** The mixed sound, 20 ms at a time. */
  block(block: PcmBlock): void;
  state(state: MixerState): void;
  /** No fragment comes until the sound is needed again. */
  rests(): void;
  /** Whether the sound is needed may have changed. */
  look(): void;
}

/** Makes the sound of one room while somebody needs it. Disposing stops it at once. */
export class RoomSound implements AsyncDisposable {
  readonly #deps: RoomSoundDeps;
  #air: Air | undefined;
  #meter: Disposable | undefined;
  #music: Standby | undefined;
  #watch: Disposable | undefined;
  #rest: Rest | undefined;
  /** True from the moment the room makes no sound any more, whoever listens. */
  #relayed = false;
  #carried: MixerState;
  #history: History;
  #last: number;
  readonly #inits = new Map<string, Uint8Array>();

  constructor(deps: RoomSoundDeps) {
    const { clock, always } = deps.cell;
    this.#deps = deps;
    this.#history = new History(always);
    this.#carried = { carries: 'standby', since: epochMs(clock.wall()) };
    this.#last = Math.max(0, fragmentAt(deps.zero, clock.wall()) + LEAD_SLOTS) - 1;
  }

  /** Undefined while no sound is made. */
  get mixer(): Mixer | undefined {
    return this.#air?.mixer;
  }

  /** True from the moment the sound has stopped until it is made again. */
  get resting(): boolean {
    return this.#relayed || (this.#rest?.resting ?? false);
  }

  /** The newest fragment. */
  get last(): number {
    return this.#last;
  }

  /** What begins each rendition. */
  get inits(): ReadonlyMap<string, Uint8Array> {
    return this.#inits;
  }

  /** What a door that connects now may have missed. */
  get recent(): Iterable<Fragment> {
    return this.#history;
  }

  /** What the program carries now, or carried before it rested. */
  state(): MixerState {
    return this.#air?.state() ?? this.#carried;
  }

  /** Starts making sound, for as long as somebody needs it. */
  async begin(): Promise<void> {
    if (this.#relayed) return;
    const { cell, slug, log } = this.#deps;
    await this.#start();
    this.#rest = openRest({
      ...{ clock: cell.clock, after: REST_AFTER },
      needed: () => this.#needed(),
      wake: () => cell.inTurn(() => this.#start({ state: this.#carried, loopBlocks: this.#loopBlocks() })),
      sleep: () => this.#sleep(),
      failed: (error) =>
        log.error(
          { slug, error: String(error) },
          'the studio could not resume this room; trying again in a second',
        ),
    });
    this.#watch = watchMusic(cell.clock, cell.musicDir, slug, (music) => {
      this.#music = music;
      this.mixer?.music(music);
      this.#deps.look();
    });
  }

  /** From now on no sound is made, whoever listens: doors play hold music. */
  async relayOnly(): Promise<void> {
    if (this.#relayed) return;
    this.#relayed = true;
    this.#watch?.[Symbol.dispose]();
    await this.#rest?.close();
    await this.#stop();
    this.#carried = { carries: 'standby', since: epochMs(this.#deps.cell.clock.wall()) };
    this.#history = new History(this.#deps.cell.always);
    this.#deps.rests();
  }

  /** Rests or wakes as needed; also call it now and then in any case. */
  look(): void {
    this.#rest?.look();
  }

  /** Codes what somebody wants. */
  select(): void {
    this.#air?.packager.select(this.#deps.wanted());
  }

  /** Prevents further resting and waking. `over`: continues until what is being said now is coded. */
  async finish(over: boolean): Promise<void> {
    await this.#rest?.close();
    if (over) await this.#air?.finish();
  }

  #needed(): boolean {
    return (
      this.#deps.needed() ||
      // Doors have the music of the house alone.
      this.#music !== undefined ||
      this.#loopBlocks() === 0 ||
      this.#carried.carries !== 'standby'
    );
  }

  #loopBlocks(): number {
    return (this.#deps.cell.loops().get('opus64')?.fragments.length ?? 0) * BLOCKS;
  }

  async #start(rested?: Rested): Promise<void> {
    const { cell, slug, log, zero, stage } = this.#deps;
    const air = await openAir({
      ...{ clock: cell.clock, log: cell.log, zero, renditions: cell.renditions, always: cell.always },
      ...(rested ? { rested } : {}),
      tag: (segment) => cell.tag(slug, segment),
      init: (init) => {
        this.#inits.set(init.rendition, init.bytes);
        this.#deps.init(init);
      },
      fragment: (fragment) => {
        this.#history.push(fragment);
        this.#last = Math.max(this.#last, fragment.seq);
        this.#deps.fragment(fragment);
      },
      block: this.#deps.block,
      state: (state) => {
        this.#carried = state;
        this.#deps.state(state);
      },
    });
    const { mixer, packager, firstSeq } = air;
    for (const { id, connected, muted } of stage().people()) {
      if (!connected) continue;
      mixer.join(id as SpeakerId);
      mixer.mute(id as SpeakerId, muted);
    }
    mixer.live(this.#deps.live());
    if (this.#music) mixer.music(this.#music);
    packager.select(this.#deps.wanted());
    this.#air = air;
    this.#meter = cell.clock.every(ms(100), () => {
      stage().programLevel = mixer.level;
    });
    log.info({ slug, firstSeq, rested: rested !== undefined }, 'the studio is running this room');
  }

  async #stop(): Promise<void> {
    const air = this.#air;
    this.#air = undefined;
    this.#meter?.[Symbol.dispose]();
    await air?.[Symbol.asyncDispose]();
  }

  async #sleep(): Promise<void> {
    const { slug, log } = this.#deps;
    // Said at once, so that no door misses what does not come.
    const stopped = this.#stop();
    this.#history = new History(this.#deps.cell.always);
    log.info(
      { slug, last: this.#last },
      'nobody is listening to this room: its studio rests until somebody does',
    );
    this.#deps.rests();
    await stopped;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watch?.[Symbol.dispose]();
    await this.#stop();
  }
}
