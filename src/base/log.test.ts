import { expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { type LineTarget, overTarget } from './line-writer.ts';
import { openLog, readable } from './log.ts';

function open(terminal = false, level = 'info') {
  const clock = manualClock();
  const lines: string[] = [];
  const writer = { write: (line: string) => void lines.push(line), dropped: 0, terminal };
  const log = openLog(level, { process: 'door-0' }, { clock, writer });
  return { clock, lines, log, told: () => lines.map((line) => JSON.parse(line)) };
}

test('a line is JSON with ISO time and the level as a word', () => {
  const { log, lines } = open();
  log.part('ladder').warn({ slug: 'talk', cause: new Error('no'), big: 1n }, 'a step');
  expect(lines).toEqual([
    '{"time":"2026-01-01T00:00:00.000Z","level":"warn","process":"door-0","part":"ladder","slug":"talk","cause":"no","big":"1","msg":"a step"}\n',
  ]);
});

test('on a terminal it is for people, and text from others cannot control the terminal', () => {
  const { log, lines } = open(true);
  log.part('ladder').error({ slug: 'talk', error: 'a \u001b[2J b' }, 'a \u001b[2J step');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are removed
  expect(lines[0]?.replace(/\x1b\[\d+m/g, '')).toBe(
    '2026-01-01T00:00:00.000Z error door-0 ladder: a \ufffd[2J step slug=talk error="a \\u001b[2J b"\n',
  );
});

test('on a terminal 8-bit control characters are removed as well, wherever they stand', () => {
  const { log, lines } = open(true);
  log.warn({ title: 'a \u009b2J b', list: ['\u009d0;x\u009c'], ['k\u009b']: 1 }, 'x');
  expect(lines[0]).not.toMatch(/[\u0080-\u009f\u007f]/);
  expect(lines[0]).toContain('a \ufffd2J b');
});

test('a line that is not a whole log line is shown as it is', () => {
  expect(readable('{"time":"2026-01-01T00:00:00.000Z","msg":"a \u001b[2J\n')).toBe(
    '{"time":"2026-01-01T00:00:00.000Z","msg":"a \ufffd[2J\n',
  );
  expect(readable('null\n')).toBe('null\n');
});

test('one line of a kind is written per second, with how many were left out and whom they were about', () => {
  const { log, clock, told } = open();
  for (let ms = 0; ms < 5_000; ms += 100) {
    log.warn({ slug: `room-${ms / 100}` }, 'the recording has a gap');
    log.warn({}, 'another kind');
    clock.advance(100);
  }
  clock.advance(2_000);
  const gaps = told().filter(({ msg }) => msg === 'the recording has a gap');
  expect(gaps.length).toBeLessThanOrEqual(6);
  expect(gaps[0]).not.toHaveProperty('leftOut');
  expect(gaps[1]).toMatchObject({
    slug: 'room-9',
    leftOut: 8,
    alsoAbout: expect.arrayContaining(['room-1']),
  });
  expect(gaps.reduce((sum, { leftOut = 0 }) => sum + leftOut + 1, 0)).toBe(50);
  expect(gaps.at(-1)).toMatchObject({ slug: 'room-49' });
});

test('two lines of a kind more than a second apart are both written at once', () => {
  const { log, clock, told } = open();
  log.info({ n: 1 }, 'x');
  clock.advance(1_001);
  log.info({ n: 2 }, 'x');
  expect(told()).toHaveLength(2);
});

test('levels below the chosen one are not written', () => {
  const { log, lines } = open(false, 'error');
  log.warn({}, 'x');
  expect(lines).toEqual([]);
});

test('what a reader does not take is dropped and counted, and reported when it reads again', () => {
  const taken: string[] = [];
  let reads = true;
  const target: LineTarget = {
    take(text) {
      if (reads) taken.push(text);
      return reads;
    },
  };
  const writer = overTarget(target, (count) => `dropped ${count}`);
  writer.write('a');
  reads = false;
  writer.write('b');
  writer.write('c');
  expect(writer.dropped).toBe(2);
  reads = true;
  writer.write('d');
  expect(taken).toEqual(['a', 'dropped 2', 'd']);
  expect(writer.dropped).toBe(2);
});
