import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { makeFolder, makePrivateFolder } from './folder.ts';

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true });
});

test('creates what is missing, and nothing that is already there', () => {
  const top = mkdtempSync(join(tmpdir(), 'earshot-folder-'));
  made.push(top);
  const path = join(top, 'a', 'b', 'c');
  makeFolder(path);
  makeFolder(path);
  expect(statSync(path).isDirectory()).toBe(true);
});

test('a path where no folder can be is reported, not tried for ever', () => {
  const top = mkdtempSync(join(tmpdir(), 'earshot-folder-'));
  made.push(top);
  writeFileSync(join(top, 'file'), '');
  expect(() => makeFolder(join(top, 'file', 'data'))).toThrow('ENOTDIR');
  if (process.platform === 'linux') expect(() => makeFolder('/proc/no-such-place/data')).toThrow('ENOENT');
});

test('a private folder is for this user alone, and never taken over from another', () => {
  const top = mkdtempSync(join(tmpdir(), 'earshot-folder-'));
  made.push(top);
  const mode = (path: string): number => statSync(path).mode & 0o777;
  const fresh = join(top, 'a', 'run');
  makePrivateFolder(fresh, false);
  makePrivateFolder(fresh, false);
  expect(mode(fresh)).toBe(0o700);
  // Others could read it: its permissions are corrected.
  chmodSync(fresh, 0o755);
  makePrivateFolder(fresh, false);
  expect(mode(fresh)).toBe(0o700);
  // Others could have written to it.
  chmodSync(fresh, 0o777);
  expect(() => makePrivateFolder(fresh, false)).toThrow('other users may write');
  makePrivateFolder(fresh, true);
  expect(mode(fresh)).toBe(0o700);
  symlinkSync(fresh, join(top, 'link'));
  expect(() => makePrivateFolder(join(top, 'link'), true)).toThrow('not a folder');
  writeFileSync(join(top, 'file'), '');
  expect(() => makePrivateFolder(join(top, 'file'), true)).toThrow('not a folder');
  const theirs = join(top, 'theirs');
  mkdirSync(theirs, { mode: 0o700 });
  const { getuid } = process;
  process.getuid = () => 4_242;
  try {
    expect(() => makePrivateFolder(theirs, true)).toThrow('another user');
  } finally {
    if (getuid) process.getuid = getuid;
  }
});
