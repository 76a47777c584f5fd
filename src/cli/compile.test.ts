import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ROLES } from '../roles.ts';

test('the code of every role is compiled at installation: a process without it loads a compiler for good', () => {
  const text = readFileSync(new URL('./compile.ts', import.meta.url), 'utf8');
  expect(Object.keys(ROLES).filter((role) => !text.includes(`import('../role/${role}.ts')`))).toEqual([]);
});
