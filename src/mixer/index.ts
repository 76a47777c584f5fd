import { loadLibopus } from 'libopus-wasm';
import type { Clock } from '../base/clock.ts';
import type { SpeakerId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { Packet, PcmBlock } from '../base/media.ts';
import { BLOCK_TICKS, type Ms, type Ticks } from '../base/time.ts';
import { openDecoder } from './decoder.ts';
import { holdMusic } from './hold-music.ts';
import { musicChange } from './music-change.ts';
import { MixedProgram, type MixerState } from './program.ts';
import { ProgramClock } from './program-clock.ts';
import { Speaker, type SpeakerStats } from './speaker.ts';
import type { Standby } from './standby.ts';

export { holdMusic } from './hold-music.ts';
export { musicFromLevelled, musicFromPcm } from './looped-music.ts';
export { readMusic } from './music-file.ts';
export type { MixerState } from './program.ts';
export type { SpeakerStats } from './speaker.ts';
export type { Standby } from './standby.ts';

/** Limit of speakers in one mixer. Further speakers are not heard; the log says so. */
const MAX_SPEAKERS = 50;

/** Dependencies of a mixer. */
export interface MixerDeps {
  clock: Clock;
  log: Log;
  /** Tick of the first block's first sample, a multiple of 960. */
  firstTick: Ticks;
  /** Monotonic instant at which `firstTick` is due. */
  due: Ms;
  /** Receives every block in order; its samples are valid only during the call. */
  block(block: PcmBlock): void;
  /** Called when the state changes, not for the first state. */
  state(state: MixerState): void;
  /** Music for the time when nobody is to be heard; default: `holdMusic()`. */
  music?: Standby;
  /** The state to continue from after a pause of the program, and the loop of hold music that was heard meanwhile. */
  rested?: Rested;
}

/** A program that was closed because it had no listeners. */
export interface Rested {
  readonly state: MixerState;
  /** Length in blocks of the hold music loop that is heard meanwhile. */
  readonly loopBlocks: number;
}

/** Mixes the packets of many speakers into one program that never stops. */
export interface Mixer extends AsyncDisposable {
  /** Gives a speaker a place in the mix; joining twice changes nothing. */
  join(id: SpeakerId): void;
  /** Removes a speaker once everything they said has been played. */
  leave(id: SpeakerId): void;
  /** Closes or opens a microphone. It affects only what is said from now on. */
  mute(id: SpeakerId, muted: boolean): void;
  /** Takes one packet; packets of unknown speakers are dropped. */
  packet(packet: Packet): void;
  /** True puts the stage on the program. False keeps the stage backstage, and the program carries standby. */
  live(on: boolean): void;
  /** Sets the music for the time when nobody is to be heard; without an argument `holdMusic()`. */
  music(music?: Standby): void;
  stats(id: SpeakerId): SpeakerStats | undefined;
  /** The program's peak in the last 100 ms, dBFS; −127 for silence. */
  readonly level: number;
  state(): MixerState;
}

/** Opens a mixer. Blocks come from `due` on and begin with standby. Closing the mixer stops them at once. */
export async function open(deps: MixerDeps): Promise<Mixer> {
  const { clock, log } = deps;
  await loadLibopus();
  const program = new MixedProgram(
    deps.rested ? musicAfter(deps.rested, deps.firstTick) : (deps.music ?? holdMusic()),
    deps.firstTick,
    clock.wall(),
    deps.state,
    deps.rested?.state,
  );
  const ticker = new ProgramClock(clock, deps.firstTick, deps.due, (tick, due) => {
    deps.block(program.render(tick, due, clock.wall()));
  });
  let closed = false;

  const equip = async (id: SpeakerId, speaker: Speaker): Promise<void> => {
    try {
      speaker.equip(await openDecoder());
    } catch (error) {
      log.error(
        { speaker: id, error: String(error) },
        'no decoder could be opened for this speaker: they will not be heard',
      );
    }
  };

  return {
    join(id) {
      if (closed || program.speakers.has(id)) return;
      if (program.speakers.size >= MAX_SPEAKERS) {
        log.warn({ speaker: id, limit: MAX_SPEAKERS }, 'too many speakers: this one will not be heard');
        return;
      }
      const speaker = new Speaker();
      program.speakers.set(id, speaker);
      void equip(id, speaker);
    },
    leave(id) {
      const speaker = program.speakers.get(id);
      if (!speaker) return;
      program.speakers.delete(id);
      program.retire(speaker, clock.now());
    },
    mute: (id, muted) => program.speakers.get(id)?.mute(muted, clock.now()),
    packet: (packet) => program.insert(packet),
    live: (on) => program.live(on, clock.now()),
    music: (music) => program.play(music ?? holdMusic()),
    stats: (id) => program.speakers.get(id)?.stats(),
    get level() {
      return program.level;
    },
    state: () => program.state,
    async [Symbol.asyncDispose]() {
      closed = true;
      ticker[Symbol.dispose]();
      program.close();
    },
  };
}

/**
 * Hold music that begins in the middle of the loop that doors play, and then changes to the music that never repeats.
 */
function musicAfter({ loopBlocks }: Rested, firstTick: Ticks): Standby {
  const loop = holdMusic();
  const looped: Standby = { render: (n, out) => loop.render(n % loopBlocks, out) };
  return musicChange(looped, holdMusic(), Math.floor(firstTick / BLOCK_TICKS));
}
