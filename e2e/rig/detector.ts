import type { Page } from 'playwright-core';
import type { Tapped } from './browser.ts';

/** A burst of tone detected in a page: wall-clock ms of its first sample. */
export interface Onset {
  readonly at: number;
}

/** The sound detected in a page. */
export interface Heard {
  readonly onsets: readonly number[];
  /** Silences of 20 ms or more in continuous sound, [wall-clock ms, length ms]. */
  readonly holes: readonly (readonly [number, number])[];
  /** Loudest sample. */
  readonly peak: number;
  /** Seconds of sound examined. */
  readonly seconds: number;
}

// Runs in the audio thread. Goertzel over 128-sample blocks finds the tone, a level gate finds gaps. Gaps in the first
// second are ignored, because connecting the element to the graph makes one.
const WORKLET = `
registerProcessor('earshot-detector', class extends AudioWorkletProcessor {
  constructor({ processorOptions: o }) {
    super();
    this.k = 2 * Math.cos((2 * Math.PI * o.tone) / sampleRate);
    this.threshold = o.threshold;
    this.quietSince = -1; this.lastTone = -1; this.peak = 0; this.blocks = 0;
  }
  process([input]) {
    const x = input[0];
    const silent = !x || x.length === 0;
    let s1 = 0, s2 = 0, peak = 0;
    if (!silent) for (let i = 0; i < x.length; i++) {
      const s0 = x[i] + this.k * s1 - s2; s2 = s1; s1 = s0;
      const a = Math.abs(x[i]); if (a > peak) peak = a;
    }
    const power = Math.sqrt(Math.max(0, s1 * s1 + s2 * s2 - this.k * s1 * s2)) / 64;
    const t = currentTime;
    if (power > this.threshold) {
      if (t - this.lastTone > 0.3) this.port.postMessage({ onset: t });
      this.lastTone = t;
    }
    if (peak < 1e-4) { if (this.quietSince < 0) this.quietSince = t; }
    else { if (this.blocks > 375 && this.quietSince >= 0 && t - this.quietSince >= 0.02) this.port.postMessage({ hole: [this.quietSince, t - this.quietSince] }); this.quietSince = -1; }
    if (peak > this.peak) this.peak = peak;
    if (++this.blocks % 100 === 0) this.port.postMessage({ peak: this.peak, seconds: this.blocks * 128 / sampleRate });
    return true;
  }
});`;

interface Probe {
  onsets: number[];
  holes: [number, number][];
  peak: number;
  seconds: number;
}

/** Listens inside a page: to its microphone, to the other speakers, or to its audio element. */
export async function detect(
  page: Page,
  source: 'microphone' | 'element' | 'incoming',
  options: { tone?: number; threshold?: number; name?: string } = {},
): Promise<() => Promise<Heard>> {
  const name = options.name ?? source;
  await page.evaluate(
    async ({ worklet, source, tone, threshold, name }) => {
      const context = new AudioContext({ sampleRate: 48_000 });
      await context.audioWorklet.addModule(
        URL.createObjectURL(new Blob([worklet], { type: 'text/javascript' })),
      );
      const node = new AudioWorkletNode(context, 'earshot-detector', {
        processorOptions: { tone, threshold },
      });
      const probe: Probe = { onsets: [], holes: [], peak: 0, seconds: 0 };
      (window as unknown as Record<string, Probe>)[`probe_${name}`] = probe;
      const wall = (t: number): number =>
        performance.timeOrigin + performance.now() - (context.currentTime - t) * 1000;
      node.port.onmessage = ({ data }) => {
        if (data.onset !== undefined) probe.onsets.push(wall(data.onset));
        if (data.hole) probe.holes.push([wall(data.hole[0]), data.hole[1] * 1000]);
        if (data.peak !== undefined) {
          probe.peak = data.peak;
          probe.seconds = data.seconds;
        }
      };
      const mute = new GainNode(context, { gain: 0 });
      node.connect(mute).connect(context.destination);
      const known = new Set<unknown>();
      const take = (): void => {
        const { microphones, incoming } = (window as unknown as { tapped: Tapped }).tapped;
        const tracks = source === 'microphone' ? microphones : source === 'incoming' ? incoming : [];
        for (const track of tracks) {
          if (known.has(track)) continue;
          known.add(track);
          context.createMediaStreamSource(new MediaStream([track])).connect(node);
        }
        if (source !== 'element') return;
        for (const element of document.querySelectorAll('audio')) {
          if (known.has(element) || element.srcObject) continue;
          known.add(element);
          const tap = context.createMediaElementSource(element);
          tap.connect(node);
          tap.connect(context.destination);
        }
      };
      take();
      setInterval(take, 200);
      await context.resume();
    },
    { worklet: WORKLET, source, tone: options.tone ?? 1500, threshold: options.threshold ?? 0.08, name },
  );
  return () =>
    page.evaluate((key) => (window as unknown as Record<string, Probe>)[key] as Probe, `probe_${name}`);
}

/** For each onset at the far end, the ms since the latest matching one at the near end (0 to `limit`). */
export function delays(near: readonly number[], far: readonly number[], limit = 6000): number[] {
  const pairs: number[] = [];
  // Bursts are at unequal distances, so the shift that matches most of them is the delay.
  let best = { count: 0, shift: 0 };
  for (const a of near)
    for (const b of far) {
      const shift = b - a;
      if (shift < 0 || shift > limit) continue;
      const count = far.filter((f) => near.some((n) => Math.abs(f - n - shift) < 60)).length;
      if (count > best.count) best = { count, shift };
    }
  for (const f of far) {
    const n = near.find((candidate) => Math.abs(f - candidate - best.shift) < 60);
    if (n !== undefined) pairs.push(f - n);
  }
  return pairs;
}

/** The median; NaN of an empty list. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}
