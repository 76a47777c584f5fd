import { createHash } from 'node:crypto';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { silentLog } from '../base/log.ts';
import { canonical, type Json, verify } from '../journal/index.ts';
import type { QueueState } from '../wire/queue.ts';
import { Line } from './line.ts';
import { historyPath, openLineFile } from './line-file.ts';

const dir = mkdtempSync(join(tmpdir(), 'line-file-'));
afterAll(() => rmSync(dir, { recursive: true }));

let live = 0;
/** Publishes `count` more states of the line as it is kept. */
async function publish(slug: string, count: number): Promise<void> {
  const file = await openLineFile(dir, slug, silentLog);
  const line = new Line(slug, file.kept);
  for (let i = 0; i < count; i += 1) {
    live += 1;
    expect(line.step({ now: i * 1000, wall: 1e12 + live, live, cap: 100, holding: false })).toBe(true);
    file.keep(line.record(), line.text);
    await file.settled();
  }
}
const states = (slug: string): number[] =>
  readFileSync(historyPath(dir, slug), 'utf8')
    .split('\n')
    .filter((text) => text !== '')
    .map((text) => (JSON.parse(text) as { seq: number }).seq);

const holds = (slug: string): boolean => verify(readFileSync(historyPath(dir, slug), 'utf8')).holds;

test('the history continues where it stopped', async () => {
  await publish('hall', 3);
  await publish('hall', 2);
  expect(states('hall')).toEqual([1, 2, 3, 4, 5]);
  expect(holds('hall')).toBe(true);
});

test('a line that a crash has torn is cut off, and the next state has a line of its own', async () => {
  await publish('torn', 3);
  const path = historyPath(dir, 'torn');
  truncateSync(path, readFileSync(path).length - 20);
  await publish('torn', 1);
  // What is kept beside was newer: the third is put back, byte for byte.
  expect(states('torn')).toEqual([1, 2, 3, 4]);
  appendFileSync(path, '{"v":1,"slug":"to');
  await publish('torn', 1);
  expect(states('torn')).toEqual([1, 2, 3, 4, 5]);
  expect(holds('torn')).toBe(true);
});

test('a history that an older version wrote continues in the same chain', async () => {
  const old = [
    '{"v":1,"slug":"old","at":1000000000001,"seq":1,"previous":"","start":1000000000001,"admitted":{"minute":0,"rank":0},"open":1,"buckets":[],"perMinute":0,"free":99,"places":100,"poll":2000}',
  ];
  const hash = createHash('sha256')
    .update(old[0] ?? '')
    .digest('hex');
  old.push(
    (old[0] ?? '')
      .replace('"seq":1,"previous":""', `"seq":2,"previous":"${hash}"`)
      .replace('"free":99', '"free":98'),
  );
  writeFileSync(historyPath(dir, 'old'), `${old.join('\n')}\n`);
  const state = JSON.parse(old[1] ?? '') as QueueState;
  const counts = new Line('old').record().counts;
  writeFileSync(join(dir, 'old.json'), JSON.stringify({ v: 1, counts, state, showRate: 1, batches: [] }));
  await publish('old', 2);
  expect(states('old')).toEqual([1, 2, 3, 4]);
  expect(holds('old')).toBe(true);
  expect(readFileSync(historyPath(dir, 'old'), 'utf8').startsWith(old.join('\n'))).toBe(true);
});

test('a line that was opened and closed without a change continues in the same chain', async () => {
  await publish('still', 2);
  for (let restart = 0; restart < 2; restart += 1) {
    const file = await openLineFile(dir, 'still', silentLog);
    file.keep(new Line('still', file.kept).record(), undefined);
    await file.settled();
  }
  await publish('still', 1);
  expect(states('still')).toEqual([1, 2, 3]);
  expect(holds('still')).toBe(true);
});

test('a door publishes the bytes of the history', () => {
  const line = new Line('bytes');
  line.step({ now: 0, wall: 1e12, live: 7, cap: 100, holding: false });
  expect(JSON.stringify(line.state)).toBe(line.text);
  expect(line.text).toBe(canonical(line.state as unknown as Json));
});

test('states published while the disk failed are in the history once it works again', async () => {
  const path = historyPath(dir, 'full');
  mkdirSync(path);
  const file = await openLineFile(dir, 'full', silentLog);
  const line = new Line('full');
  const step = async (): Promise<void> => {
    live += 1;
    line.step({ now: live * 1000, wall: 1e12 + live, live, cap: 100, holding: false });
    file.keep(line.record(), line.text);
    await file.settled();
  };
  await step();
  await step();
  rmdirSync(path);
  await step();
  await step();
  expect(states('full')).toEqual([1, 2, 3, 4]);
  expect(holds('full')).toBe(true);
});

test('states that the disk refused until the end are told as lost', async () => {
  mkdirSync(historyPath(dir, 'lost'));
  const lost: number[] = [];
  const file = await openLineFile(dir, 'lost', silentLog, (states) => lost.push(states));
  const line = new Line('lost');
  for (const now of [1000, 2000]) {
    line.step({ now, wall: 1e12 + now, live: now, cap: 100, holding: false });
    file.keep(line.record(), line.text);
    await file.settled();
  }
  expect(lost).toEqual([]);
  await file.close();
  expect(lost).toEqual([2]);
});
