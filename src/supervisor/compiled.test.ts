import { statfsSync } from 'node:fs';
import { getCompileCacheDir } from 'node:module';
import { expect, test, vi } from 'vitest';
import { compiledFolder } from './compiled.ts';

vi.mock('node:module', () => ({ getCompileCacheDir: vi.fn() }));
vi.mock('node:fs', () => ({ statfsSync: vi.fn() }));

const free = (bytes: number): void =>
  void vi.mocked(statfsSync).mockReturnValue({ bavail: bytes / 4096, bsize: 4096 } as never);

test('what Node compiles is kept on a disk with room, and not on one without', () => {
  free(100e6);
  expect(compiledFolder('data', 'data/compiled')).toBeUndefined();
  free(300e6);
  expect(compiledFolder('data', 'data/compiled')).toBe('data/compiled');
});

test('what was compiled at installation is shared', () => {
  free(300e6);
  vi.mocked(getCompileCacheDir).mockReturnValueOnce('/opt/earshot/.runtime/compiled/v24');
  expect(compiledFolder('data', 'data/compiled')).toBeUndefined();
});
