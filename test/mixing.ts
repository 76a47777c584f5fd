/** Speakers, the network between them and a mixer, and a mixer on a manual clock. */
import { Application, createEncoder, type EncoderOptions, Signal } from 'libopus-wasm';
import type { SpeakerId } from '../src/base/ids.ts';
import { silentLog } from '../src/base/log.ts';
import type { Packet } from '../src/base/media.ts';
import { ms, ticks } from '../src/base/time.ts';
import { type MixerState, open, type Standby } from '../src/mixer/index.ts';
import { type ManualClock, manualClock } from './clock.ts';
import { seeded } from './sound.ts';

/** Silent standby, so that only the stage is measured. */
export const noMusic: Standby = { render: (_n, out) => void out.fill(0) };

/** One coded frame and the time when it was spoken, in ms. */
export interface Sent {
  readonly at: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly payload: Uint8Array;
}

/** Codes a mono sound as a browser does; `dtx` leaves out the packets that a browser leaves out. */
export async function spoken(
  sound: Float32Array,
  options: EncoderOptions = {},
  firstSequence = 65_500,
  firstTimestamp = 4_294_900_000,
): Promise<Sent[]> {
  const frame = options.frameSize ?? 960;
  const channels = options.channels ?? 1;
  const encoder = await createEncoder({
    application: Application.Voip,
    signal: Signal.Voice,
    bitrate: 32_000,
    packetLossPercent: options.fec ? 20 : 0,
    ...options,
    channels,
  });
  const sent: Sent[] = [];
  let sequence = firstSequence;
  let quiet = false;
  for (let at = 0; (at + frame) * channels <= sound.length; at += frame) {
    const payload = encoder.encodeFloat(sound.subarray(at * channels, (at + frame) * channels));
    const pause = options.dtx === true && payload.length <= 2;
    if (!(pause && quiet)) {
      sent.push({
        at: at / 48,
        sequence: sequence & 0xffff,
        timestamp: (firstTimestamp + at) >>> 0,
        payload,
      });
      sequence += 1;
    }
    quiet = pause;
  }
  encoder.free();
  return sent;
}

/** Effects of a network on packets: shares from 0 to 1, times in ms, the sender's clock in parts per million. */
export interface Network {
  readonly loss?: number;
  readonly duplicate?: number;
  readonly delay?: number;
  readonly jitter?: number;
  readonly driftPpm?: number;
  readonly seed?: number;
}

/** The packets in order of arrival; `from` is when the first was sent. */
export function carried(id: SpeakerId, sent: readonly Sent[], from: number, network: Network = {}): Packet[] {
  const random = seeded(network.seed ?? 7);
  const draw = (): number => (random() + 1) / 2;
  const arrivals: Packet[] = [];
  for (const { at, ...packet } of sent) {
    const arrival = from + at / (1 + (network.driftPpm ?? 0) / 1e6) + (network.delay ?? 20);
    const lost = draw() < (network.loss ?? 0);
    const late = draw() * (network.jitter ?? 0);
    if (lost) continue;
    arrivals.push({ speaker: id, ...packet, arrival: ms(arrival + late) });
    if (draw() < (network.duplicate ?? 0))
      arrivals.push({ speaker: id, ...packet, arrival: ms(arrival + late + 20 * draw()) });
  }
  return arrivals.sort((a, b) => a.arrival - b.arrival);
}

/** A mixer whose blocks are kept. */
export interface Bench extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly mixer: Awaited<ReturnType<typeof open>>;
  readonly states: { at: number; state: MixerState }[];
  readonly blocks: { tick: number; at: number; stereo: boolean }[];
  /** All sound so far, left channel. */
  sound(): Float32Array;
  /** All sound so far, interleaved. */
  both(): Float32Array;
  join(...ids: SpeakerId[]): Promise<void>;
  /** Lets `time` ms pass while `packets` arrive. */
  pass(time: number, packets?: readonly Packet[]): void;
}

/** Opens a mixer on a manual clock; the stage is on the program from the start unless `live` is false. */
export async function openBench(
  options: { music?: Standby; live?: boolean; keep?: boolean } = {},
): Promise<Bench> {
  const clock = manualClock();
  const kept: Float32Array[] = [];
  const blocks: Bench['blocks'] = [];
  const states: Bench['states'] = [];
  const mixer = await open({
    clock,
    log: silentLog,
    firstTick: ticks(0),
    due: ms(0),
    music: options.music ?? noMusic,
    block({ samples, tick, stereo }) {
      blocks.push({ tick, at: clock.now(), stereo });
      if (options.keep !== false) kept.push(samples.slice());
    },
    state: (state) => states.push({ at: clock.now(), state }),
  });
  if (options.live !== false) mixer.live(true);
  const both = (): Float32Array => {
    const all = new Float32Array(kept.length * 1920);
    for (const [index, samples] of kept.entries()) all.set(samples, index * 1920);
    return all;
  };
  return {
    clock,
    mixer,
    states,
    blocks,
    both,
    sound: () => both().filter((_, index) => index % 2 === 0),
    async join(...ids) {
      for (const id of ids) mixer.join(id);
      await new Promise((resolve) => setImmediate(resolve));
    },
    pass(time, packets = []) {
      const end = clock.now() + time;
      for (const packet of packets) {
        if (packet.arrival > clock.now()) clock.advance(packet.arrival - clock.now());
        mixer.packet(packet);
      }
      if (end > clock.now()) clock.advance(end - clock.now());
    },
    [Symbol.asyncDispose]: () => mixer[Symbol.asyncDispose](),
  };
}

/** The smallest signal-to-rest ratio of a tone in any 10 ms of a stretch, dB, and the range of its level, linear. */
export function toneFit(sound: Float32Array, hertz: number, from: number, to: number) {
  let worst = Number.POSITIVE_INFINITY;
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  const size = 480;
  for (let at = Math.round(from); at + size <= to; at += size / 2) {
    let sc = 0;
    let ss = 0;
    let cc = 0;
    let xs = 0;
    let xc = 0;
    let xx = 0;
    for (let i = 0; i < size; i++) {
      const s = Math.sin((2 * Math.PI * hertz * i) / 48_000);
      const c = Math.cos((2 * Math.PI * hertz * i) / 48_000);
      const x = sound[at + i] ?? 0;
      sc += s * c;
      ss += s * s;
      cc += c * c;
      xs += x * s;
      xc += x * c;
      xx += x * x;
    }
    const det = ss * cc - sc * sc;
    const a = (xs * cc - xc * sc) / det;
    const b = (xc * ss - xs * sc) / det;
    const explained = a * xs + b * xc;
    worst = Math.min(worst, 10 * Math.log10((explained + 1e-15) / Math.max(1e-15, xx - explained)));
    const level = Math.hypot(a, b);
    least = Math.min(least, level);
    most = Math.max(most, level);
  }
  return { worst, least, most };
}
