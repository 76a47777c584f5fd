import { beforeAll, expect, test } from 'vitest';
import { signingKeyFor } from '../keys/signing-keys.ts';
import { canonical, type Json } from './canonical-json.ts';
import { lineAfter, NO_ENTRY, tailAt } from './entry.ts';
import { checkHead, headOf, type SignedHead } from './signed-head.ts';
import { verify } from './verify.ts';

const lines: string[] = [];
beforeAll(() => {
  for (let i = 1; i <= 10; i += 1)
    lines.push(
      lineAfter(lines.length === 0 ? NO_ENTRY : tailAt(lines.at(-1)), { at: i, says: `entry ${i}` }),
    );
});
const file = (list: readonly string[]): string => list.map((line) => `${line}\n`).join('');

test('one changed character is found, in every entry but the last', () => {
  expect(verify(file(lines)).holds).toBe(true);
  for (let i = 0; i < 9; i += 1) {
    const found = verify(file(lines.map((line, at) => (at === i ? line.replace('entry', 'Entry') : line))));
    expect(found.findings).toEqual([
      `line ${i + 2}: does not follow the entry before it: that one was changed after it was written`,
    ]);
  }
});

test('entries that were removed, put in another order, repeated or added are found', () => {
  const without = (...at: number[]): string => file(lines.filter((_, i) => !at.includes(i + 1)));
  expect(verify(without(4)).findings).toEqual(['line 4: entry 4 is missing before it']);
  expect(verify(without(4, 5, 6)).findings).toEqual(['line 4: entries 4 to 6 are missing before it']);
  const [a = '', b = ''] = [lines[3], lines[4]];
  expect(verify(file([...lines.slice(0, 3), b, a, ...lines.slice(5)])).holds).toBe(false);
  expect(verify(file([...lines, lines[9] ?? ''])).findings[0]).toContain('second history');
  expect(verify(`${file(lines)}{"at":11}\n`).findings[0]).toContain('was added later');
  // From the front it is only told: an older part may have been replaced.
  expect(verify(without(1, 2))).toMatchObject({ holds: true, notes: [expect.stringContaining('number 3')] });
  expect(verify(file(lines.map((line, i) => (i === 3 ? 'garbage' : line)))).findings).toEqual([
    'line 5: entry 4 is missing before it',
  ]);
});

test('many findings are counted, and not all listed', () => {
  const found = verify(file(lines.flatMap((line) => Array.from({ length: 9 }, () => line))));
  expect(found.findings).toHaveLength(21);
  expect(found.findings.at(-1)).toMatch(/^and \d+ more$/);
});

test('a signed head shows what the chain alone cannot: a replaced end, and a history that was rewritten', () => {
  const key = signingKeyFor(new Uint8Array(32).fill(5), 'journal heads');
  const text = canonical(headOf(verify(file(lines.slice(0, 8))), 'a.jsonl', 1_000, key) as unknown as Json);
  const head = checkHead(text);
  const { chains } = (head as { body: SignedHead }).body;
  expect(head.good).toBe(true);
  expect(verify(file(lines), '', chains).holds).toBe(true);
  expect(verify(file(lines.slice(0, 7)), '', chains).findings[0]).toContain('entries were removed');
  const anew: string[] = [];
  for (let i = 1; i <= 10; i += 1) anew.push(lineAfter(tailAt(anew.at(-1)), { at: i, says: 'other' }));
  expect(verify(file(anew)).holds).toBe(true);
  expect(verify(file(anew), '', chains).findings[0]).toContain('it was changed');
  expect(verify(file(lines.slice(9)), '', chains).findings[0]).toContain('not in this file any more');
  expect(checkHead(text.replace('"at":1000', '"at":1001'))).toMatchObject({ good: false });
  expect(checkHead(text.replace('a.jsonl', 'b.jsonl'))).toMatchObject({
    why: expect.stringContaining('changed'),
  });
  expect(checkHead('{"kind":"earshot-rehearsal"}')).toMatchObject({ good: false });
  expect(checkHead('')).toMatchObject({ good: false, why: 'this is no JSON' });
});
