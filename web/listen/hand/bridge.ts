/** From the program to the stage and back, without losing a word and without hearing oneself. */
import { levelOf } from '../../capture/microphone.ts';
import type { Sound } from '../sound.ts';
import { FASTER, ShrinkingDelay } from './shrinking-delay.ts';
import { type WayBack, wayBack } from './way-back.ts';

/**
 * By how much the stage is ahead of the program beyond what the program's clock says, in seconds: the mixer waits
 * 0.2 to 0.4 s for packets, the stage takes less than a tenth of a second to this page.
 */
const MIXER = 0.32;
/** The stage needs this long from the first packet until its sound is whole, seconds. */
const WHOLE = 0.15;
/** A program that is later than this is not waited for: nobody can talk with half a minute between, seconds. */
const MOST_LATE = 6;
const FADE = 0.06;
/** The audio graph runs within this time, or the browser wants a tap first, ms. */
const RUNNING_MS = 1_000;
const TICK_MS = 20;
/**
 * The microphone is closed for so long before the stage is left: in the program one's own voice is past by then, seconds.
 * The mixer's buffer is at most 0.4 s deep.
 */
const BREATH = 0.4;
/**
 * On the way back the program begins when it has got so far beyond the moment at which the stage was left, seconds. What
 * was heard last on stage is at least 0.1 s later in it: some of it is heard twice, nothing is left out.
 */
const BEYOND = 0.05;
/** The program has begun within this time or the page says why by itself, ms. */
const BEGUN_MS = 8_000;

/** What the way between program and stage needs. */
export interface BridgeOptions {
  readonly sound: Sound;
  /** The server's wall clock, ms. */
  now(): number;
  /** Wall-clock ms at which the program's time began. */
  readonly zero: number | undefined;
  /** Called when the stage itself is heard, no longer delayed: its elements play from then on. */
  direct(): void;
}

/** The stage in this person's ears, first as late as the program was. */
export interface Bridge {
  /** A voice of the stage. */
  voice(track: MediaStreamTrack): void;
  /** The stage can be heard from now on: fades over to it. Resolves when the microphone may be opened. */
  up(): Promise<void>;
  /**
   * Back to the program, from the moment at which the stage is left: after a breath in which the microphone, closed
   * already, and the program both run on. `leave` is called then.
   */
  down(leave: () => void): Promise<void>;
}

const later = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Opens the way; nothing changes before `up`. Call it from a tap or while sound plays. */
export function openBridge({ sound, now, zero, direct }: BridgeOptions): Bridge {
  const { audio, player } = sound;
  const context = new AudioContext({ latencyHint: 'interactive' });
  const input = context.createGain();
  const line = context.createDelay(MOST_LATE + 1);
  const gain = context.createGain();
  const meter = context.createAnalyser();
  meter.fftSize = 1024;
  const samples = new Float32Array(meter.fftSize);
  gain.gain.value = 0;
  input.connect(meter);
  input.connect(line).connect(gain).connect(context.destination);
  let timer: ReturnType<typeof setInterval> | undefined;
  // `on`: the stage is heard instead of the program, which was muted or not `before`.
  let [on, over, before] = [false, false, false];

  /** How far the program is behind the stage, seconds. */
  const late = (): number | undefined => {
    const { position } = player;
    if (position === undefined || zero === undefined || sound.replay) return undefined;
    const behind = (now() - zero) / 1000 - position;
    return behind > 0 ? behind + MIXER : undefined;
  };
  const follow = (catching: ShrinkingDelay): void => {
    shrink(line.delayTime, catching.delay, context.currentTime);
    timer = setInterval(() => {
      const at = context.currentTime;
      meter.getFloatTimeDomainData(samples);
      catching.heard(at, levelOf(samples));
      const { delay, skipped } = catching.step(at);
      if (skipped) shrink(line.delayTime, delay, at);
      if (delay > 0) return;
      clearInterval(timer);
      finish();
    }, TICK_MS);
  };
  const finish = (): void => {
    direct();
    gain.gain.setTargetAtTime(0, context.currentTime, FADE / 3);
    setTimeout(() => void context.close(), 500);
  };
  /** Whatever makes the program audible while somebody is on stage, a key or a lock screen, is undone. */
  const hold = (): void => {
    if (on && !audio.muted) audio.muted = true;
  };
  /**
   * The program runs on unheard, which costs as much as listening: the way back needs it at once, and a new
   * connection would take longer than the program is behind the stage. It counts as inaudible.
   */
  const silence = (): void => {
    before = audio.muted;
    on = true;
    audio.muted = true;
    audio.addEventListener('volumechange', hold);
  };
  return {
    voice(track) {
      if (context.state !== 'closed')
        context.createMediaStreamSource(new MediaStream([track])).connect(input);
    },
    async up() {
      // The delay line fills from when it runs: a busy machine takes a while to begin.
      await Promise.race([context.resume(), later(RUNNING_MS)]);
      await later(WHOLE * 1000);
      const begun = context.currentTime;
      const behind = sound.on ? late() : undefined;
      if (behind === undefined || behind > MOST_LATE) {
        silence();
        finish();
        return;
      }
      // The delay line fills while the program plays on: then both say the same words.
      void (async () => {
        while (context.currentTime - begun < (late() ?? 0)) await later(TICK_MS);
        const delay = Math.min(late() ?? behind, MOST_LATE);
        line.delayTime.value = delay;
        gain.gain.setValueAtTime(0, context.currentTime);
        gain.gain.linearRampToValueAtTime(1, context.currentTime + FADE);
        await later(FADE * 1000);
        if (over) return;
        silence();
        follow(new ShrinkingDelay(delay));
      })();
    },
    async down(leave) {
      over = true;
      const away = on;
      on = false;
      audio.removeEventListener('volumechange', hold);
      // The program was heard all the time.
      if (!away) {
        await later(BREATH * 1000);
        if (context.state !== 'closed') void context.close();
        return leave();
      }
      const start = performance.now();
      /** The stage as it is heard now, on the wall clock: while it is still delayed, it is as much older. */
      const heard = (): number => now() - (context.state === 'closed' ? 0 : line.delayTime.value * 1000);
      try {
        if (!sound.on || sound.replay) sound.live();
        // Both run on during the breath: the program steps back before it, unheard.
        else step(audio, wayTo(sound, zero, heard()));
        await later(BREATH * 1000);
        clearInterval(timer);
        const left = heard();
        if (context.state !== 'closed') void context.close();
        leave();
        const way = (): WayBack | undefined => wayTo(sound, zero, left);
        while (way() === undefined && waiting(start)) await later(TICK_MS);
        const then = way();
        step(audio, then);
        // It was paused, and took so long that it is beyond that moment: the recording has it.
        if (then?.by === 'recording') await sound.back({ wall: left + BEYOND * 1000 });
        else await reached(way, start);
      } finally {
        audio.muted = before;
      }
    },
  };
}

/** One ramp to the end, on the audio thread: a busy page must not make voices wobble. */
function shrink(time: AudioParam, delay: number, at: number): void {
  time.cancelScheduledValues(at);
  time.setValueAtTime(delay, at);
  if (delay > 0) time.linearRampToValueAtTime(0, at + delay / FASTER);
}

const waiting = (start: number): boolean => performance.now() - start < BEGUN_MS;

/** How the program gets to where it begins when the stage was left at `left`, wall-clock ms; undefined while unknown. */
function wayTo({ audio, player }: Sound, zero: number | undefined, left: number): WayBack | undefined {
  const { position } = player;
  if (position === undefined || zero === undefined) return undefined;
  return wayBack((left - zero) / 1000 + BEYOND, position, audio.buffered);
}

/** Goes back within what the player has. */
function step(audio: HTMLAudioElement, way: WayBack | undefined): void {
  if (way?.by === 'stepping') audio.currentTime = way.to;
}

/** Waits until the program has got to a moment. */
async function reached(way: () => WayBack | undefined, start: number): Promise<void> {
  for (let it = way(); it?.by === 'waiting' && it.wait > 0 && waiting(start); it = way())
    await later(TICK_MS);
}
