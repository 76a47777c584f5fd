/** The cost of encoding one program: CPU per rendition and in total, bitrates, boxes, the slowest step. */
import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { silentLog } from '../src/base/log.ts';
import type { Fragment, Rendition } from '../src/base/media.ts';
import { ticks } from '../src/base/time.ts';
import { loadCodecs, openEncoding } from '../src/packager/encoding.ts';
import { open } from '../src/packager/index.ts';
import { RENDITIONS } from '../src/wire/renditions.ts';
import { framesOf } from '../test/packaged.ts';
import { speechLike } from '../test/sound.ts';

const SECONDS = Number(process.argv[2] ?? 60);
const speech = speechLike(SECONDS, 7);
const blocks = Math.floor(speech.length / 960);
/** Two seconds. The cheapest piece shows the cost of the work; more than that comes from other load on the machine. */
const PIECE_BLOCKS = 100;
const samples = new Float32Array(1920);
const fill = (n: number): Float32Array => {
  for (let i = 0; i < 960; i++) samples[2 * i] = samples[2 * i + 1] = speech[n * 960 + i] ?? 0;
  return samples;
};
const cpu = (since?: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
};
const codecs = await loadCodecs();

async function measure(renditions: readonly Rendition[]) {
  const fragments: Fragment[] = [];
  using encoding = await openEncoding(codecs, renditions, 0, {
    fragment: (fragment) => fragments.push(fragment),
    failed: (_, error) => {
      throw error;
    },
  });
  let before = process.cpuUsage();
  const pieces: number[] = [];
  const steps: number[] = [];
  for (let n = 0; n < blocks; n++) {
    const from = performance.now();
    encoding.push(fill(n), false);
    steps.push(performance.now() - from);
    if ((n + 1) % PIECE_BLOCKS === 0) {
      pieces.push(cpu(before) / (PIECE_BLOCKS * 0.02));
      await setImmediate();
      before = process.cpuUsage();
    }
  }
  pieces.sort((a, b) => a - b);
  return {
    used: pieces[0] ?? 0,
    median: pieces[pieces.length >> 1] ?? 0,
    fragments,
    steps: steps.sort((a, b) => a - b),
  };
}

console.log(`${SECONDS} s of speech-like sound, mono; Node ${process.version}; lowest of pieces of 2 s`);
console.log('rendition     CPU-s/s   kbit/s sound   with framing   framing bytes/fragment');
for (const rendition of RENDITIONS) {
  const { used, fragments } = await measure([rendition]);
  const all = fragments.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const sound =
    rendition.container === 'fmp4'
      ? fragments.reduce(
          (sum, { bytes }) => sum + framesOf(bytes).reduce((s, frame) => s + frame.length, 0),
          0,
        )
      : undefined;
  const rate = (bytes: number): string => ((bytes * 8) / (fragments.length * 0.32) / 1000).toFixed(1);
  console.log(
    rendition.id.padEnd(12),
    used.toFixed(4).padStart(8),
    (sound === undefined ? '-' : rate(sound)).padStart(14),
    rate(all).padStart(14),
    (sound === undefined ? '-' : ((all - sound) / fragments.length).toFixed(0)).padStart(14),
  );
}
const { used, median, steps } = await measure(RENDITIONS);
const at = (share: number): string => (steps[Math.floor(share * (steps.length - 1))] ?? 0).toFixed(1);
console.log(`together, one thread: ${used.toFixed(4)} CPU-s/s, median ${median.toFixed(4)} (goal 0.14)`);
console.log(`a step of 20 ms takes: median ${at(0.5)} ms, 99 % ${at(0.99)} ms, slowest ${at(1)} ms`);

const peer = await nativeFfmpeg();
console.log(
  `native ffmpeg, the same eight encodes in the same minute: ${peer.toFixed(4)} CPU-s/s; ratio ${(used / peer).toFixed(2)}`,
);

const rss = process.memoryUsage().rss;
const began = performance.now();
let received = 0;
const pushedAt = new Map<number, number>();
const delays: number[] = [];
const packager = await open({
  log: silentLog,
  renditions: RENDITIONS,
  firstSeq: 0,
  tag: () => new Uint8Array(16),
  init: () => undefined,
  fragment({ seq }) {
    received++;
    const pushed = pushedAt.get(seq);
    if (pushed === undefined) return;
    delays.push(performance.now() - pushed);
    pushedAt.delete(seq);
  },
});
console.log(
  `open: ${(performance.now() - began).toFixed(0)} ms, ${((process.memoryUsage().rss - rss) / 1e6).toFixed(0)} MB more`,
);
const main = process.cpuUsage();
const loop = performance.eventLoopUtilization();
for (let n = 0; n < blocks; n++) {
  packager.push({ tick: ticks(n * 960), stereo: false, samples: fill(n) });
  if (n % 16 === 15) pushedAt.set((n - 15) / 16, performance.now());
  // Twice real time, so that a queue would become visible.
  await new Promise((resolve) => setTimeout(resolve, 10));
}
await packager[Symbol.asyncDispose]();
const busy = performance.eventLoopUtilization(loop);
console.log(
  `in a thread: ${(cpu(main) / SECONDS).toFixed(4)} CPU-s/s for the process, ` +
    `${(busy.active / SECONDS / 1000).toFixed(4)} s/s of the caller's thread; ${received} fragments`,
);
delays.sort((a, b) => a - b);
const delay = (share: number): string => (delays[Math.floor(share * (delays.length - 1))] ?? 0).toFixed(1);
console.log(`last block pushed to fragments out: median ${delay(0.5)} ms, 99 % ${delay(0.99)} ms`);

/** CPU-seconds per second of sound that the system's ffmpeg needs for the same codecs and bitrates, without boxes. */
async function nativeFfmpeg(): Promise<number> {
  const outputs = [...new Set(RENDITIONS.map(({ codec, bitrate }) => `${codec} ${bitrate}`))].flatMap(
    (encode) => {
      const [codec = '', bitrate = ''] = encode.split(' ');
      const encoder =
        { opus: ['libopus', '-compression_level', '5'], aac: ['aac'], mp3: ['libmp3lame'] }[codec] ?? [];
      return ['-map', '0:a', '-c:a', ...encoder, '-b:a', bitrate, '-f', 'null', '/dev/null'];
    },
  );
  const input = ['-f', 'f32le', '-ar', '48000', '-ac', '1', '-i', 'pipe:0'];
  const child = spawn('ffmpeg', ['-nostdin', '-hide_banner', '-benchmark', ...input, ...outputs], {
    stdio: 'pipe',
  });
  let said = '';
  child.stderr.on('data', (bytes) => {
    said += bytes;
  });
  child.stdin.end(Buffer.from(speech.buffer));
  await new Promise((resolve, reject) => child.once('close', resolve).once('error', reject));
  const [, user, system] = /bench: utime=([\d.]+)s stime=([\d.]+)s/.exec(said) ?? [];
  if (user === undefined) throw new Error(said);
  return (Number(user) + Number(system)) / SECONDS;
}
