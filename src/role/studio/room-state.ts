import type { Archive } from '../../archive/index.ts';
import type { Clock } from '../../base/clock.ts';
import { ms } from '../../base/time.ts';
import type { InteractionRoom } from '../../interaction/index.ts';
import type { StageRoom } from '../../stage/index.ts';
import { type Clocks, type HostGone, MAX_TOLD_GAPS, type RoomCard, type RoomState } from '../../wire/room.ts';
import type { RoomGovernor } from './room-governor.ts';
import type { RoomSound } from './room-sound.ts';

/** An unchanged state is repeated this often: doors forget what they were told about a room's delivery. */
const RETELL_MS = 3000;
/** Levels change many times a second; listeners are told at most five times a second. */
const SOON_MS = ms(200);

/** What the state of a room is made from, and who is told about it. */
export interface StateTellerDeps {
  readonly clock: Clock;
  readonly archive: Archive;
  readonly sound: RoomSound;
  readonly governor: RoomGovernor;
  /** Reactions and questions, where the room has them. */
  interaction(): InteractionRoom | undefined;
  /** The room on the stage, once it is open. */
  stage(): StageRoom;
  /** The site's newest card of the room. */
  card(): RoomCard;
  /** That the host is gone; undefined while they are not. */
  hostGone(): HostGone | undefined;
  /** The clocks of the room, perhaps ahead of what the site knows. */
  clocks(): Clocks;
  publish(state: RoomState): void;
}

/** Tells doors, and people backstage, the state of a running room: when it changes, and every few seconds. */
export class StateTeller implements Disposable {
  readonly #deps: StateTellerDeps;
  #told = { text: '', at: Number.NEGATIVE_INFINITY };
  #soon: Disposable | undefined;
  /** True once the end has been told: no later message may suggest that the room goes on. */
  #ending = false;

  constructor(deps: StateTellerDeps) {
    this.#deps = deps;
  }

  /** The state of the room now. */
  state(): RoomState {
    const { clock, archive, stage, sound, governor } = this.#deps;
    const { slug, title, hosts, status, clocks, cap } = this.#deps.card();
    const { carries, since, deadAir } = sound.state();
    const { steering } = governor;
    const catchingUp = steering.catchingUp(clock.now());
    const hands = stage().raised.told();
    const hostGone = this.#deps.hostGone();
    return {
      v: 1,
      at: clock.wall(),
      slug,
      title,
      hosts,
      status,
      clocks: { ...clocks, ...this.#deps.clocks() },
      stage: stage()
        .people()
        .filter(({ backstage }) => !backstage)
        .map(({ id, name, role, speaking, muted, connected }) => ({
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
      delivery: steering.delivery(clock.now(), cap),
      ...(hands.open || hands.up > 0 || hands.called.length > 0 || hands.told.length > 0 ? { hands } : {}),
      ...this.#deps.interaction()?.told(),
      ...(hostGone ? { hostGone } : {}),
      studio: 'here',
      gaps: archive.gaps(slug).slice(-MAX_TOLD_GAPS),
    };
  }

  /** Tells the state now, if it differs from the last one told. */
  tell(): void {
    const { clock, sound } = this.#deps;
    if (this.#ending || (!sound.mixer && !sound.resting)) return;
    const now = this.state();
    const text = JSON.stringify({ ...now, at: 0 });
    if (text === this.#told.text && clock.now() - this.#told.at < RETELL_MS) return;
    this.#told = { text, at: clock.now() };
    this.#deps.publish(now);
    this.#show(now);
  }

  /** Tells it soon, together with further changes until then. */
  tellSoon(): void {
    this.#soon ??= this.#deps.clock.after(SOON_MS, () => {
      this.#soon = undefined;
      this.tell();
    });
  }

  /**
   * Stops telling. The last line lets studio pages know that the room is over; otherwise they would keep trying to
   * reconnect.
   */
  end(status: 'ended' | 'cancelled' | undefined): void {
    if (status) this.#show({ ...this.state(), status });
    this.#ending = true;
  }

  #show({ slug, status, program, streams, catchingUp = 0, gaps }: RoomState): void {
    const recordingFailed = !this.#deps.archive.healthy(slug);
    this.#deps.stage().show({
      ...{ kind: 'program', status, program, streams, catchingUp, gaps: gaps.length, recordingFailed },
    });
  }

  [Symbol.dispose](): void {
    this.#soon?.[Symbol.dispose]();
  }
}
