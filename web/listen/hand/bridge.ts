/** From the program to the stage and back, without losing a word and without hearing oneself. */
import { levelOf } from '../../capture/microphone.ts';
import type { Sound } from '../sound.ts';
import { ShrinkingDelay } from './shrinking-delay.ts';

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
const TICK_MS = 20;
/** On the way back the program begins when it has got so far beyond the moment at which the stage was left, seconds. */
const BEYOND = 0.1;
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
  /** Back to the program, from the moment at which the stage was left. */
  down(): Promise<void>;
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
  let on = false;

  /** How far the program is behind the stage, seconds. */
  const late = (): number | undefined => {
    const { position } = player;
    if (position === undefined || zero === undefined || sound.replay) return undefined;
    const behind = (now() - zero) / 1000 - position;
    return behind > 0 ? behind + MIXER : undefined;
  };
  const follow = (catching: ShrinkingDelay): void => {
    timer = setInterval(() => {
      const at = context.currentTime;
      meter.getFloatTimeDomainData(samples);
      catching.heard(at, levelOf(samples));
      const { delay, skipped } = catching.step(at);
      if (skipped) line.delayTime.setValueAtTime(delay, at);
      else line.delayTime.linearRampToValueAtTime(delay, at + TICK_MS / 1000);
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
  /** Whatever begins the program while somebody is on stage, a key or a lock screen, is undone. */
  const hold = (): void => {
    if (on) sound.pause();
  };
  return {
    voice(track) {
      if (context.state !== 'closed')
        context.createMediaStreamSource(new MediaStream([track])).connect(input);
    },
    async up() {
      void context.resume();
      await later(WHOLE * 1000);
      const begun = context.currentTime;
      const behind = sound.on ? late() : undefined;
      on = true;
      if (behind === undefined || behind > MOST_LATE) {
        audio.addEventListener('play', hold);
        sound.pause();
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
        audio.addEventListener('play', hold);
        sound.pause();
        follow(new ShrinkingDelay(delay));
      })();
    },
    async down() {
      const left = now();
      on = false;
      clearInterval(timer);
      audio.removeEventListener('play', hold);
      if (context.state !== 'closed') void context.close();
      const { muted } = audio;
      audio.muted = true;
      try {
        sound.live();
        const start = performance.now();
        const reached = (): boolean => {
          const { position } = player;
          return (
            position !== undefined && zero !== undefined && zero + position * 1000 >= left + BEYOND * 1000
          );
        };
        while (player.position === undefined && performance.now() - start < BEGUN_MS) await later(TICK_MS);
        const { position } = player;
        const ahead =
          position === undefined || zero === undefined ? 0 : (zero + position * 1000 - left) / 1000 - BEYOND;
        // It took so long that the program is beyond that moment: the recording has it.
        if (ahead > BEYOND) await sound.back({ wall: left + BEYOND * 1000 });
        else while (!reached() && performance.now() - start < BEGUN_MS) await later(TICK_MS);
      } finally {
        audio.muted = muted;
      }
    },
  };
}
