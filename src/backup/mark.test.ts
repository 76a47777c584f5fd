import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readBackupMark, writeBackupMark } from './mark.ts';

test('a backup leaves a mark that says when and how large, and nothing else is taken for one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-mark-'));
  const path = join(folder, 'last-backup.json');
  await writeBackupMark(path, 5, { file: '/secret/place.tar', bytes: 9, files: 3, rows: 2, gone: 0 });
  const text = readFileSync(path, 'utf8');
  rmSync(folder, { recursive: true });
  expect(text).not.toContain('secret');
  expect(readBackupMark(text)).toEqual({ at: 5, bytes: 9, files: 3, rows: 2 });
  for (const wrong of ['', '{}', 'null', '[]', '{"at":"1","bytes":1,"files":1,"rows":1}'])
    expect(readBackupMark(wrong)).toBeUndefined();
});
