import { expect, test } from 'vitest';
import { EarshotError, ERRORS, type ErrorCode } from '../../base/errors.ts';
import { openReturn } from './return.ts';

const open = () => {
  const waits: number[] = [];
  const lines: string[] = [];
  const wait = async (ms: number): Promise<void> => void waits.push(ms);
  return { waits, lines, back: openReturn({ wait, say: (line) => void lines.push(line) }) };
};

test('a restart of studio, site or door is waited for, with longer pauses each time, and forgotten when it is over', async () => {
  const { back, waits, lines } = open();
  for (const code of [
    'studio-away',
    'site-away',
    'doors-away',
    'room-not-open',
    'media-unavailable',
  ] as const)
    expect(await back.after(new EarshotError(code))).toBe(true);
  expect(await back.after(new TypeError('fetch failed'))).toBe(true);
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  expect(lines[0]).toBe(`${ERRORS['studio-away'].title}; trying again in 1 s`);
  expect(lines[5]).toBe('the server does not answer; trying again in 10 s');
  back.well();
  await back.after(new EarshotError('stage-full'));
  expect(waits.at(-1)).toBe(1_000);
});

test.each(['removed', 'link-withdrawn', 'room-ended', 'token-expired', 'token-invalid'] as ErrorCode[])(
  'a fault that waiting cannot cure ends it: %s',
  async (code) => {
    const { back, waits } = open();
    expect(await back.after(new EarshotError(code))).toBe(false);
    expect(waits).toEqual([]);
  },
);

test('neither a room that stays unknown nor a fault in our code counts as a restart', async () => {
  const { back } = open();
  let tries = 0;
  while (await back.after(new EarshotError('room-unknown'))) tries += 1;
  expect(tries).toBe(30);
  expect(await open().back.after(new RangeError('no'))).toBe(false);
});
