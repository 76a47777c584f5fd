import { expect, test } from 'vitest';
import type { Gauges, Second } from '../order/second.ts';
import type { RehearsalFacts } from './outcome.ts';
import { sumUp } from './summary.ts';
import { Timeline } from './timeline.ts';

const about: RehearsalFacts = {
  software: { tool: 'earshot 0', server: 'Earshot 0' },
  target: { origin: 'http://localhost:1', room: 'hall' },
  began: 0,
  ended: 20_000,
  stopped: 'complete',
  listeners: 10,
  curve: { kind: 'step' },
  hold: 10_000,
  codec: 'opus',
  rate: undefined,
  pages: 0,
  hls: 0,
  asPage: 0,
  machines: 1,
  processes: 2,
  lost: [],
  glances: [],
};
const all: Gauges = { hearing: 5, dry: 0, waiting: 0, ring: 0, placed: 0 };
const second = (at: number, more: Partial<Second> = {}): Second => ({
  at,
  counts: at === 0 ? { arrived: 5, joined: 5 } : {},
  errors: {},
  served: {},
  measures: {},
  gauges: all,
  ...more,
});

/** Ten seconds of two processes with five listeners each. `change` may alter or leave out a report. */
function timeline(
  change: (process: number, at: number) => Partial<Second> | undefined = () => ({}),
): Timeline {
  const line = new Timeline();
  for (let at = 0; at < 12; at++)
    for (const process of [0, 1]) {
      const more = change(process, at);
      if (more) line.add(second(at, more));
    }
  return line;
}
const first = (change: Parameters<typeof timeline>[0], more: Partial<RehearsalFacts> = {}) =>
  sumUp(timeline(change), { ...about, ...more }).firstToBreak;

test('the reports of two processes are added up, and the held count is the fewest who heard', () => {
  expect(sumUp(timeline(), about)).toMatchObject({
    arrived: 10,
    joined: 10,
    held: 10,
    peak: 10,
    clean: true,
  });
  const one = timeline((process, at) =>
    process === 1 && at === 6 ? { gauges: { ...all, hearing: 2, ring: 1, dry: 2 } } : {},
  );
  expect(sumUp(one, about).held).toBe(8);
});

test('a second in which a process of the crowd stood still is not one in which nobody heard', () => {
  const one = timeline((process, at) => (process === 1 && at === 6 ? undefined : {}));
  expect(one.row(6)?.complete).toBe(false);
  expect(one.row(7)?.complete).toBe(true);
  expect(sumUp(one, about).held).toBe(10);
  // A process that is lost permanently does matter.
  const gone = timeline((process, at) => (process === 1 && at > 5 ? undefined : {}));
  expect(sumUp(gone, { ...about, lost: ['process 2: ended'] })).toMatchObject({
    held: 5,
    generator: { bottleneck: true },
  });
});

test('what broke first is one sentence: the cause, the moment, how many heard, and what the ladder did', () => {
  expect(first(undefined)).toBe('Nothing broke, and nothing was given up.');
  expect(first((p, at) => (p === 0 && at === 4 ? { errors: { 'http-503': 3, reset: 1 } } : {}))).toBe(
    'At 0:04, with 10 of 10 hearing, 3 were answered HTTP 503.',
  );
  expect(
    first((p, at) =>
      p === 0 && at === 7 ? { counts: { gaps: 2 } } : at === 9 ? { errors: { reset: 9 } } : {},
    ),
  ).toMatch(/^At 0:09.* \d+ had their connection reset/);
  // Ten people with nothing to play for 44 ms are not the headline when 163 had nothing to play in another second.
  expect(
    first((p, at) =>
      p === 0 && (at === 4 || at === 8)
        ? { counts: { stalls: at === 4 ? 10 : 163 }, measures: { stall: [[at === 4 ? 44 : 900, 1]] } }
        : {},
    ),
  ).toMatch(/^At 0:08.* 163 had nothing to play/);
  expect(first((p, at) => (p === 0 && at === 5 ? { counts: { stalls: 4, doubtfulStalls: 4 } } : {}))).toMatch(
    /^Nothing broke/,
  );
  const glances = [
    { at: 0, ms: 1, rung: 0, level: 0 },
    { at: 3, ms: 1, rung: 2, level: 2, why: 'egress' },
  ];
  expect(first(undefined, { glances })).toBe(
    'Nothing broke: the server stepped to rung 2 at 0:03 (egress), and everybody went on hearing.',
  );
  expect(first((p, at) => (p === 0 && at === 4 ? { errors: { refused: 1 } } : {}), { glances })).toMatch(
    /refused; the server had stepped to rung 2 at 0:03 \(egress\)\.$/,
  );
});

test('a generator at its own limit is reported as the limit', () => {
  const late = sumUp(
    timeline((_, at) => ({ measures: { lateness: [[at < 2 ? 200 : 1, 5]] } })),
    about,
  );
  expect(late.generator.bottleneck).toBe(true);
  expect(first((p, at) => (p === 0 && at === 2 ? { errors: { generator: 7 } } : {}))).toMatch(
    /says nothing about the server/,
  );
});

test('nonsense from a member has no effect', () => {
  const line = timeline();
  for (const bad of [
    { at: -1 },
    { at: 1e9 },
    { at: 0.5 },
    { counts: { arrived: Number.NaN, joined: 'many' } },
    { errors: { reset: null } },
    { gauges: undefined, measures: { join: 'no' } },
  ])
    line.add(second(5, bad as unknown as Partial<Second>));
  expect(sumUp(line, about)).toMatchObject({ arrived: 10, joined: 10, errors: {}, clean: true });
});

test('shares are of those who have come: live, on the delayed stream, in line, and the least who had any of it', () => {
  const line = timeline((process, at) =>
    process === 1
      ? { gauges: { hearing: 0, ring: 3, placed: 1, waiting: at === 6 ? 1 : 0, dry: at === 6 ? 0 : 1 } }
      : {},
  );
  expect(sumUp(line, about).shares).toEqual({ live: 0.5, ring: 0.3, line: 0.1, nothing: 0.1, least: 0.9 });
  expect(sumUp(new Timeline(), about).shares).toBeNull();
  const worst = timeline((_, at) => (at === 6 ? { gauges: { ...all, hearing: 3, waiting: 2 } } : {}));
  expect(sumUp(worst, about).shares).toMatchObject({ least: 0.6 });
});
