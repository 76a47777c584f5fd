/** Whatever a stranger sends as a beacon or as a token: nothing throws, and nothing of it counts. */
import { expect, test } from 'vitest';
import { beaconFor } from '../../../test/audience.ts';
import { chance } from '../../../test/chance.ts';
import { readBeacon } from '../../wire/listening/beacon.ts';
import { sessionOf } from '../../wire/listening-proof.ts';
import { openSessionTokens } from './session-token.ts';

const MANY = 100_000;
const WALL = Date.UTC(2026, 11, 1);
const LETTERS = '{}[]",:0123456789.-+eE\\/ \u0000\u00ff\ud83d\udc4b_truefalsn';

const tokens = openSessionTokens(new Uint8Array(32).fill(1), () => WALL);
const token = tokens.issue('room', 7);

/** A text with one to four letters changed, doubled, left out or put in. */
function mutated(text: string, random: () => number): string {
  let out = text;
  for (let times = 1 + Math.floor(random() * 4); times > 0; times -= 1) {
    const at = Math.floor(random() * (out.length + 1));
    const letter = LETTERS[Math.floor(random() * LETTERS.length)] ?? '';
    const cut = Math.floor(random() * 3);
    out = out.slice(0, at) + (random() < 0.8 ? letter : out.slice(at, at + 9)) + out.slice(at + cut);
  }
  return out;
}

const noise = (random: () => number): string =>
  Array.from({ length: Math.floor(random() * 300) }, () =>
    random() < 0.5
      ? (LETTERS[Math.floor(random() * LETTERS.length)] ?? '')
      : String.fromCharCode(Math.floor(random() * 0x1_0000)),
  ).join('');

test('a hundred thousand bodies that no player would send are read or are none, and none throws', () => {
  const random = chance(41);
  const body = JSON.stringify(beaconFor(token, 600));
  const wrong: unknown[] = [];
  let read = 0;
  for (let i = 0; i < MANY; i += 1) {
    const found = readBeacon(i % 4 === 0 ? noise(random) : mutated(body, random));
    if (!found) continue;
    read += 1;
    if (found.seconds > 120 || found.session.length !== 32 || found.proof.length !== 16) wrong.push(found);
  }
  expect(wrong).toEqual([]);
  // Some changes leave a beacon a beacon; most do not.
  expect(read).toBeGreaterThan(MANY / 100);
  expect(read).toBeLessThan(MANY / 2);
});

test('of a hundred thousand texts that are no token of ours none is one, and none throws', () => {
  const random = chance(43);
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const wrong: string[] = [];
  let alike = 0;
  for (let i = 0; i < MANY; i += 1) {
    const text =
      i % 3 === 0
        ? noise(random)
        : i % 3 === 1
          ? mutated(token, random)
          : Array.from({ length: 32 }, () => letters[Math.floor(random() * 64)]).join('');
    const contents = tokens.read(text);
    if (contents) alike += 1;
    if ((sessionOf(text) === undefined) !== (contents === undefined)) wrong.push(text);
    if (text !== token && tokens.check(text, 'room') !== 'forged') wrong.push(text);
  }
  expect(wrong).toEqual([]);
  expect(alike).toBeGreaterThan(MANY / 4);
  expect(tokens.check(token, 'room')).toBeUndefined();
  expect(tokens.check(token, 'hall')).toBe('forged');
});
