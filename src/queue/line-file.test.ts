import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  rmSync,
  truncateSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { silentLog } from '../base/log.ts';
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

test('the history goes on where it stood', async () => {
  await publish('hall', 3);
  await publish('hall', 2);
  expect(states('hall')).toEqual([1, 2, 3, 4, 5]);
});

test('a line that a crash has torn is cut off, and the next state has a line of its own', async () => {
  await publish('torn', 3);
  const path = historyPath(dir, 'torn');
  truncateSync(path, readFileSync(path).length - 20);
  await publish('torn', 1);
  // The third is gone from the history, not the count of it: what is kept beside was newer.
  expect(states('torn')).toEqual([1, 2, 4]);
  appendFileSync(path, '{"v":1,"slug":"to');
  await publish('torn', 1);
  expect(states('torn')).toEqual([1, 2, 4, 5]);
});

test('what was published while the disk failed is in the history once it works again', async () => {
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
});
