import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import type { BrowserContext, Page } from 'playwright-core';
import { wavFile } from '../../test/sound-file.ts';
import { RATE, writeSpeech } from './sound.ts';

/** Steps of the scale that a host's microphone plays, each another tone: what was said can be told from its pitch. */
export const STEPS = 48;
/** Length of a step, ms. */
export const STEP_MS = 250;
const LOWEST = 500;
const APART = 40;
/** The tone under the speech of whoever comes on stage. */
export const PILOT = 3_200;

/** Writes the scale, over and over, for a fake microphone. */
export function writeScale(path: string): void {
  const length = (STEPS * STEP_MS * RATE) / 1000;
  const samples = new Float32Array(length);
  let phase = 0;
  for (let i = 0; i < length; i++) {
    const step = Math.floor((i * 1000) / RATE / STEP_MS);
    phase += (2 * Math.PI * (LOWEST + APART * step)) / RATE;
    samples[i] = 0.3 * Math.sin(phase);
  }
  writeFileSync(path, wavFile(samples, 1));
}

/** Writes real speech with a faint tone under it, by which it is recognised in a mix. */
export function writeSpeechWithPilot(path: string): void {
  const speech = `${path}.speech.wav`;
  writeSpeech(
    speech,
    'Good evening. I would like to ask about the budget, and about the school, and who pays for it.',
  );
  const made = spawnSync('sox', [
    ...['-m', '-v', '0.5', speech, '-v', '0.25', '|sox -n -r 48000 -c 1 -p synth 8 sine 3200'],
    ...['-r', '48000', '-c', '1', '-b', '16', path],
  ]);
  if (made.status !== 0) throw new Error(String(made.stderr));
}

/** What was heard at one moment: wall-clock ms, the step of the scale or −1, whether the pilot was there, and of what. */
export type HeardAt = readonly [at: number, step: number, pilot: boolean, from: 'program' | 'stage'];

/**
 * Notes what each page of a context plays, by what reaches its loudspeaker: elements at their volume, and audio
 * graphs. Call it before the pages are opened.
 */
export async function noteWhatIsHeard(context: BrowserContext): Promise<void> {
  await context.addInitScript(
    ({ steps, lowest, apart, pilot }) => {
      const heard: HeardAt[] = [];
      (window as any).heardSteps = heard;
      let graph: AudioContext | undefined;
      const taps: { analyser: AnalyserNode; gain: () => number; from: 'program' | 'stage' }[] = [];
      const tap = (stream: MediaStream, gain: () => number, from: 'program' | 'stage'): void => {
        graph ??= new AudioContext({ sampleRate: 48_000 });
        const analyser = graph.createAnalyser();
        analyser.fftSize = 4096;
        analyser.smoothingTimeConstant = 0;
        graph.createMediaStreamSource(stream).connect(analyser);
        taps.push({ analyser, gain, from });
      };
      const connect = AudioNode.prototype.connect;
      AudioNode.prototype.connect = function (this: AudioNode, to: any, ...more: any[]) {
        if (to instanceof AudioDestinationNode && this.context !== graph) {
          const copy = (this.context as AudioContext).createMediaStreamDestination();
          (connect as any).call(this, copy);
          tap(copy.stream, () => 1, 'stage');
        }
        return (connect as any).call(this, to, ...more);
      } as any;
      const play = HTMLMediaElement.prototype.play;
      const known = new WeakSet<object>();
      HTMLMediaElement.prototype.play = function (this: HTMLMediaElement) {
        const element = this as any;
        const volume = (): number => (element.muted || element.paused ? 0 : element.volume);
        if (element.srcObject && !known.has(element.srcObject)) {
          known.add(element.srcObject);
          tap(element.srcObject, volume, 'stage');
        } else if (!element.srcObject && !known.has(element)) {
          known.add(element);
          const begin = (): void => {
            const stream: MediaStream = element.captureStream();
            const take = (): void => {
              if (stream.getAudioTracks().length > 0) tap(stream, volume, 'program');
            };
            stream.addEventListener('addtrack', take);
            take();
          };
          element.addEventListener('playing', begin);
        }
        return play.call(this);
      };
      const bins = new Float32Array(2048);
      setInterval(() => {
        for (const { analyser, gain, from } of taps) {
          if (gain() <= 0.01) continue;
          analyser.getFloatFrequencyData(bins);
          const width = 48_000 / 4096;
          let best = -1;
          let level = -70;
          for (let step = 0; step < steps; step++) {
            const at = Math.round((lowest + apart * step) / width);
            const here = Math.max(bins[at - 1] ?? -200, bins[at] ?? -200, bins[at + 1] ?? -200);
            if (here > level) [best, level] = [step, here];
          }
          const at = Math.round(pilot / width);
          const there = Math.max(bins[at - 1] ?? -200, bins[at] ?? -200, bins[at + 1] ?? -200);
          const around = Math.max(bins[at - 12] ?? -200, bins[at + 12] ?? -200);
          const isPilot = there > -75 && there > around + 15;
          if (best >= 0 || isPilot)
            heard.push([performance.timeOrigin + performance.now(), best, isPilot, from]);
        }
      }, 20);
    },
    { steps: STEPS, lowest: LOWEST, apart: APART, pilot: PILOT },
  );
}

/** What a page has heard so far. */
export const heardSteps = (page: Page): Promise<HeardAt[]> => page.evaluate(() => (window as any).heardSteps);

/** The steps of the scale that were left out between the first and the last sound, counted over its turns. */
export function missedSteps(heard: readonly HeardAt[]): { readonly missed: number; readonly steps: number } {
  const counts: { step: number; times: number }[] = [];
  for (const [, step] of heard) {
    if (step < 0) continue;
    const last = counts.at(-1);
    if (last?.step === step) last.times += 1;
    else counts.push({ step, times: 1 });
  }
  // A single look between two tones may see either.
  const sure = counts.filter(({ times }) => times > 1).map(({ step }) => step);
  let newest = sure[0] ?? 0;
  let [missed, steps] = [0, 0];
  for (const step of sure) {
    const ahead = (step - newest + STEPS) % STEPS;
    // A word that is heard again is no new one.
    if (ahead === 0 || ahead > STEPS / 2) continue;
    missed += ahead - 1;
    steps += 1;
    newest = step;
  }
  return { missed, steps };
}
