import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ms } from '../../base/time.ts';
import { load } from '../../config/index.ts';
import { judge, recordings } from './recordings.ts';

const NOW = Date.UTC(2026, 5, 1);
const DAY = 86_400_000;
const OPEN = { recordingsKeep: undefined, recordingsQuota: undefined, archive: ['aac96'] };
const one = (bytes: number, hours: number, daysAgo: number) => ({
  ...{ slug: 'talk', bytes, seconds: hours * 3600, ended: NOW - daysAgo * DAY },
});

test('recordings are reported with their size, how fast they grow and when they will be removed', () => {
  expect(judge([], 50e9, OPEN, NOW)).toEqual({
    ...{ what: 'Recordings', state: 'good' },
    found: 'none; they stay until somebody removes them',
  });
  const found = judge([one(70e6, 1, 1), one(140e6, 2, 40)], 50e9, OPEN, NOW);
  expect(found).toEqual({
    ...{ what: 'Recordings', state: 'good' },
    found:
      '2, 210 MB, and 50.0 GB free; 10.0 MB a day in the last 7 days; the disk will be full in 5000 days at this pace; they stay until somebody removes them',
  });
});

test('a room that has been on for a month counts with its last week', () => {
  const { found } = judge([one(30e9, 30 * 24, 0)], 500e9, OPEN, NOW);
  expect(found).toContain('1.0 GB a day');
});

test('a disk that will be full within a month is reported with what to do, unless recordings are removed before', () => {
  const busy = [one(7e9, 100, 1)];
  expect(judge(busy, 10e9, OPEN, NOW)).toMatchObject({
    state: 'notice',
    found: expect.stringContaining('full in 10 days'),
    change: expect.stringContaining('recordingsKeep'),
  });
  expect(judge(busy, 0.5e9, OPEN, NOW)).toMatchObject({
    state: 'bad',
    found: expect.stringContaining('full in 12 hours'),
  });
  expect(judge(busy, 10e9, { ...OPEN, recordingsKeep: ms(5 * DAY) }, NOW)).toMatchObject({
    state: 'good',
    found: expect.stringContaining('each is removed 5 days after the end of its room'),
  });
  expect(judge(busy, 10e9, { ...OPEN, recordingsKeep: ms(20 * DAY) }, NOW).state).toBe('notice');
  expect(judge(busy, 10e9, { ...OPEN, recordingsQuota: 12e9 }, NOW).state).toBe('good');
});

test('a quota larger than the disk is reported, and so are old recordings', () => {
  expect(judge([one(1e9, 10, 30)], 10e9, { ...OPEN, recordingsQuota: 20e9 }, NOW)).toMatchObject({
    state: 'notice',
    change: expect.stringContaining('below 11.0 GB'),
  });
  const old = [one(20e9, 300, 200)];
  expect(judge(old, 10e9, OPEN, NOW)).toMatchObject({
    state: 'notice',
    found: expect.stringContaining('1 of rooms that ended more than 180 days ago'),
  });
  expect(judge(old, 50e9, OPEN, NOW).state).toBe('good');
  expect(
    judge([{ ...one(0, 9, 900), removed: { at: 0, by: 'host' as const } }], 50e9, OPEN, NOW).found,
  ).toMatch(/^none;/);
  expect(judge([], 50e9, { ...OPEN, archive: [] }, NOW).found).toMatch(/^new rooms are not recorded/);
});

test('they are counted on the disk, whether or not a server runs', async () => {
  const data = await mkdtemp(join(tmpdir(), 'earshot-doctor-'));
  try {
    const config = load({ flags: ['--data', data], cores: 4 });
    expect((await recordings(config)).found).toMatch(/^none/);
    const folder = join(data, 'archive', 'talk');
    await mkdir(join(folder, 'aac96'), { recursive: true });
    await writeFile(join(folder, 'room.json'), '{}');
    await writeFile(join(folder, 'aac96', '0-16.m4s'), Buffer.alloc(2e6));
    await mkdir(join(data, 'archive', 'not-a-recording'));
    expect((await recordings(config)).found).toMatch(/^1, 2\.0 MB, and /);
  } finally {
    await rm(data, { recursive: true });
  }
});
