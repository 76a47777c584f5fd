import { describe, expect, it } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { carried, openBench, type Sent, spoken, toneFit } from '../../test/mixing.ts';
import { power, speechLike, tone } from '../../test/sound.ts';
import type { SpeakerId } from '../base/ids.ts';
import { ms, ticks } from '../base/time.ts';
import { holdMusic } from './hold-music.ts';
import { ProgramClock } from './program-clock.ts';
import type { Standby } from './standby.ts';

const ANN = 'ann' as SpeakerId;
const BEN = 'ben' as SpeakerId;
const CHEAP = { complexity: 0 } as const;

/** Standby that is easy to distinguish from speech. */
const hum: Standby = {
  render(n, out) {
    for (let i = 0; i < 1920; i += 1)
      out[i] = 0.1 * Math.sin((2 * Math.PI * 200 * ((n * 960 + (i >> 1)) % 48_000)) / 48_000);
  },
};

/** A tone as an endless stream of packets, from one coded loop. */
async function endless(hertz: number): Promise<(from: number, seconds: number) => Sent[]> {
  const loop = (await spoken(tone(3, hertz, 0.15), CHEAP)).slice(50, 100);
  return (first, seconds) =>
    Array.from({ length: seconds * 50 }, (_, i) => {
      const n = first * 50 + i;
      return {
        at: i * 20,
        sequence: n & 0xffff,
        timestamp: n * 960,
        payload: (loop[n % 50] as Sent).payload,
      };
    });
}

/** The largest step between two neighbouring second differences of a sound: a click is a spike in it. */
function roughness(sound: Float32Array, from: number, to: number): number {
  let worst = 0;
  for (let i = from + 2; i < to; i += 1)
    worst = Math.max(worst, Math.abs((sound[i] ?? 0) - 2 * (sound[i - 1] ?? 0) + (sound[i - 2] ?? 0)));
  return worst;
}

describe('the program clock', () => {
  it('makes exactly 180,000 blocks in an hour, each within 10 ms of its due time', () => {
    const clock = manualClock();
    let blocks = 0;
    let lag = 0;
    clock.advance(3);
    using _ = new ProgramClock(clock, ticks(15_360), ms(7.5), (tick, due) => {
      if (tick !== 15_360 + blocks * 960 || due !== 7.5 + blocks * 20) throw new Error('not the next block');
      lag = Math.max(lag, clock.now() - due);
      if (clock.now() < due) throw new Error('a block before its time');
      blocks += 1;
    });
    clock.advance(3_600_000 + 4.5 - 0.001);
    expect(blocks).toBe(180_000);
    expect(lag).toBeLessThanOrEqual(10);
  });

  it('catches up after a standstill, block by block and in bursts', async () => {
    await using bench = await openBench({ keep: false });
    bench.pass(1000);
    const before = bench.blocks.length;
    bench.clock.stall(5000);
    bench.pass(0);
    bench.pass(1);
    const burst = bench.blocks.length - before;
    expect(burst).toBeGreaterThan(0);
    expect(burst).toBeLessThanOrEqual(100);
    bench.pass(100);
    expect(bench.blocks.map(({ tick }) => tick)).toEqual(bench.blocks.map((_, index) => index * 960));
    expect(bench.blocks.length).toBe(Math.floor(6101 / 20) + 1);
  });

  it('keeps its pace when somebody sets the wall clock', async () => {
    await using bench = await openBench({ keep: false });
    bench.pass(1000);
    bench.clock.stepWall(-3_600_000);
    bench.pass(1000);
    expect(bench.blocks.length).toBe(101);
  });

  it('plays what arrived during a standstill, not silence', async () => {
    await using bench = await openBench();
    const talk = await endless(440);
    await bench.join(ANN);
    bench.pass(5000, carried(ANN, talk(0, 5), 0));
    // Neither timers nor sockets ran. The overdue timer fires first; the packets are read right after it.
    bench.clock.stall(1000);
    const arrival = bench.clock.now();
    bench.clock.after(ms(0), () => {
      for (const packet of carried(ANN, talk(5, 1), 5000)) bench.mixer.packet({ ...packet, arrival });
    });
    bench.pass(2000, carried(ANN, talk(6, 2), 6000));
    expect(bench.mixer.stats(ANN)).toMatchObject({ concealed: 0, late: 0, lost: 0 });
    expect(toneFit(bench.sound(), 440, 3 * 48_000, 7.5 * 48_000).worst).toBeGreaterThan(20);
  });
});

describe('standby and stage', () => {
  it('cross without a click, quickly to the stage and slowly back, at an even power', async () => {
    await using bench = await openBench({ music: hum, live: false });
    const talk = await endless(440);
    await bench.join(ANN);
    bench.pass(8000, carried(ANN, talk(0, 8), 0));
    bench.mixer.live(true);
    bench.pass(4000, carried(ANN, talk(8, 4), 8000));
    bench.mixer.live(false);
    bench.pass(4000, carried(ANN, talk(12, 4), 12_000));
    const sound = bench.sound();
    expect(toneFit(sound, 200, 2 * 48_000, 8 * 48_000).worst).toBeGreaterThan(40);
    expect(toneFit(sound, 440, 8.8 * 48_000, 12 * 48_000).worst).toBeGreaterThan(20);
    expect(toneFit(sound, 200, 14.2 * 48_000, 16 * 48_000).worst).toBeGreaterThan(40);
    expect(toneFit(sound, 440, 8.45 * 48_000, 8.5 * 48_000).most).toBeGreaterThan(0.02);
    // Half a second into the way back, both are audible.
    expect(toneFit(sound, 440, 12.65 * 48_000, 12.75 * 48_000).least).toBeGreaterThan(0.03);
    const calm = roughness(sound, 9 * 48_000, 12 * 48_000);
    expect(roughness(sound, 7.9 * 48_000, 14.2 * 48_000)).toBeLessThan(1.3 * calm + 1e-3);
    for (let at = 2 * 48_000; at < 15.5 * 48_000; at += 2400)
      expect(power(sound, at, 2400)).toBeGreaterThan(0.002);
    expect(bench.states.map(({ state }) => state.carries)).toContain('stage');
    expect(bench.mixer.state().carries).toBe('standby');
  });

  it('plays nothing that was said before going live', async () => {
    await using bench = await openBench({ live: false });
    const secret = await endless(1000);
    const open = await endless(440);
    await bench.join(ANN);
    bench.pass(4000, carried(ANN, secret(0, 4), 0));
    bench.mixer.live(true);
    bench.pass(2000, carried(ANN, open(4, 2), 4000));
    // The 1 kHz tone would show in the second difference; only the edge between the two tones may show.
    const sound = bench.sound();
    expect(power(sound, 0, 200_000)).toBe(0);
    expect(toneFit(sound, 440, 4.35 * 48_000, 6 * 48_000).worst).toBeGreaterThan(15);
  });

  it('mutes what is said from then on, and plays what was said before', async () => {
    await using bench = await openBench();
    const talk = await endless(440);
    await bench.join(ANN);
    bench.pass(3000, carried(ANN, talk(0, 3), 0));
    bench.mixer.mute(ANN, true);
    bench.pass(2000, carried(ANN, talk(3, 2), 3000));
    bench.mixer.mute(ANN, false);
    bench.pass(1000, carried(ANN, talk(5, 1), 5000));
    const sound = bench.sound();
    expect(toneFit(sound, 440, 1 * 48_000, 3.15 * 48_000).worst).toBeGreaterThan(15);
    expect(power(sound, 3.3 * 48_000, 1.8 * 48_000)).toBe(0);
    expect(power(sound, 5.5 * 48_000, 4800)).toBeGreaterThan(1e-3);
  });

  it('lets a leaving speaker finish, then forgets them; the same person may return', async () => {
    await using bench = await openBench();
    const talk = await endless(440);
    await bench.join(ANN);
    bench.pass(3000, carried(ANN, talk(0, 3), 0));
    bench.mixer.leave(ANN);
    expect(bench.mixer.stats(ANN)).toBeUndefined();
    bench.pass(1000);
    expect(power(bench.sound(), 3 * 48_000, 7200)).toBeGreaterThan(1e-3);
    expect(power(bench.sound(), 3.5 * 48_000, 20_000)).toBe(0);
    await bench.join(ANN);
    bench.pass(2000, carried(ANN, talk(4, 2), 4000));
    expect(power(bench.sound(), 5 * 48_000, 20_000)).toBeGreaterThan(1e-3);
  });

  it('mixes twelve people who talk at once, under −1 dBFS and at full presence', async () => {
    await using bench = await openBench();
    const ids = Array.from({ length: 12 }, (_, i) => `s${i}` as SpeakerId);
    await bench.join(...ids);
    const voices = await Promise.all(ids.map((_, i) => spoken(speechLike(3, i + 1), CHEAP)));
    bench.pass(
      3000,
      ids
        .flatMap((id, i) => carried(id, voices[i] ?? [], 0, { jitter: 30, seed: i + 1 }))
        .sort((a, b) => a.arrival - b.arrival),
    );
    for (const id of ids) expect(bench.mixer.stats(id)).toMatchObject({ received: 150, lost: 0, late: 0 });
    const peak = bench.sound().reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    expect(20 * Math.log10(peak)).toBeLessThanOrEqual(-1);
    expect(power(bench.sound(), 48_000, 96_000)).toBeGreaterThan(0.01);
  });

  it('is stereo only while somebody sends stereo', async () => {
    await using bench = await openBench();
    const mono = await spoken(tone(2, 440, 0.2), CHEAP);
    const wide = new Float32Array(2 * 96_000);
    for (let i = 0; i < 96_000; i += 1) {
      wide[2 * i] = 0.2 * Math.sin(i / 20);
      wide[2 * i + 1] = 0.2 * Math.sin(i / 31);
    }
    const stereo = await spoken(wide, { ...CHEAP, channels: 2, bitrate: 96_000 });
    await bench.join(ANN, BEN);
    bench.pass(2500, carried(ANN, mono, 0));
    expect(bench.blocks.every((block) => !block.stereo)).toBe(true);
    bench.pass(2500, carried(BEN, stereo, 2500));
    expect(bench.blocks.filter((block) => block.stereo).length).toBeGreaterThan(90);
    expect(bench.blocks.at(-1)?.stereo).toBe(false);
  });

  it('reports its level', async () => {
    await using bench = await openBench({ music: hum, live: false });
    bench.pass(1000);
    expect(bench.mixer.level).toBeCloseTo(-20, 0);
    await using silent = await openBench();
    silent.pass(1000);
    expect(silent.mixer.level).toBe(-127);
  });
});

describe('dead air', () => {
  const causeAfter = (bench: Awaited<ReturnType<typeof openBench>>, from: number) =>
    bench.states.find(({ at, state }) => at >= from && state.deadAir);

  it('an empty stage is reported within 2 s, and covered by music at once', async () => {
    await using bench = await openBench({ music: hum });
    bench.pass(12_000);
    const told = causeAfter(bench, 0);
    expect(told?.state.deadAir?.cause).toBe('nobody-on-stage');
    expect(told?.at).toBeLessThanOrEqual(2050);
    expect(Math.abs((told?.state.deadAir?.since ?? 0) - (bench.clock.wall() - 12_000))).toBeLessThan(100);
    expect(bench.mixer.state()).toMatchObject({ carries: 'standby', deadAir: { cause: 'nobody-on-stage' } });
    expect(power(bench.sound(), 0.5 * 48_000, 1.4 * 48_000)).toBe(0);
    expect(power(bench.sound(), 2.5 * 48_000, 48_000)).toBeGreaterThan(0);
    const filled = toneFit(bench.sound(), 200, 11.5 * 48_000, 12 * 48_000);
    expect(filled.worst).toBeGreaterThan(30);
    expect(filled.most).toBeLessThan(0.07);
  });

  it('everyone muted is reported within 2 s of the last word', async () => {
    await using bench = await openBench();
    const talk = await endless(440);
    await bench.join(ANN);
    bench.pass(4000, carried(ANN, talk(0, 4), 0));
    bench.mixer.mute(ANN, true);
    bench.pass(3000, carried(ANN, talk(4, 3), 4000));
    const told = causeAfter(bench, 4000);
    expect(told?.state.deadAir?.cause).toBe('all-muted');
    expect(told?.at).toBeLessThanOrEqual(4000 + 250 + 2050);
  });

  it('missing packets are reported within 2 s of the last sound', async () => {
    await using bench = await openBench();
    const talk = await endless(440);
    await bench.join(ANN);
    bench.pass(7000, carried(ANN, talk(0, 4), 0));
    const told = causeAfter(bench, 0);
    expect(told?.state.deadAir?.cause).toBe('no-packets');
    // The buffer and the concealment last 350 ms longer than the packets.
    expect(told?.at).toBeLessThanOrEqual(4000 + 400 + 2050);
  });

  it('an open microphone without sound is reported as quiet within 2 s', async () => {
    await using bench = await openBench();
    await bench.join(ANN);
    const silence = await spoken(new Float32Array(5 * 48_000), CHEAP);
    bench.pass(5000, carried(ANN, silence, 0));
    const told = causeAfter(bench, 0);
    expect(told?.at).toBeLessThanOrEqual(2050);
    expect(bench.mixer.state().deadAir?.cause).toBe('quiet');
  });

  it('a pause under DTX is not dead air, until it is far too long', async () => {
    await using bench = await openBench();
    await bench.join(ANN);
    const sound = new Float32Array(16 * 48_000);
    sound.set(speechLike(3), 0);
    const sent = await spoken(sound, { ...CHEAP, dtx: true });
    const packets = carried(ANN, sent, 0);
    bench.pass(
      9000,
      packets.filter(({ arrival }) => arrival < 9000),
    );
    expect(bench.states.filter(({ at, state }) => at > 1000 && state.deadAir)).toEqual([]);
    bench.pass(
      7000,
      packets.filter(({ arrival }) => arrival >= 9000),
    );
    expect(bench.mixer.state().deadAir?.cause).toBe('quiet');
  });

  it('ends with the first word, and the music stops at once', async () => {
    await using bench = await openBench({ music: hum });
    const talk = await endless(440);
    await bench.join(ANN);
    bench.pass(14_000);
    bench.pass(3000, carried(ANN, talk(14, 3), 14_000));
    expect(bench.mixer.state()).toMatchObject({ carries: 'stage' });
    expect(bench.mixer.state().deadAir).toBeUndefined();
    expect(toneFit(bench.sound(), 440, 14.8 * 48_000, 17 * 48_000).worst).toBeGreaterThan(15);
  });

  it('there is none in the lobby', async () => {
    await using bench = await openBench({ live: false });
    bench.pass(10_000);
    expect(bench.states).toEqual([]);
  });

  it('the first speech on the program is remembered, and backstage talk is not speech', async () => {
    await using bench = await openBench({ live: false, music: holdMusic() });
    const talk = await endless(440);
    await bench.join(ANN);
    const zero = bench.clock.wall();
    bench.pass(4000, carried(ANN, talk(0, 4), 0));
    expect(bench.mixer.state().firstSpeech).toBeUndefined();
    bench.mixer.live(true);
    bench.pass(2000, carried(ANN, talk(4, 2), 4000));
    expect((bench.mixer.state().firstSpeech ?? 0) - zero).toBeGreaterThan(4000);
    expect((bench.mixer.state().firstSpeech ?? 0) - zero).toBeLessThan(4500);
  });
});
