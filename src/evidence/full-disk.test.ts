import { expect, test } from 'vitest';
import {
  appendNotes,
  bundleText,
  checkBundle,
  fillingDisk,
  logFolder,
  note,
  notesOf,
  openTestLog,
} from '../../test/evidence.ts';
import { MAX_WAITING } from './commits.ts';

/** Lets what the log does by itself happen: its timers, and the files' answers. */
async function pass(clock: { advance(by: number): void }, until: () => boolean): Promise<void> {
  await expect
    .poll(() => {
      clock.advance(10_000);
      return until();
    })
    .toBe(true);
}

test('a full disk loses nothing, writes nothing twice, and leaves a gap in the log', {
  timeout: 60_000,
}, async () => {
  for (const room of [0, 1, 2, 50, 125, 126, 127, 200, 260, 300]) {
    using folder = logFolder();
    const disk = fillingDisk();
    await using log = await openTestLog(folder.path, { files: disk.files });
    await appendNotes(log, [['hall', '0']]);
    disk.room = room;
    const kept: string[] = [];
    const waiting = ['1', '2', '3'].map((detail) =>
      log.appendOf('hall', note(detail)).then((done) => kept.push(`${detail} ${done.kept}`)),
    );
    log.clock.advance(200);
    await expect.poll(() => log.check().ok).toBe(false);
    expect(log.check()).toEqual({ part: 'evidence', ok: false, says: 'the disk takes no entries (ENOSPC)' });
    log.clock.stepWall(-3_600_000);
    log.clock.advance(30_000);
    expect(kept).toEqual([]);
    waiting.push(log.appendOf('hall', note('4')).then((done) => kept.push(`4 ${done.kept}`)));
    disk.room = Number.POSITIVE_INFINITY;
    await pass(log.clock, () => kept.length === 4);
    expect(kept).toEqual(['1 true', '2 true', '3 true', '4 true']);
    expect(log.check().ok).toBe(true);
    await log.checkpoint();
    expect(await notesOf(log, 'hall')).toEqual(['0', '1', '2', '3', '4']);
    const { entries } = checkBundle(await bundleText(log, 'hall'));
    const gaps = entries.map(({ said }) => said).filter(({ kind }) => kind === 'gap');
    expect(gaps.map(({ why, lost }) => [why, lost])).toEqual([['ENOSPC', 0]]);
    // Its length does not depend on a clock that somebody sets.
    const [length] = gaps.map(({ from, to }) => Number(to) - Number(from));
    expect(length).toBeGreaterThanOrEqual(0);
    expect(length).toBeLessThan(600_000);
  }
});

test('a disk that is full only for hashes, indices or heads costs nothing but time', async () => {
  for (const only of [/tile\/0/, /\.idx/, /checkpoints/, /mark/]) {
    using folder = logFolder();
    const disk = fillingDisk();
    {
      await using log = await openTestLog(folder.path, { files: disk.files });
      await appendNotes(log, [['hall', '0']]);
      disk.only = only;
      disk.room = 3;
      expect((await appendNotes(log, [['hall', '1']]))[0]).toMatchObject({ kept: true, index: 1 });
      const before = await log.checkpoint();
      // What is not signed is not shown.
      if (only.source !== 'mark')
        expect(before.split('\n')[1]).toBe(only.source === 'checkpoints' ? '0' : '1');
      disk.room = Number.POSITIVE_INFINITY;
      await log.checkpoint();
      await appendNotes(log, [['hall', '2']]);
      await log.checkpoint();
      expect([only, await notesOf(log, 'hall')]).toEqual([only, ['0', '1', '2']]);
    }
    await using again = await openTestLog(folder.path);
    expect(again.check().ok).toBe(true);
    expect(await notesOf(again, 'hall')).toEqual(['0', '1', '2']);
  }
});

test('an fsync that fails commits nothing: everything is written again', async () => {
  using folder = logFolder();
  const disk = fillingDisk();
  await using log = await openTestLog(folder.path, { files: disk.files });
  disk.syncFails = true;
  disk.code = 'EIO';
  let kept: unknown;
  void log.appendOf('hall', note('a')).then((done) => {
    kept = done;
  });
  log.clock.advance(200);
  await expect.poll(() => log.check().says).toBe('the disk takes no entries (EIO)');
  expect(kept).toBeUndefined();
  disk.syncFails = false;
  await pass(log.clock, () => kept !== undefined);
  // Behind the gap.
  expect(kept).toMatchObject({ kept: true, index: 1 });
  await log.checkpoint();
  expect(await notesOf(log, 'hall')).toEqual(['a']);
});

test('memory is bounded while the disk stands still, and what did not fit is counted in the gap', async () => {
  using folder = logFolder();
  const disk = fillingDisk();
  await using log = await openTestLog(folder.path, { files: disk.files });
  const go = disk.stop();
  const done = Array.from({ length: MAX_WAITING + 10 }, (_, n) => log.appendOf('hall', note(String(n))));
  // The last ten are refused at once; nobody waits for the disk.
  const refused = await Promise.all(done.slice(MAX_WAITING));
  expect(refused).toEqual(Array.from({ length: 10 }, () => ({ kept: false, why: 'full' })));
  log.clock.advance(200);
  expect(log.metrics()).toContain(`earshot_evidence_waiting_entries ${MAX_WAITING}`);
  expect(log.metrics()).toContain('earshot_evidence_lost_total 10');
  go();
  const kept = await Promise.all(done.slice(0, MAX_WAITING));
  expect(kept.every((one) => one.kept)).toBe(true);
  await log.checkpoint();
  const { entries } = checkBundle(await bundleText(log, 'hall'));
  expect(entries).toHaveLength(MAX_WAITING + 1);
  expect(entries.filter(({ said }) => said.kind === 'gap').map(({ said }) => said.lost)).toEqual([10]);
});

test('a disk that is full when the log is opened is tried again, and the gap is noted', async () => {
  using folder = logFolder();
  const disk = fillingDisk();
  disk.room = 0;
  await using log = await openTestLog(folder.path, { files: disk.files });
  expect(log.check()).toEqual({ part: 'evidence', ok: false, says: 'the disk says ENOSPC' });
  expect(await log.appendOf('hall', note('a'))).toEqual({ kept: false, why: 'closed' });
  disk.room = Number.POSITIVE_INFINITY;
  await pass(log.clock, () => log.check().ok);
  await appendNotes(log, [['hall', 'b']]);
  await log.checkpoint();
  const { entries } = checkBundle(await bundleText(log, 'hall'));
  expect(entries.map(({ said }) => said.detail ?? said.lost)).toEqual([1, 'b']);
});

test('closing refuses what the disk does not take, and does not wait for ever', async () => {
  using folder = logFolder();
  const disk = fillingDisk();
  const log = await openTestLog(folder.path, { files: disk.files });
  disk.room = 0;
  const done = log.appendOf('hall', note('a'));
  await log[Symbol.asyncDispose]();
  expect(await done).toEqual({ kept: false, why: 'closed' });
  expect(await log.appendOf('hall', note('b'))).toEqual({ kept: false, why: 'closed' });
});
