import type { SpeakerId } from '../base/ids.ts';
import type { Carries, DeadAirCause, Packet, PcmBlock } from '../base/media.ts';
import { BLOCK_TICKS, type EpochMs, epochMs, type Ms, ms, type Ticks } from '../base/time.ts';
import { DeadAirWatch, MUSIC_AFTER } from './dead-air.ts';
import { Fader } from './fader.ts';
import { Limiter } from './limiter.ts';
import { musicChange } from './music-change.ts';
import type { Speaker } from './speaker.ts';
import type { Standby } from './standby.ts';

/** Standby fades out quickly, so that the first word is complete. */
const TO_STAGE = ms(300);
const TO_STANDBY = ms(1500);
/** Over dead air the music fades in slowly and stays quieter, because someone may be about to speak. */
const TO_FILL = ms(3000);
const FILL_LEVEL = 0.5;
/** Position of the fader on its quarter sine for that level. */
const FILL_POSITION = (2 / Math.PI) * Math.asin(FILL_LEVEL);
/** Mean square of speech on stage, in contrast to a cough or hiss: −42 dBFS for 100 ms of the last 200. */
const SPEECH_POWER = 6e-5;
const SPEECH_BLOCKS = 5;
const LEVEL_BLOCKS = 5;
/** Duration in ms of a speaker's fade-out after their last words. */
const CLOSING = 40;

/** What the program carries now. */
export interface MixerState {
  /** Also `standby` while hold music covers dead air. */
  carries: Carries;
  since: EpochMs;
  /** Present while the stage is on air and silent; `since` is when the silence began. */
  deadAir?: { cause: DeadAirCause; since: EpochMs };
  /** Time of the first speech on the program since the mixer was opened. */
  firstSpeech?: EpochMs;
}

/** Mixes 20 ms blocks from the speakers on stage and the standby music. */
export class MixedProgram {
  readonly speakers = new Map<SpeakerId, Speaker>();
  /** Speakers who left and whose last words are still in the buffer. */
  readonly #leaving = new Set<{ speaker: Speaker; until: Ms }>();
  #music: Standby;
  #musicNow: Standby;
  /** Number of music blocks played, so that music continues where it stopped. */
  #musicAt: number;
  #stageFader = new Fader(0);
  #musicFader = new Fader(1);
  #limiter = new Limiter();
  #deadAir = new DeadAirWatch();
  #left = new Float32Array(BLOCK_TICKS);
  #right = new Float32Array(BLOCK_TICKS);
  #musicBlock = new Float32Array(2 * BLOCK_TICKS);
  #out = new Float32Array(2 * BLOCK_TICKS);
  #peaks = new Float32Array(LEVEL_BLOCKS);
  #count = 0;
  #live = false;
  #onAir = false;
  /** When the last requested change takes effect. Nothing said before it must be heard. */
  #switchAt: Ms | undefined;
  #filling = false;
  #voiced = 0;
  #state: MixerState;
  #changed: (state: MixerState) => void;

  /** `rested` is what the program carried when it was closed; its music was heard meanwhile at full level. */
  constructor(
    music: Standby,
    firstTick: Ticks,
    wall: EpochMs,
    changed: (state: MixerState) => void,
    rested?: MixerState,
  ) {
    this.#music = music;
    this.#musicNow = music;
    this.#musicAt = Math.floor(firstTick / BLOCK_TICKS);
    this.#state = rested ?? { carries: 'standby', since: wall };
    this.#changed = changed;
    const silent = rested?.deadAir;
    if (!silent) return;
    this.#live = true;
    this.#onAir = true;
    this.#filling = true;
    this.#stageFader = new Fader(1);
    this.#musicFader.move(FILL_POSITION, TO_FILL);
    this.#deadAir.goOn(silent.cause, ms(Math.max(MUSIC_AFTER[silent.cause], wall - silent.since)));
  }

  /** Puts the stage on the program or takes it off, once the buffers have played everything said before `now`. */
  live(on: boolean, now: Ms): void {
    if (on === this.#live) return;
    this.#live = on;
    this.#switchAt = ms(now + this.#depth());
  }

  /** Changes the music from now on, with a blend of one second when it is audible. */
  play(music: Standby): void {
    // The previous music is released at the end of the change that uses it, so that changes do not pile up.
    this.#music = musicChange(this.#musicNow, music, this.#musicAt);
    this.#musicNow = music;
  }

  /** Plays a speaker's last words, then frees the speaker. */
  retire(speaker: Speaker, now: Ms): void {
    const until = ms(now + speaker.bufferMs + CLOSING);
    speaker.mute(true, now);
    this.#leaving.add({ speaker, until });
  }

  insert(packet: Packet): void {
    this.speakers.get(packet.speaker)?.insert(packet);
  }

  /** Peak of the last 100 ms, dBFS; −127 for silence. */
  get level(): number {
    const peak = Math.max(...this.#peaks);
    return peak > 0 ? Math.max(-127, 20 * Math.log10(peak)) : -127;
  }

  get state(): MixerState {
    return { ...this.#state };
  }

  /** Makes the block at `tick`, due at `due`; `wall` is the current time. The result is valid until the next call. */
  render(tick: Ticks, due: Ms, wall: EpochMs): PcmBlock {
    if (this.#switchAt !== undefined && due >= this.#switchAt) this.#switch(wall);
    const left = this.#left.fill(0);
    const right = this.#right.fill(0);
    for (const speaker of this.speakers.values()) speaker.mix(due, left, right);
    for (const gone of this.#leaving) {
      gone.speaker.mix(due, left, right);
      if (due < gone.until) continue;
      gone.speaker.close();
      this.#leaving.delete(gone);
    }
    if (this.#onAir) this.#listen(due, wall);
    this.#blend();
    this.#limiter.run(left, right);
    return this.#deliver(tick);
  }

  /** Frees every decoder. */
  close(): void {
    for (const speaker of this.speakers.values()) speaker.close();
    for (const gone of this.#leaving) gone.speaker.close();
    this.speakers.clear();
    this.#leaving.clear();
  }

  #depth(): number {
    let depth = 0;
    for (const speaker of this.speakers.values()) depth = Math.max(depth, speaker.bufferMs);
    return depth;
  }

  #switch(wall: EpochMs): void {
    this.#switchAt = undefined;
    if (this.#onAir === this.#live) return;
    this.#onAir = this.#live;
    this.#filling = false;
    this.#voiced = 0;
    this.#deadAir.reset();
    const time = this.#onAir ? TO_STAGE : TO_STANDBY;
    this.#stageFader.move(this.#onAir ? 1 : 0, time);
    this.#musicFader.move(this.#onAir ? 0 : 1, time);
    this.#say(wall, this.#onAir ? 'stage' : 'standby');
  }

  /** Examines the stage before the blend: whether it is speech, whether it is silent, and for how long. */
  #listen(due: Ms, wall: EpochMs): void {
    let sum = 0;
    for (let i = 0; i < BLOCK_TICKS; i += 1) {
      const l = this.#left[i] as number;
      const r = this.#right[i] as number;
      sum += l * l + r * r;
    }
    const power = sum / (2 * BLOCK_TICKS);
    this.#voiced =
      power > SPEECH_POWER ? Math.min(this.#voiced + 1, SPEECH_BLOCKS) : Math.max(0, this.#voiced - 0.5);
    this.#deadAir.watch(power, this.speakers.values(), due);
    const { cause, silence } = this.#deadAir;
    const fill = cause !== undefined && silence >= MUSIC_AFTER[cause];
    if (fill !== this.#filling) {
      this.#filling = fill;
      this.#musicFader.move(fill ? FILL_POSITION : 0, fill ? TO_FILL : TO_STAGE);
    }
    const spoke = this.#voiced >= SPEECH_BLOCKS && this.#state.firstSpeech === undefined;
    if (spoke) this.#state.firstSpeech = epochMs(wall - SPEECH_BLOCKS * 20);
    const carries = fill ? 'standby' : 'stage';
    if (spoke || cause !== this.#state.deadAir?.cause || carries !== this.#state.carries)
      this.#say(
        wall,
        carries,
        cause && { cause, since: this.#state.deadAir?.since ?? epochMs(wall - silence) },
      );
  }

  #say(wall: EpochMs, carries: Carries, deadAir?: MixerState['deadAir']): void {
    const { firstSpeech } = this.#state;
    const since = carries === this.#state.carries ? this.#state.since : wall;
    this.#state = {
      carries,
      since,
      ...(deadAir && { deadAir }),
      ...(firstSpeech !== undefined && { firstSpeech }),
    };
    this.#changed(this.state);
  }

  #blend(): void {
    const { gain: stageFrom } = this.#stageFader;
    const stageTo = this.#stageFader.advance();
    ramp(this.#left, stageFrom, stageTo);
    ramp(this.#right, stageFrom, stageTo);
    const { gain: from } = this.#musicFader;
    const to = this.#musicFader.advance();
    if (from === 0 && to === 0) return;
    const music = this.#musicBlock;
    this.#music.render(this.#musicAt, music);
    this.#musicAt += 1;
    const step = (to - from) / BLOCK_TICKS;
    let gain = from;
    for (let i = 0; i < BLOCK_TICKS; i += 1) {
      gain += step;
      this.#left[i] = (this.#left[i] as number) + (music[2 * i] as number) * gain;
      this.#right[i] = (this.#right[i] as number) + (music[2 * i + 1] as number) * gain;
    }
  }

  #deliver(tick: Ticks): PcmBlock {
    const out = this.#out;
    let stereo = false;
    let peak = 0;
    for (let i = 0; i < BLOCK_TICKS; i += 1) {
      const l = this.#left[i] as number;
      const r = this.#right[i] as number;
      out[2 * i] = l;
      out[2 * i + 1] = r;
      if (l !== r) stereo = true;
      peak = Math.max(peak, Math.abs(l), Math.abs(r));
    }
    this.#peaks[this.#count % LEVEL_BLOCKS] = peak;
    this.#count += 1;
    return { tick, stereo, samples: out };
  }
}

function ramp(samples: Float32Array, from: number, to: number): void {
  if (from === 1 && to === 1) return;
  const step = (to - from) / samples.length;
  let gain = from;
  for (let i = 0; i < samples.length; i += 1) {
    gain += step;
    samples[i] = (samples[i] as number) * gain;
  }
}
