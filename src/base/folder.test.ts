import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { makeFolder } from './folder.ts';

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true });
});

test('makes what is missing, and nothing where nothing is', () => {
  const top = mkdtempSync(join(tmpdir(), 'earshot-folder-'));
  made.push(top);
  const path = join(top, 'a', 'b', 'c');
  makeFolder(path);
  makeFolder(path);
  expect(statSync(path).isDirectory()).toBe(true);
});

test('a place where no folder can be is said, not tried for ever', () => {
  const top = mkdtempSync(join(tmpdir(), 'earshot-folder-'));
  made.push(top);
  writeFileSync(join(top, 'file'), '');
  expect(() => makeFolder(join(top, 'file', 'data'))).toThrow('ENOTDIR');
  if (process.platform === 'linux') expect(() => makeFolder('/proc/no-such-place/data')).toThrow('ENOENT');
});
