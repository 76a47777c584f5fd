import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import type { Log } from '../../base/log.ts';
import { epochMs } from '../../base/time.ts';
import { addTo, askLift, networksOf, removeFrom } from '../../cli/defence/lists.ts';
import { type ActChange, type DefenceAct, type ListedNetwork, REST, readNetwork } from '../../door/index.ts';
import { readEntries } from '../../journal/index.ts';
import { paths } from '../paths.ts';
import { DefenceFiles } from './defence-files.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const ACT: DefenceAct = {
  ...{
    scope: 'client',
    who: '203.0.113.7',
    step: 'refuse',
    mode: 'on',
    reason: 'costs 61.0 ms of a core per second',
  },
  cost: { cost: 61_000.4, cpu: 60_000, connections: 2, bytes: 9, requests: 400, slots: 2, listeners: 0 },
  ...{ since: epochMs(1_000), until: epochMs(601_000) },
};
const network = (text: string): ListedNetwork => readNetwork(text) as ListedNetwork;

function open() {
  const data = mkdtempSync(join(tmpdir(), 'earshot-defence-'));
  folders.push(data);
  const at = paths(data);
  mkdirSync(join(data, 'defence'));
  const clock = manualClock();
  const said: { level: string; fields: Record<string, unknown>; text: string }[] = [];
  const say = (level: string) => (fields: Record<string, unknown>, text: string) =>
    void said.push({ level, fields, text });
  const log = { info: say('info'), warn: say('warn'), error: say('error') } as unknown as Log;
  const seen: { acts: DefenceAct[]; lists: string[][]; lifted: string[] } = {
    acts: [],
    lists: [],
    lifted: [],
  };
  const names = (list: readonly ListedNetwork[]): string =>
    list.map(({ address, bits }) => `${address}/${bits}`).join(' ');
  const files = new DefenceFiles({
    ...{ clock, log, at, index: 0, lostEntries: { of: () => () => {} } },
    door: () => ({
      acts: () => seen.acts,
      listed: (allow, deny) => void seen.lists.push([names(allow), names(deny)]),
      lift: (what) => seen.lifted.push(what === REST ? REST : what.address),
    }),
  });
  let changes = 0;
  /** Writes a list; each change has a time of its own. */
  const write = (path: string, text: string): void => {
    writeFileSync(path, text);
    changes += 1;
    utimesSync(path, changes, changes);
  };
  return { at, clock, files, said, seen, write };
}

test('the lists are read when they change; with a bad line the list before goes on, and the line is named', async () => {
  const { at, files, said, seen, write } = open();
  write(at.defence.deny, '192.0.2.0/24 # a\nnonsense\n');
  await files.look();
  // At the start there is no list before it: the good lines count.
  expect(seen.lists.at(-1)).toEqual(['', '192.0.2.0/24']);
  expect(said.find(({ level }) => level === 'error')?.fields).toMatchObject({
    bad: 1,
    lines: ['2: nonsense'],
  });
  write(at.defence.deny, '198.51.100.0/24\n10.0.0.0/40\n');
  await files.look();
  expect(seen.lists).toHaveLength(1);
  write(at.defence.deny, '198.51.100.0/24\n');
  write(at.defence.allow, '203.0.113.7\n');
  await files.look();
  expect(seen.lists.at(-1)).toEqual(['203.0.113.7/32', '198.51.100.0/24']);
  rmSync(at.defence.deny);
  await files.look();
  expect(seen.lists.at(-1)).toEqual(['203.0.113.7/32', '']);
  await files.look();
  expect(seen.lists).toHaveLength(3);
});

test('what holds now is in a file of this user for as long as it holds; the journal knows networks only by the salt of the day', async () => {
  const { at, files, seen } = open();
  const now = at.defence.now(0);
  seen.acts = [ACT];
  files.acted({ ...ACT, change: 'begun', share: 12_000.7 } as ActChange);
  await files.look();
  expect(JSON.parse(readFileSync(now, 'utf8'))).toEqual({ acts: [ACT] });
  expect(statSync(now).mode & 0o777).toBe(0o600);
  seen.acts = [];
  files.acted({ ...ACT, change: 'over' } as ActChange);
  await files.look();
  expect(existsSync(now)).toBe(false);
  await files[Symbol.asyncDispose]();
  const text = readFileSync(at.defence.journal(0), 'utf8');
  expect(text).not.toContain('203.0.113');
  const entries = readEntries<{ network: string }>(text);
  expect(entries).toMatchObject([
    { change: 'begun', step: 'refuse', scope: 'client', share: 12_001, cost: { cost: 61_000 } },
    { change: 'over' },
  ]);
  expect(entries[0]?.network).toMatch(/^[0-9a-f]{16}$/);
  expect(entries[0]?.network).toBe(entries[1]?.network);
});

test('the command line adds, moves and removes networks, and lifts are done once', async () => {
  const { at, clock, files, seen } = open();
  const { deny, lifts } = at.defence;
  expect(await addTo(deny, network('192.0.2.0/24'), 'a flood')).toBe(true);
  expect(await addTo(deny, network('192.0.2.0/24'), 'again')).toBe(false);
  expect(await addTo(deny, network('2001:db8::1'), 'x')).toBe(true);
  expect(await networksOf(deny)).toEqual(['192.0.2.0/24', '2001:db8::1']);
  expect(statSync(deny).mode & 0o777).toBe(0o600);
  expect(await removeFrom(deny, network('192.0.2.0/24'))).toBe(true);
  expect(await removeFrom(deny, network('192.0.2.0/24'))).toBe(false);
  expect(await networksOf(deny)).toEqual(['2001:db8::1']);
  await askLift(lifts, network('203.0.113.0/24'), clock.wall() - 5);
  clock.advance(10);
  await files.look();
  expect(seen.lifted).toEqual([]);
  await askLift(lifts, network('203.0.113.0/24'), clock.wall());
  await askLift(lifts, network('198.51.100.7'), clock.wall() + 1);
  await files.look();
  await files.look();
  expect(seen.lifted).toEqual(['203.0.113.0', '198.51.100.7']);
});
