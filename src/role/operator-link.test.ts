import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSecret } from '../keys/secret.ts';
import { openTokens } from '../keys/token.ts';
import {
  firstOperatorLink,
  isFirstTelling,
  keepFirstInvitation,
  operatorToken,
  renewOperatorLink,
  watchGeneration,
} from './operator-link.ts';
import { paths } from './paths.ts';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'earshot-operator-'));
});
afterEach(() => rmSync(data, { recursive: true }));

test('the link is printed once by itself, and is good until it is replaced', async () => {
  expect(await operatorToken({ data })).toBeUndefined();
  const tokens = openTokens(readSecret(paths(data).secret));
  const generation = watchGeneration(data);
  expect([isFirstTelling({ data }), isFirstTelling({ data })]).toEqual([true, false]);
  const first = String(await operatorToken({ data }));
  expect(await tokens.checkOperator(first)).toBe(generation());
  renewOperatorLink({ data });
  expect(await tokens.checkOperator(first)).toBeLessThan(generation());
  expect(await tokens.checkOperator(String(await operatorToken({ data })))).toBe(generation());
  expect(isFirstTelling({ data })).toBe(false);
});

test('the link that makes the first operator is there until there is one', () => {
  mkdirSync(paths(data).run, { recursive: true });
  keepFirstInvitation({ data }, 'abc');
  expect(firstOperatorLink({ data }, 'https://x.example')).toBe('https://x.example/sign-up?invitation=abc');
  keepFirstInvitation({ data }, undefined);
  expect(firstOperatorLink({ data }, 'https://x.example')).toBeUndefined();
});

test("a room's link is not an operator's, nor the other way round", async () => {
  const tokens = openTokens(readSecret(paths(data).secret));
  const host = await tokens.sign({ slug: 'talk' as never, role: 'host', speaker: 'a' as never, name: '' });
  expect(await tokens.checkOperator(host)).toBeUndefined();
  expect(await tokens.check(await operatorToken({ data }), 'talk')).toBe('token-invalid');
  expect(await tokens.checkOperator('nonsense')).toBeUndefined();
});
