import { writeFileSync } from 'node:fs';
import type { BrowserContext, Page } from 'playwright-core';
import { wavFile } from '../../test/sound-file.ts';
import { RATE } from './sound.ts';

/** Steps of the scale that a host's microphone plays, each another tone: what was said can be told from its pitch. */
export const STEPS = 16;
/** Length of a step, ms. */
export const STEP_MS = 250;
const LOWEST = 480;
/** One step is so much higher than the one before: a sound played 4 % faster is still nearest to its own step. */
const RATIO = 1.12;
/** The tone of whoever comes on stage. */
const PILOT = 3_900;

/** Writes the scale, over and over, for a fake microphone. */
export function writeScale(path: string): void {
  const length = (STEPS * STEP_MS * RATE) / 1000;
  const samples = new Float32Array(length);
  let phase = 0;
  for (let i = 0; i < length; i++) {
    const step = Math.floor((i * 1000) / RATE / STEP_MS);
    phase += (2 * Math.PI * LOWEST * RATIO ** step) / RATE;
    samples[i] = 0.3 * Math.sin(phase);
  }
  writeFileSync(path, wavFile(samples, 1));
}

/** Writes the tone by which whoever comes on stage is recognised in a mix. */
export function writePilot(path: string): void {
  const samples = new Float32Array(RATE);
  for (let i = 0; i < RATE; i++) samples[i] = 0.2 * Math.sin((2 * Math.PI * PILOT * i) / RATE);
  writeFileSync(path, wavFile(samples, 1));
}

/** What was heard in 21 ms: wall-clock ms, the step of the scale or −1, whether the pilot was there, and of what. */
export type HeardAt = readonly [at: number, step: number, pilot: boolean, from: 'program' | 'stage'];

/**
 * Notes what each page of a context plays, by what reaches its loudspeaker: elements while they are audible, and audio
 * graphs. An audio thread counts every sample, however busy the page is. Call it before the pages are opened.
 */
export async function noteWhatIsHeard(context: BrowserContext): Promise<void> {
  await context.addInitScript(
    ({ steps, lowest, ratio, pilot, code }) => {
      const heard: HeardAt[] = [];
      (window as any).heardSteps = heard;
      const sources: AudioNode[] = [];
      const graph = new AudioContext({ sampleRate: 48_000 });
      const loaded = graph.audioWorklet?.addModule(
        URL.createObjectURL(new Blob([code], { type: 'text/javascript' })),
      );
      const connect = AudioNode.prototype.connect;
      const tap = async (stream: MediaStream, open: () => boolean, from: 'program' | 'stage') => {
        await loaded;
        void graph.resume();
        const ear = new AudioWorkletNode(graph, 'steps', {
          processorOptions: { steps, lowest, ratio, pilot },
        });
        const source = graph.createMediaStreamSource(stream);
        // A source that is not kept is collected, and silent.
        sources.push(source, ear);
        (connect as any).call(source, ear);
        ear.port.onmessage = ({ data }) => {
          const [at, step, isPilot] = data;
          if (open())
            heard.push([
              performance.timeOrigin + performance.now() - (graph.currentTime - at) * 1000,
              step,
              isPilot,
              from,
            ]);
        };
      };
      AudioNode.prototype.connect = function (this: AudioNode, to: any, ...more: any[]) {
        if (to instanceof AudioDestinationNode && this.context !== graph) {
          const copy = (this.context as AudioContext).createMediaStreamDestination();
          (connect as any).call(this, copy);
          void tap(copy.stream, () => true, 'stage');
        }
        return (connect as any).call(this, to, ...more);
      } as any;
      const play = HTMLMediaElement.prototype.play;
      const known = new WeakSet<object>();
      HTMLMediaElement.prototype.play = function (this: HTMLMediaElement) {
        const element = this as any;
        const audible = (): boolean => !element.muted && !element.paused && element.volume > 0.01;
        if (element.srcObject && !known.has(element.srcObject)) {
          known.add(element.srcObject);
          void tap(element.srcObject, audible, 'stage');
        } else if (!element.srcObject && !known.has(element)) {
          known.add(element);
          element.addEventListener('playing', () => {
            const stream: MediaStream = element.captureStream();
            const take = (): void => {
              if (stream.getAudioTracks().length > 0) void tap(stream, audible, 'program');
            };
            stream.addEventListener('addtrack', take);
            take();
          });
        }
        return play.call(this);
      };
    },
    { steps: STEPS, lowest: LOWEST, ratio: RATIO, pilot: PILOT, code: `(${countSteps})()` },
  );
}

/** Runs on the page's audio thread: the pitch of each 1,024 samples by the times at which it crosses zero. */
function countSteps(): void {
  const scope = globalThis as any;
  class Steps extends scope.AudioWorkletProcessor {
    #options: { lowest: number; ratio: number; steps: number; pilot: number };
    #last = new Float32Array(1_024);
    #filled = 0;
    constructor({ processorOptions }: any) {
      super();
      this.#options = processorOptions;
    }
    process([input]: Float32Array[][]): boolean {
      const samples = input?.[0];
      if (!samples) return true;
      this.#last.set(samples, this.#filled);
      this.#filled += samples.length;
      if (this.#filled < 1_024) return true;
      this.#filled = 0;
      const { lowest, ratio, steps, pilot } = this.#options;
      let [square, first, last, crossings] = [0, -1, -1, 0];
      for (let i = 1; i < 1_024; i++) {
        const [before, now] = [this.#last[i - 1] ?? 0, this.#last[i] ?? 0];
        square += now * now;
        if (before >= 0 || now < 0) continue;
        last = i - now / (now - before);
        if (first < 0) first = last;
        else crossings += 1;
      }
      if (square < 1e-3) return true;
      const near = Math.round(Math.log((48_000 * crossings) / (last - first) / lowest) / Math.log(ratio));
      let step = crossings > 5 && near >= 0 && near < steps ? near : -1;
      const isPilot = this.#power(pilot) > 1e-5 && this.#power(pilot) > 30 * this.#power(pilot * 1.06);
      // Two tones at once: the loudest step is found by its power, not by its crossings.
      if (isPilot) {
        const powers = Array.from({ length: steps }, (_, i) => this.#power(lowest * ratio ** i));
        const most = Math.max(...powers);
        step = most > 1e-5 ? powers.indexOf(most) : -1;
      }
      if (step >= 0 || isPilot) (this as any).port.postMessage([scope.currentTime, step, isPilot]);
      return true;
    }
    #power(tone: number): number {
      const step = 2 * Math.cos((2 * Math.PI * tone) / 48_000);
      let [a, b] = [0, 0];
      for (let i = 0; i < 1_024; i++) [a, b] = [(this.#last[i] ?? 0) + step * a - b, a];
      return (a * a + b * b - step * a * b) / (512 * 512);
    }
  }
  scope.registerProcessor('steps', Steps);
}

/** What a page has heard since a moment, wall-clock ms. */
export const heardSteps = (page: Page, since = 0): Promise<HeardAt[]> =>
  page.evaluate((from) => (window as any).heardSteps.filter(([at]: HeardAt) => at > from), since);

/** When something was first heard for 60 ms: one look alone may see anything. */
export function firstHeard(heard: readonly HeardAt[], is: (look: HeardAt) => boolean): number | undefined {
  const looks = heard.filter(is);
  return looks.find(([at], i) => (looks[i + LOOKS - 1]?.[0] ?? Infinity) - at < 4 * LOOK_MS)?.[0];
}

/** What was missed of a scale that went on all the time. */
export interface Missed {
  /** Steps that were left out between the first and the last sound. */
  readonly missed: number;
  /** Different steps heard, in order. */
  readonly steps: number;
  /** Where steps were left out: the step before and after, and when. */
  readonly where: readonly string[];
}

const LOOK_MS = 1_024 / 48;
/** Looks of 21 ms in which a step must be heard to count, of the twelve that it lasts. */
const LOOKS = 3;

/**
 * The steps of the scale that were left out between the first and the last sound, counted over its turns. A step counts
 * as heard with three looks in all while it is the next one: a look between two tones may see anything.
 */
export function missedSteps(heard: readonly HeardAt[]): Missed {
  const looks = heard.filter(([, step]) => step >= 0).toSorted(([a], [b]) => a - b);
  let newest = looks[0]?.[1] ?? 0;
  let newestAt = looks[0]?.[0] ?? 0;
  let [missed, steps] = [0, 0];
  let ahead: { readonly by: number; readonly at: number }[] = [];
  const where: string[] = [];
  for (const [at, step, , from] of looks) {
    const by = (step - newest + STEPS) % STEPS;
    // What is heard again is nothing new.
    if (by === 0 || by > STEPS / 2) continue;
    ahead = [...ahead.filter((one) => at - one.at < 2 * STEP_MS), { by, at }];
    const same = ahead.filter((one) => one.by === by).length;
    // Something later than the next step must be heard for long: the next one may still come.
    if (same < (by === 1 ? LOOKS : 3 * LOOKS)) continue;
    if (by > 1) where.push(`${newest} → ${step} (${from}, ${Math.round(at - newestAt)} ms)`);
    missed += by - 1;
    steps += 1;
    newest = step;
    newestAt = at;
    ahead = [];
  }
  return { missed, steps, where };
}
