import type { Archive, RecordedProgram } from '../../archive/index.ts';
import type { Clock } from '../../base/clock.ts';
import type { Fragment, Init, PcmBlock } from '../../base/media.ts';
import type { Mark } from '../../wire/mark.ts';
import type { Clocks, RoomCard } from '../../wire/room.ts';

/** Dependencies of the recording of one room. */
export interface RoomRecordingDeps {
  readonly archive: Archive;
  readonly slug: string;
  readonly program: Omit<RecordedProgram, 'title'>;
  readonly clock: Clock;
}

/** The recording of one running room: nothing is kept before the conversation begins. */
export interface RoomRecording {
  /** True once something is recorded; it stays true, even during a break. */
  readonly begun: boolean;
  /**
   * Wall-clock ms as the program counts it: setting the machine's clock moves it no more than it moves the sound.
   */
  wall(): number;
  /**
   * Applies the site's newest card. The recording begins with the first live moment, or with speech before that.
   */
  update(card: RoomCard, clocks: Clocks): void;
  init(init: Init): void;
  fragment(fragment: Fragment): void;
  /** The mixed sound, 20 ms at a time, as it goes to the encoders. */
  block(block: PcmBlock): void;
  mark(mark: Mark): void;
}

/**
 * True for a room whose sound is recorded: the music of a lobby or of the demo room is not, since nobody asked for
 * it.
 */
const isKept = (card: RoomCard, clocks: Clocks): boolean =>
  card.welcome !== true && (card.status === 'live' || clocks.firstSpeech !== undefined);

/** Opens the recording of a room; it does not touch the disk before it begins. */
export function openRoomRecording(deps: RoomRecordingDeps): RoomRecording {
  const { archive, slug } = deps;
  const inits = new Map<string, Init>();
  const ahead = deps.clock.wall() - deps.clock.now();
  const wall = (): number => deps.clock.now() + ahead;
  let begun = false;
  let status: RoomCard['status'] | undefined;
  const mark = (line: Mark): void => {
    if (begun) archive.mark(slug, line);
  };
  return {
    get begun() {
      return begun;
    },
    wall,
    update(card, clocks) {
      if (!begun && isKept(card, clocks)) {
        begun = true;
        void archive.begin(slug, { ...deps.program, title: card.title });
        for (const init of inits.values()) archive.init(slug, init);
        status = undefined;
      }
      if (card.status !== status) mark({ kind: 'status', status: card.status, at: wall() });
      status = card.status;
    },
    init(init) {
      inits.set(init.rendition, init);
      if (begun) archive.init(slug, init);
    },
    fragment(fragment) {
      if (begun) archive.fragment(slug, fragment);
    },
    block(block) {
      if (begun) archive.block(slug, block);
    },
    mark,
  };
}
