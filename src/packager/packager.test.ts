import { readdir, readFile } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { decodeOpus, framesOf } from '../../test/packaged.ts';
import { testTag } from '../../test/segment-tag.ts';
import { chord, snr } from '../../test/sound.ts';
import { silentLog } from '../base/log.ts';
import type { Fragment } from '../base/media.ts';
import { ticks } from '../base/time.ts';
import { PRIMING } from '../media/priming.ts';
import { RENDITIONS } from '../wire/renditions.ts';
import { tagOf } from '../wire/segment-tag.ts';
import { startThread } from './encoder-thread.ts';
import { AAC_MODULE, adapt, ForeignModuleError, MP3_MODULE } from './foreign-module.ts';
import { open } from './index.ts';

test('sound that goes in comes out of the thread in all renditions, slot by slot, until the packager is closed', {
  timeout: 60_000,
}, async () => {
  const fragments: Fragment[] = [];
  const sound = chord(1.6);
  const samples = new Float32Array(1920);
  {
    await using packager = await open({
      log: silentLog,
      renditions: RENDITIONS,
      firstSeq: 510,
      tag: (segment) => testTag('room', segment),
      init: () => undefined,
      fragment: (fragment) => fragments.push(fragment),
    });
    expect(packager.priming).toEqual(PRIMING);
    for (let n = 0; n < 5 * 16; n++) {
      for (let i = 0; i < 1920; i++) samples[i] = sound[n * 960 + (i >> 1)]!;
      packager.push({ tick: ticks(n * 960), stereo: false, samples });
    }
  }
  expect(fragments.map(({ seq }) => seq)).toEqual(
    [...fragments.keys()].map((n) => 510 + Math.floor(n / RENDITIONS.length)),
  );
  expect(fragments).toHaveLength(5 * RENDITIONS.length);
  // Segment 32 begins with fragment 512: of players' renditions it has the tag, of the radio none.
  const players = RENDITIONS.filter(({ container }) => container === 'fmp4').map(({ id }) => `512 ${id}`);
  const tagged = fragments.filter(({ bytes }) => tagOf(bytes) !== undefined);
  expect(tagged.map(({ seq, rendition }) => `${seq} ${rendition}`).toSorted()).toEqual(players.toSorted());
  for (const { bytes } of tagged) expect(Buffer.compare(tagOf(bytes) ?? bytes, testTag('room', 32))).toBe(0);
  const packets = fragments
    .filter(({ rendition }) => rendition === 'opus64')
    .flatMap(({ bytes }) => framesOf(bytes));
  const { left } = await decodeOpus(packets);
  expect(snr(left, sound, PRIMING.opus, 4_800, 60_000)).toBeGreaterThan(20);
});

test('a dead thread is restarted automatically', { timeout: 60_000 }, async () => {
  const events = { ready: vi.fn(), gone: vi.fn(), slot: vi.fn(), failed: vi.fn() };
  await using thread = await startThread({ renditions: RENDITIONS, firstSeq: 0 }, events);
  thread.order({ kind: 'blocks', samples: null as never, wide: 0 });
  await vi.waitFor(() => expect(events.gone).toHaveBeenCalledOnce(), 20_000);
  await vi.waitFor(() => expect(events.ready).toHaveBeenCalledTimes(2), 50_000);
  thread.order({ kind: 'skip', seq: 9 });
  for (let n = 0; n < 8; n++) thread.order({ kind: 'blocks', samples: new Float32Array(4 * 1920), wide: 0 });
  await vi.waitFor(() => expect(events.slot).toHaveBeenCalledTimes(2), 20_000);
  const slots = events.slot.mock.calls.map(([fragments]) => (fragments as Fragment[]).map(({ seq }) => seq));
  expect(slots).toEqual([RENDITIONS.map(() => 9), RENDITIONS.map(() => 10)]);
});

test('encoders that cannot start are reported at once', async () => {
  const [first] = RENDITIONS;
  const renditions = [{ ...first!, bitrate: -5 }];
  const deps = {
    log: silentLog,
    renditions,
    firstSeq: 0,
    tag: (n: number) => testTag('room', n),
    init: () => undefined,
    fragment: () => undefined,
  };
  await expect(open(deps)).rejects.toThrow();
});

test('a foreign module that differs by one byte is refused with what to do', async () => {
  for (const module of [AAC_MODULE, MP3_MODULE]) {
    const url = new URL(`../../node_modules/${module.package}/${module.file}`, import.meta.url);
    const text = await readFile(url, 'utf8');
    expect(adapt(module, text)).toBeTypeOf('function');
    expect(() => adapt(module, `${text} `)).toThrow(ForeignModuleError);
    expect(() => adapt(module, `${text} `)).toThrow(/npm ci.*docs\/adr\/0003/);
    const manifest = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(manifest.dependencies[module.package]).toBe(module.version);
  }
});

test('the encoder thread comes before other work where the system allows it', {
  timeout: 60_000,
}, async () => {
  const CAP_SYS_NICE = 1n << 23n;
  const status = await readFile('/proc/self/status', 'utf8');
  const allowed = (BigInt(`0x${/CapEff:\s*([0-9a-f]+)/.exec(status)?.[1]}`) & CAP_SYS_NICE) !== 0n;
  const niceness = async (): Promise<number[]> => {
    const tasks = await readdir('/proc/self/task');
    const stats = await Promise.all(
      tasks.map((task) => readFile(`/proc/self/task/${task}/stat`, 'utf8').catch(() => ') ')),
    );
    return stats.map((stat) => Number(stat.split(') ')[1]?.split(' ')[16]));
  };
  const before = await niceness();
  const events = { ready() {}, gone() {}, slot() {}, failed() {} };
  await using _ = await startThread({ renditions: RENDITIONS, firstSeq: 0 }, events);
  expect(before).not.toContain(-7);
  expect((await niceness()).includes(-7)).toBe(allowed);
});
