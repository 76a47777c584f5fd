import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RESTORING } from '../../backup/index.ts';
import { lockFolder } from '../../base/socket-file.ts';
import { paths } from '../../role/paths.ts';
import { command as start } from '../start.ts';
import { command as migrateDb } from './migrate-db.ts';
import { command as restore } from './restore.ts';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'earshot-restore-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

test('Earshot does not start on a folder where a restore was broken off, and changes nothing there', async () => {
  expect(paths(data).restoring).toBe(join(data, RESTORING));
  mkdirSync(join(data, RESTORING));
  const started = start(['--data', data, '--port', '0']);
  await expect(started).rejects.toMatchObject({ code: 'bad-config', message: /run earshot restore/ });
  expect(readdirSync(data)).toEqual([RESTORING]);
});

test('a data folder whose server runs is neither restored into nor is its database moved', async () => {
  mkdirSync(paths(data).run, { recursive: true });
  await using held = await lockFolder(paths(data).lock('site'));
  expect(held).toBeDefined();
  const running = { code: 'wrong-moment', message: /Earshot is running/ };
  await expect(restore(['b.tar', '--data', data])).rejects.toMatchObject(running);
  const to = `sqlite:${join(data, 'other.sqlite')}`;
  await expect(migrateDb(['--to', to, '--data', data])).rejects.toMatchObject(running);
  expect(readdirSync(data)).toEqual(['run']);
});
