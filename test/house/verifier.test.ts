import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { verifier } from '../../src/verifier/index.ts';
import { sentenceOf, WORDS } from '../../web/verify/words.ts';
import { root } from './tree.ts';

const text = readFileSync(join(root, 'src/verifier/verifier.js'), 'utf8');
/** What a person reads in ten minutes, beside the sentences. */
const MOST_LINES = 603;

test('the verifier is one file that needs nothing else', () => {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  expect(code).not.toMatch(/\b(import|export|require|fetch|XMLHttpRequest|eval|process|document|window)\b/);
  expect(text.split('\n').length).toBeLessThanOrEqual(MOST_LINES);
});

test('it can stand inside a page as it is', () => {
  expect(text).not.toMatch(/<\/script|<!--/i);
});

test('the documentation names its hash (sha256sum src/verifier/verifier.js)', () => {
  const page = readFileSync(join(root, 'docs/verify.md'), 'utf8');
  expect(page).toContain(createHash('sha256').update(text).digest('hex'));
});

const gaps = (sentence: string): string[] => [...sentence.matchAll(/\{\w+\}/g)].map(([gap]) => gap).sort();

test('every sentence of the verifier is there in French, with the same values in it', () => {
  const says = WORDS.fr.says ?? {};
  expect(Object.keys(says).sort()).toEqual(Object.keys(verifier.SAYS).sort());
  for (const [code, sentence] of Object.entries(verifier.SAYS))
    expect(gaps(says[code] ?? ''), code).toEqual(gaps(sentence));
});

test('values are filled in; English says what the verifier says', () => {
  const told = {
    code: 'fell',
    values: { what: 'visits', a: 3, b: 2 },
    reason: 'visits went down, from 3 to 2.',
  };
  expect(sentenceOf(WORDS.en, told)).toBe(told.reason);
  expect(sentenceOf(WORDS.fr, told)).toBe('visits a baissé, de 3 à 2.');
});
