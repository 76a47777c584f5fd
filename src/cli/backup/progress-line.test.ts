import { expect, test } from 'vitest';
import { openProgress, progressText } from './progress-line.ts';

function shown(isTTY: boolean, quiet = false) {
  let at = 0;
  const written: string[] = [];
  const output = { isTTY, write: (text: string) => written.push(text) };
  const progress = openProgress(quiet, { output, unit: 'rows', now: () => at });
  /** One row each 100 ms, for so many seconds. */
  const copy = (seconds: number): void => {
    for (let row = 1; row <= seconds * 10; row++) {
      at += 100;
      progress(row, seconds * 10);
    }
    progress.end();
  };
  return { written, copy };
}

test('where there is no terminal there is a whole line every five seconds', () => {
  const { written, copy } = shown(false);
  copy(23);
  expect(written).toHaveLength(4);
  for (const text of written) expect(text).toMatch(/^\[#*\.*\] +\d+ % {2}\d+ of 230 rows {2}0:\d\d.*\n$/);
  expect(written[1]).toContain('100 of 230 rows  0:10, about 0:13 left');
});

test('what takes less than five seconds is not announced there', () => {
  const { written, copy } = shown(false);
  copy(4);
  expect(written).toEqual([]);
});

test('on a terminal one line is written again and again, and ended', () => {
  const { written, copy } = shown(true);
  copy(4);
  expect(written.length).toBeGreaterThan(15);
  expect(written.at(-1)).toBe('\n');
  for (const text of written.slice(0, -1))
    expect([text.startsWith('\r\u001b[K['), text.includes('\n')]).toEqual([true, false]);
});

test('nothing is shown beside an answer in JSON', () => {
  for (const terminal of [true, false]) {
    const { written, copy } = shown(terminal, true);
    copy(30);
    expect(written).toEqual([]);
  }
});

test('bytes are told in units that people read', () => {
  expect(progressText(500_000_000, 2_000_000_000, 10_000)).toBe(
    '[######..................]  25 %  500.0 MB of 2.00 GB  0:10, about 0:30 left',
  );
});
