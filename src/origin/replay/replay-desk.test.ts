import { describe, expect, it } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import { silentLog } from '../../base/log.ts';
import type { RecordingPort } from '../recording.ts';
import { type Asker, openReplayDesk } from './replay-desk.ts';
import type { ReplayFacts, ReplayMade, ReplayWish } from './replay-maker.ts';

const FACTS: ReplayFacts = {
  ...{ title: '', zero: 0, renditions: [], pieces: {}, began: true, seconds: 1, gaps: [] },
};

function desk() {
  const clock = manualClock();
  const versions = new Map<string, string>();
  const edits = new Map<string, string>();
  const running: { wish: ReplayWish; signal: AbortSignal; done: PromiseWithResolvers<ReplayMade> }[] = [];
  const port: RecordingPort = {
    recording: async () => undefined,
    version: async (slug) => versions.get(slug) ?? '1',
    editsVersion: async (slug) => edits.get(slug) ?? '-',
    init: async () => undefined,
    read: async () => undefined,
  };
  const opened = openReplayDesk({
    ...{ clock, log: silentLog, port },
    maker: {
      make(wish, signal) {
        const done = Promise.withResolvers<ReplayMade>();
        running.push({ wish, signal, done });
        signal.addEventListener('abort', () => done.reject(signal.reason));
        return done.promise;
      },
    },
  });
  const someone = () => {
    const controller = new AbortController();
    return { signal: controller.signal, go: () => controller.abort() } satisfies Asker & { go(): void };
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return { clock, versions, edits, running, someone, turn, ...opened };
}
const LIST = { gzip: new Uint8Array(10), length: 30, etag: '"x"' };

describe('files made from recordings', () => {
  it('are made once for all who ask, one at a time, and kept while the recording is the same', async () => {
    const { running, someone, turn, list, clock, versions } = desk();
    const asked = ['a', 'a', 'b', 'a'].map((slug) => list(slug, true, 'aac96', someone()));
    await turn();
    expect(running.map(({ wish }) => wish.slug)).toEqual(['a']);
    running[0]?.done.resolve(LIST);
    await turn();
    expect(running.map(({ wish }) => wish.slug)).toEqual(['a', 'b']);
    running[1]?.done.resolve(LIST);
    expect(await Promise.all(asked)).toEqual([LIST, LIST, LIST, LIST]);
    clock.advance(3_600_000);
    expect(await list('a', true, 'aac96', someone())).toBe(LIST);
    expect(running.length).toBe(2);
    versions.set('a', '2');
    clock.advance(60_000);
    void list('a', true, 'aac96', someone());
    await turn();
    expect(running.length).toBe(3);
  });

  it('holds twenty times as long as it took, while its recording grows', async () => {
    const { running, someone, turn, list, clock, versions } = desk();
    void list('a', false, 'aac96', someone());
    await turn();
    clock.advance(500);
    running[0]?.done.resolve(LIST);
    await turn();
    versions.set('a', '2');
    clock.advance(9_000);
    expect(await list('a', false, 'aac96', someone())).toBe(LIST);
    clock.advance(2_000);
    void list('a', false, 'aac96', someone());
    await turn();
    expect(running.length).toBe(2);
  });

  it('of before a trim are not given after it, however long they took to make', async () => {
    const { running, someone, turn, list, clock, edits } = desk();
    void list('a', true, 'aac96', someone());
    await turn();
    clock.advance(5_000);
    running[0]?.done.resolve(LIST);
    await turn();
    expect(await list('a', true, 'aac96', someone())).toBe(LIST);
    edits.set('a', 'trimmed');
    clock.advance(100);
    void list('a', true, 'aac96', someone());
    await turn();
    expect(running.length).toBe(2);
  });

  it('that could not be made yet are tried again in three seconds, however long it took to find out', async () => {
    const { running, someone, turn, clip, clock, versions } = desk();
    const wish = { what: 'clip', slug: 'a', over: false, id: 'c', tags: { room: 'A', hosts: [] } } as const;
    const first = clip(wish, someone());
    await turn();
    clock.advance(20_000);
    running[0]?.done.resolve(undefined as never);
    expect(await first).toBeUndefined();
    versions.set('a', '2');
    clock.advance(2_900);
    expect(await clip(wish, someone())).toBeUndefined();
    clock.advance(200);
    void clip(wish, someone());
    await turn();
    expect(running.length).toBe(2);
  });

  it('remembers a failure for ten seconds', async () => {
    const { running, someone, turn, list, clock } = desk();
    const first = list('a', true, 'aac96', someone());
    await turn();
    running[0]?.done.reject(new Error('EIO'));
    expect(await first).toBe('failed');
    expect(await list('a', true, 'aac96', someone())).toBe('failed');
    clock.advance(10_001);
    void list('a', true, 'aac96', someone());
    await turn();
    expect(running.length).toBe(2);
  });

  it('are given up when nobody waits for them any more', async () => {
    const { running, someone, turn, list } = desk();
    const [first, second, third] = [someone(), someone(), someone()];
    void list('a', true, 'aac96', first);
    void list('a', true, 'aac96', second);
    void list('b', true, 'aac96', third);
    await turn();
    first.go();
    expect(running[0]?.signal.aborted).toBe(false);
    third.go();
    second.go();
    expect(running[0]?.signal.aborted).toBe(true);
    // Whoever comes right after is not given what was left off, nor does `b` follow, for whom nobody waits.
    const next = list('a', true, 'aac96', someone());
    await turn();
    await turn();
    expect(running.map(({ wish }) => wish.slug)).toEqual(['a', 'a']);
    running[1]?.done.resolve(LIST);
    expect(await next).toBe(LIST);
  });

  it('are refused when too many wait already, or a network has used its share', async () => {
    const { someone, turn, list } = desk();
    expect(await list('x', true, 'aac96', { ...someone(), charge: () => false })).toBe('busy');
    for (let n = 0; n < 64; n++) void list(`room-${n}`, true, 'aac96', someone());
    await turn();
    expect(await list('one-more', true, 'aac96', someone())).toBe('busy');
  });

  it('are kept within 48 MB: the longest unused goes first', async () => {
    const { running, someone, turn, list } = desk();
    const big = () => ({ ...LIST, gzip: new Uint8Array(20 << 20) });
    for (const slug of ['a', 'b', 'c']) {
      void list(slug, true, 'aac96', someone());
      await turn();
      running.at(-1)?.done.resolve(big());
      await turn();
    }
    await list('c', true, 'aac96', someone());
    expect(running.length).toBe(3);
    void list('a', true, 'aac96', someone());
    await turn();
    expect(running.length).toBe(4);
  });

  it('of an earlier state does for sound that never changes', async () => {
    const { running, someone, turn, facts, clock, versions } = desk();
    void facts('a', false, someone());
    await turn();
    running[0]?.done.resolve(FACTS);
    await turn();
    versions.set('a', '2');
    clock.advance(60_000);
    expect(await facts('a', false, { ...someone(), anyState: true })).toBe(FACTS);
    expect(running.length).toBe(1);
  });
});
