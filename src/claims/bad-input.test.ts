/** What is no statement about an audience, at each way in: a clear refusal, and nothing is written anywhere. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { silentLog } from '../base/log.ts';
import type { RoomNumbers } from '../wire/numbers.ts';
import { type Claims, open } from './open.ts';

const NUMBERS: RoomNumbers = {
  ...{ v: 1, room: 'hall', at: 0, status: 'reconciled', state: 'final', excluded: {}, sampling: 1 },
  metrics: {
    peak_concurrent: {
      ...{ value: 412, net: 412, gross: 412, unit: 'sessions', method: 'exact', definition: '' },
    },
  },
};

let dir: string;
let claims: Claims;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'earshot-bad-claims-'));
  const { privateKey: key } = generateKeyPairSync('ed25519');
  claims = await open({
    ...{ clock: { ...manualClock() }, log: silentLog, key, dir, publicUrl: 'https://x.example' },
    numbersOf: async () => NUMBERS,
    titleOf: async (slug) => (slug === 'hall' ? 'Hall' : undefined),
    rooms: () => [],
    whoIs: async () => 'host',
    isOperator: async () => false,
  });
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Each with the reason that programs get. */
const BAD: readonly (readonly [name: string, text: string, why: string])[] = [
  ['a negative number', '-1.4 million listeners', 'negative'],
  ['a negative number with a minus sign of typography', '−412 listeners', 'negative'],
  ['a huge number', '10^400 listeners', 'unclear-number'],
  ['a huge number in digits', `${'9'.repeat(30)} listeners`, 'too-large'],
  ['a number that no computer holds', '1e999 listeners', 'too-large'],
  ['NaN', 'NaN listeners', 'not-a-number'],
  ['infinity', 'Infinity listeners', 'not-a-number'],
  ['infinity as a sign', '∞ listeners', 'not-a-number'],
  ['letters of two scripts in a word', '1.4 mіllion listeners', 'mixed-scripts'],
  ['digits of two scripts in a number', '4١2 listeners', 'mixed-scripts'],
  ['a mark that turns the reading', '\u202e214 listeners', 'hidden-characters'],
  ['a blank without width between digits', '4\u200b12 listeners', 'hidden-characters'],
  ['a control character', '412\u0000 listeners', 'hidden-characters'],
  ['half a character', '412 \ud800 listeners', 'hidden-characters'],
  ['1,000 letters', `412 ${'x'.repeat(1_000)}`, 'too-long'],
  ['only a noun', 'listeners', 'no-number'],
  ['nothing but blanks', '   ', 'empty'],
  ['two numbers', '412 listeners, then 500 listeners', 'two-numbers'],
  ['a percentage', '40 % of the listeners', 'share'],
];

const check = async (text: string) => {
  const answer = await claims.fetch(
    new Request('https://x.example/api/claims/check', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text, room: 'hall' }),
    }),
  );
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

test.each(BAD)('a program is told why %s is not checked', async (_, text, why) => {
  const { status, body } = await check(text);
  expect([status, body.code, body.why]).toEqual([422, 'unprocessable', why]);
  expect(String(body.detail).length).toBeGreaterThan(10);
});

test.each(BAD)('the page says in a sentence why %s is not checked, in both languages', async (_, text) => {
  for (const language of ['en', 'fr']) {
    const answer = await claims.fetch(
      new Request(`https://x.example/claims?room=hall&text=${encodeURIComponent(text.toWellFormed())}`, {
        headers: { 'accept-language': language },
      }),
    );
    const page = await answer.text();
    expect(page).toContain(`lang="${language}"`);
    // A form field of nothing was not filled in, and half a character does not fit into an address.
    if (text.trim() !== '' && text.isWellFormed())
      expect(page).toMatch(/class="result refused"|class="result [^"]*refused/);
  }
});

test('digits of other scripts, and full-width ones, are digits', async () => {
  for (const text of ['４１２ listeners', '٤١٢ listeners', '४१२ listeners'])
    expect((await check(text)).body, text).toMatchObject({ verdict: 'matches', number: 412 });
});

test('10,000 letters are refused before they are read', async () => {
  const { status, body } = await check('x'.repeat(10_000));
  expect([status, body.code]).toEqual([413, 'too-large']);
});

test('none of this has left anything on the disk', () => {
  expect(readdirSync(dir)).toEqual([]);
});
