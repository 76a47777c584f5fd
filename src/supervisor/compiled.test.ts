import { expect, test } from 'vitest';
import { compiledFolder } from './compiled.ts';

const folderWith = (free: () => number, kept?: string): string | undefined =>
  compiledFolder('data', 'data/compiled', { free, kept: () => kept });

test('what Node compiles is kept on a disk with room, and not on one without', () => {
  expect(folderWith(() => 100e6)).toBeUndefined();
  expect(folderWith(() => 300e6)).toBe('data/compiled');
});

test('a disk that does not answer has no room', () => {
  const broken = (): number => {
    throw new Error('EIO');
  };
  expect(folderWith(broken)).toBeUndefined();
});

test('what was compiled at installation is shared', () => {
  expect(folderWith(() => 300e6, '/opt/earshot/.runtime/compiled/v24')).toBeUndefined();
});
