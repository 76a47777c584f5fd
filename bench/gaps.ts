/**
 * Ten minutes of listening. A continuous tone that contains a counter goes into one Chromium's microphone and is read
 * from another Chromium's decoded sound. Every gap, every repeated and every missing second is counted.
 * `npm run bench -- gaps [seconds]`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBrowser } from '../e2e/rig/browser.ts';
import { goLive, joinStage, listenTo, startRoom } from '../e2e/rig/people.ts';
import { startServer } from '../e2e/rig/server.ts';
import { RATE, writeWav } from '../e2e/rig/sound.ts';

const SECONDS = Number(process.argv[2] ?? 600);
/** In second n the first 150 ms are a burst of `FIRST + STEP · (n mod COUNT)` Hz. */
const [FIRST, STEP, COUNT] = [1000, 200, 16];

/** A continuous 300 Hz tone, and the counter. */
function countingTone(seconds: number): Float32Array {
  const samples = new Float32Array(seconds * RATE);
  for (let i = 0; i < samples.length; i++) {
    const t = i / RATE;
    const within = t % 1;
    const edge = Math.min(1, within / 0.005, (0.15 - within) / 0.005);
    const frequency = FIRST + STEP * (Math.floor(t) % COUNT);
    samples[i] =
      0.1 * Math.sin(2 * Math.PI * 300 * t) +
      (within < 0.15 ? 0.2 * edge * Math.sin(2 * Math.PI * frequency * t) : 0);
  }
  return samples;
}

// 512-sample windows: which of the sixteen tones is present, and is there any sound at all.
const WORKLET = `
registerProcessor('counter', class extends AudioWorkletProcessor {
  constructor({ processorOptions: o }) {
    super();
    this.k = Array.from({ length: o.count }, (_, i) => 2 * Math.cos(2 * Math.PI * (o.first + o.step * i) / sampleRate));
    this.window = new Float32Array(512); this.fill = 0; this.held = -1; this.runs = 0; this.quiet = 0;
  }
  process([input]) {
    const x = input[0] ?? new Float32Array(128);
    let peak = 0;
    for (let i = 0; i < x.length; i++) { const a = Math.abs(x[i]); if (a > peak) peak = a; this.window[this.fill++] = x[i]; }
    this.quiet = peak < 0.005 ? this.quiet + 128 : 0;
    if (this.quiet === 256) this.port.postMessage({ hole: currentTime });
    if (this.fill >= 512) {
      this.fill = 0;
      let best = -1, most = 0.02;
      for (let b = 0; b < this.k.length; b++) {
        let s1 = 0, s2 = 0;
        for (let i = 0; i < 512; i++) { const s0 = this.window[i] + this.k[b] * s1 - s2; s2 = s1; s1 = s0; }
        const amplitude = Math.sqrt(Math.max(0, s1 * s1 + s2 * s2 - this.k[b] * s1 * s2)) / 256;
        if (amplitude > most) { most = amplitude; best = b; }
      }
      if (best >= 0 && best === this.held) { if (++this.runs === 3) this.port.postMessage({ number: best, at: currentTime }); }
      else { this.held = best; this.runs = 1; }
    }
    return true;
  }
});`;

interface Counted {
  numbers: [number, number][];
  holes: number[];
}

const dir = mkdtempSync(join(tmpdir(), 'earshot-gaps-'));
writeWav(join(dir, 'tone.wav'), countingTone(SECONDS + 90));
await using server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' });
await using speaking = await startBrowser({ microphone: join(dir, 'tone.wav'), plainMicrophone: true });
await using listening = await startBrowser({});
const host = await startRoom(speaking, server.url, 'Gaps', 'Ana');
await joinStage(host);
await goLive(host);
const listener = await listenTo(listening, `${server.url}/r/${new URL(host.url()).pathname.split('/')[2]}`);
await new Promise((resolve) => setTimeout(resolve, 8000));
await listener.evaluate(
  async ({ worklet, first, step, count }) => {
    const context = new AudioContext({ sampleRate: 48_000 });
    await context.audioWorklet.addModule(
      URL.createObjectURL(new Blob([worklet], { type: 'text/javascript' })),
    );
    const node = new AudioWorkletNode(context, 'counter', { processorOptions: { first, step, count } });
    const counted: Counted = { numbers: [], holes: [] };
    (window as unknown as { counted: Counted }).counted = counted;
    node.port.onmessage = ({ data }) => {
      if (data.hole !== undefined) counted.holes.push(data.hole);
      if (data.number !== undefined) counted.numbers.push([data.number, data.at]);
    };
    const element = document.querySelector('audio');
    if (!element) throw new Error('no audio element');
    const tap = context.createMediaElementSource(element);
    tap
      .connect(node)
      .connect(new GainNode(context, { gain: 0 }))
      .connect(context.destination);
    tap.connect(context.destination);
  },
  { worklet: WORKLET, first: FIRST, step: STEP, count: COUNT },
);
await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000));
const { numbers, holes } = await listener.evaluate(() => (window as unknown as { counted: Counted }).counted);
let repeated = 0;
let missing = 0;
let worst = 0;
for (let i = 1; i < numbers.length; i++) {
  const [now, at] = numbers[i] ?? [0, 0];
  const [before, then] = numbers[i - 1] ?? [0, 0];
  const step = (now - before + COUNT) % COUNT;
  // More than one round of the counter may be missing; the clock tells how many.
  const turns = Math.max(0, Math.round((at - then - step) / COUNT));
  if (step === 0 && turns === 0) repeated += 1;
  else missing += step - 1 + turns * COUNT;
  if (step === 1 && turns === 0) worst = Math.max(worst, Math.abs(at - then - 1));
  if (step !== 1 || Math.abs(at - then - 1) > 0.1)
    console.log(
      `  after ${(at - (numbers[0]?.[1] ?? 0)).toFixed(1)} s: ${before} → ${now} in ${(at - then).toFixed(3)} s`,
    );
}
const span = (numbers.at(-1)?.[1] ?? 0) - (numbers[0]?.[1] ?? 0);
console.log(`\n| heard | seconds counted | missing | repeated | holes over 5 ms | worst deviation of one second |
|---|---|---|---|---|---|
| ${span.toFixed(0)} s | ${numbers.length} | ${missing} | ${repeated} | ${holes.filter((at) => at >= (numbers[0]?.[1] ?? 0)).length} | ${(worst * 1000).toFixed(0)} ms |`);
const said = server
  .output()
  .split('\n')
  .filter((line) => line.startsWith('{'));
if (said.length > 0) console.log(`\nthe server's log:\n${said.join('\n')}`);
rmSync(dir, { recursive: true, force: true });
