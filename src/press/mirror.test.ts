import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ManualClock, manualClock } from '../../test/clock.ts';
import { silentLog } from '../base/log.ts';
import { CHANGED_FILE, type Mirror, type MirrorTarget, openMirror } from './index.ts';

let dir: string;
let folder: string;
let clock: ManualClock;
let changes = 0;

/** Writes a page as the tally does, and says so. */
function publish(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
  changes += 1;
  writeFileSync(join(folder, CHANGED_FILE), String(changes));
}
const open = (target: MirrorTarget): Mirror =>
  openMirror({ clock, log: silentLog, folder, target, gitFolder: join(dir, 'press.git') });
const read = (...path: string[]): string => readFileSync(join(dir, ...path), 'utf8');

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mirror-'));
  folder = join(dir, 'press');
  mkdirSync(join(folder, 'incidents'), { recursive: true });
  writeFileSync(join(folder, 'incidents', '.half'), 'half');
  clock = manualClock();
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test('a folder gets every page, and later each that has changed; nothing that is half written', async () => {
  using mirror = open({ kind: 'folder', to: join(dir, 'copy') });
  await mirror.look();
  expect(mirror.copies).toBe(0);
  publish('incidents/1.html', 'one');
  publish('incidents.html', 'all');
  await mirror.look();
  expect([read('copy', 'incidents', '1.html'), read('copy', 'incidents.html')]).toEqual(['one', 'all']);
  publish('incidents/1.html', 'one, longer');
  await mirror.look();
  expect(read('copy', 'incidents', '1.html')).toBe('one, longer');
  await mirror.look();
  expect(mirror.copies).toBe(2);
  expect(
    readdirSync(join(dir, 'copy'), { recursive: true }).filter((name) => /(^|\/)\./.test(String(name))),
  ).toEqual([]);
});

test('rsync copies to a folder of its own', async () => {
  using mirror = open({ kind: 'rsync', to: `${join(dir, 'there')}/` });
  publish('incidents/1.html', 'one');
  await mirror.look();
  expect([mirror.copies, mirror.failures]).toEqual([1, 0]);
  expect(read('there', 'incidents', '1.html')).toBe('one');
  expect(existsSync(join(dir, 'there', 'incidents', '.half'))).toBe(false);
});

test('a repository of git gets a commit for each change, and one that begins anew goes on from what is there', async () => {
  const repository = join(dir, 'repository');
  execFileSync('git', ['init', '-q', '--bare', repository]);
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', repository, ...args], { encoding: 'utf8' });
  {
    using mirror = open({ kind: 'git', to: repository });
    publish('incidents/1.html', 'one');
    await mirror.look();
    publish('incidents/1.html', 'one, again');
    await mirror.look();
    expect([mirror.copies, mirror.failures]).toEqual([2, 0]);
  }
  rmSync(join(dir, 'press.git'), { recursive: true });
  using mirror = open({ kind: 'git', to: repository });
  publish('incidents/2.html', 'two');
  await mirror.look();
  expect(mirror.failures).toBe(0);
  expect(git('show', 'incidents:incidents/1.html')).toBe('one, again');
  expect(git('ls-tree', '-r', '--name-only', 'incidents').trim().split('\n')).toEqual([
    'incidents/1.html',
    'incidents/2.html',
  ]);
  expect(git('rev-list', '--count', 'incidents').trim()).toBe('3');
}, 30_000);

test('a copy that fails is counted, tried again later, and holds up nothing', async () => {
  writeFileSync(join(dir, 'file'), '');
  using mirror = open({ kind: 'folder', to: join(dir, 'file', 'copy') });
  publish('incidents.html', 'all');
  await mirror.look();
  await mirror.look();
  expect([mirror.copies, mirror.failures]).toEqual([0, 1]);
  rmSync(join(dir, 'file'));
  clock.advance(10_000);
  await mirror.look();
  expect(mirror.copies).toBe(1);
  using absent = open({ kind: 'git', to: join(dir, 'nothing') });
  await absent.look();
  expect([absent.copies, absent.failures]).toEqual([0, 1]);
});
