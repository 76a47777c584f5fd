import { describe, expect, test } from 'vitest';
import { bundleOf, eventOf } from '../../test/bundle.ts';
import type { MetricId } from '../wire/metrics.ts';
import type { RoomNumbers } from '../wire/numbers.ts';
import { addFigures, whyNotAdded } from './adding.ts';
import { factsOfBundle } from './bundle-facts.ts';
import { type CheckOptions, type ClaimVerdict, checkClaim } from './check.ts';
import { type ClaimFacts, factsOfNumbers } from './facts.ts';

/** 20:00 Eastern time on 12 August 2024, in minutes since 1970. */
const EIGHT = Date.UTC(2024, 7, 13, 0, 0) / 60_000;
const EASTERN = { zone: 'America/New_York' };

type Totals = Partial<Record<MetricId, number>>;
const total = (totals: Totals): object =>
  Object.fromEntries(
    Object.entries(totals).map(([metric, net]) => [metric, { net, gross: net, method: 'exact' }]),
  );

/** A bundle as the log writes it, without the proofs, which are `earshot verify`'s. */
function bundle(entries: readonly object[]): string {
  const head = {
    v: 1,
    kind: 'earshot-bundle',
    room: 'case',
    title: 'The case',
    origin: 'o',
    keys: [],
    made: 0,
  };
  const lines = entries.map((entry, i) =>
    JSON.stringify({ kind: 'entry', index: 100 + i, entry: JSON.stringify(entry), proof: [] }),
  );
  return [
    JSON.stringify(head),
    ...lines,
    JSON.stringify({ kind: 'checkpoint', note: '', consistency: [] }),
    '',
  ].join('\n');
}

let seq = 0;
const minute = (after: number, totals: Totals, m: number, room = 'case'): object => ({
  ...{ v: 1, kind: 'minute', room, seq: ++seq, previous: '', minute: EIGHT + after, status: 'reconciled' },
  samples: [
    [(EIGHT + after) * 60, m + 20, m - 10, m - 10, m + 100],
    [(EIGHT + after) * 60 + 10, m + 20, m, m, m + 100],
  ],
  total: total(totals),
  ...{ seconds: { stage: 1, standby: 1 }, excluded: {}, sampling: 1e6, definitions: '' },
});

/** Figures of the size of the evening of 2024: made up but for what was said of it. */
const CASE = bundle([
  {
    v: 1,
    kind: 'happening',
    room: 'case',
    seq: ++seq,
    previous: '',
    at: (EIGHT - 15) * 60_000,
    what: 'opened',
  },
  minute(
    0,
    { listeners_now: 20_000, in_room_now: 150_000, join_attempts: 180_000, post_impressions: 8e6 },
    20_000,
  ),
  minute(
    30,
    {
      listeners_now: 0,
      in_room_now: 412_000,
      join_attempts: 866_000,
      join_success: 120_000,
      post_impressions: 21e6,
    },
    0,
  ),
  minute(
    80,
    {
      listeners_now: 1_100_000,
      in_room_now: 1_250_000,
      peak_concurrent: 1_402_117,
      post_impressions: 60_400_000,
    },
    1_100_000,
  ),
  minute(
    180,
    {
      ...{
        listeners_now: 800_000,
        in_room_now: 900_000,
        peak_concurrent: 1_402_117,
        avg_concurrent: 702_345,
      },
      ...{
        tuned_in_live: 9_800_000,
        replay_listens: 2_000_000,
        listens_total: 11_800_000,
        drop_ins: 3_100_000,
      },
      ...{
        join_attempts: 19_400_000,
        join_success: 12_900_000,
        join_failures: 6_500_000,
        visits: 31_000_000,
      },
      ...{ unique_listeners: 8_310_000, listening_seconds: 4_680_000_000, post_impressions: 90_000_000 },
    },
    800_000,
  ),
  {
    ...{ v: 1, kind: 'final', room: 'case', seq: ++seq, previous: '', at: 0, excluded: {}, differences: [] },
    total: {
      ...total({ replay_listens: 14_231_000, post_impressions: 183_214_009 }),
      listens_total: {
        ...{ net: 24_031_000, gross: 25e6, method: 'exact' },
        parts: { tuned_in_live: 9_800_000, replay_listens: 14_231_000 },
      },
    },
  },
  ...[311_000_000, 222_000_000, 141_000_000, 96_000_000, 61_000_000].map((views, i) =>
    minute(180, { post_impressions: views }, 0, `post-${i}`),
  ),
]);

const facts = (text = CASE): ClaimFacts => {
  const found = factsOfBundle(text);
  if ('why' in found) throw new Error(found.why);
  return found.facts;
};
const verdict = (text: string, options: CheckOptions = EASTERN, from = facts()): ClaimVerdict => {
  const found = checkClaim(text, from, options);
  if ('why' in found) throw new Error(`${text}: ${found.why}`);
  return found.verdict;
};

describe('the six sayings of 2024 (NUMBERS, section 1)', () => {
  test('"hundreds of thousands in the room" at 20:30: people in the room, and who tried to join', () => {
    for (const text of [
      'hundreds of thousands in the room at 20:30',
      'quelques centaines de milliers de personnes dans la salle à 20 h 30',
    ])
      expect(verdict(text)).toMatchObject({
        ...{ verdict: 'matches', metric: 'in_room_now', value: 412_000, also: ['join_attempts'] },
        ...{ entry: 102, at: (EIGHT + 30) * 60_000 },
      });
  });

  test('1.4 million: the peak', () => {
    for (const text of ['1.4 million', '1.4 million listeners at once', '1,4 million d’auditeurs simultanés'])
      expect(verdict(text)).toMatchObject({
        verdict: 'matches',
        metric: 'peak_concurrent',
        value: 1_402_117,
      });
  });

  test('24 million views of the Space: plays, live and replay beside each other', () => {
    for (const text of [
      '24 million views of the Space',
      '24 millions de vues de la salle',
      '24 million views',
    ])
      expect(verdict(text)).toMatchObject({
        ...{ verdict: 'matches', metric: 'listens_total', unit: 'listens' },
        parts: { tuned_in_live: 9_800_000, replay_listens: 14_231_000 },
      });
  });

  test('60 million, later 183 million views of the post: impressions, then and in the end', () => {
    expect(verdict('60 million views of the post')).toMatchObject({
      ...{ verdict: 'matches', metric: 'post_impressions', value: 60_400_000, later: 183_214_009 },
      at: (EIGHT + 80) * 60_000,
    });
    expect(verdict('183 million views of the post')).toMatchObject({
      ...{ verdict: 'matches', metric: 'post_impressions', value: 183_214_009, entry: 105 },
    });
  });

  test('"about 1 billion": the posts of many accounts, listed and not called an audience', () => {
    for (const text of [
      'about 1 billion',
      'environ un milliard',
      'about 1 billion listeners',
      'a billion views',
    ]) {
      const found = verdict(text);
      expect(found.verdict, text).toBe('sum-of-unlike');
      expect(found.components, text).toHaveLength(6);
      expect(found.sum).toBe(183_214_009 + 311e6 + 222e6 + 141e6 + 96e6 + 61e6);
      expect(found.components?.map(({ of }) => of)).toContain('post-3');
      expect(found.metric).toBeUndefined();
    }
  });

  test('joins that failed: attempts, successes and failures', () => {
    expect(verdict('6.5 million failed joins')).toMatchObject({
      verdict: 'matches',
      metric: 'join_failures',
    });
    expect(verdict('19.4 million attempts to join')).toMatchObject({
      verdict: 'matches',
      metric: 'join_attempts',
    });
    expect(verdict('12,9 millions de personnes ont rejoint')).toMatchObject({
      ...{ verdict: 'matches', metric: 'join_success' },
    });
  });
});

describe('other words for the same numbers', () => {
  test.each([
    ['24 million listeners', 'listens_total'],
    ['183 million listeners', 'post_impressions'],
    ['183 millions d’auditeurs', 'post_impressions'],
    ['1.4 million views', 'peak_concurrent'],
    ['1.4 million plays', 'peak_concurrent'],
    ['1.4 million unique listeners', 'peak_concurrent'],
    ['8.3 million impressions', 'unique_listeners'],
    ['31 million people', 'visits'],
  ] as const)('"%s" is named wrongly: it is %s', (text, metric) => {
    expect(verdict(text)).toMatchObject({ verdict: 'named-wrongly', metric });
  });

  test.each([
    ['2 million listeners'],
    ['50 million listeners'],
    ['1.5 million at once'],
    ['1,402,118 listeners'],
    ['400 million views of the post'],
  ])('"%s" is no figure of the room', (text) => {
    const found = verdict(text);
    expect(found.verdict).toBe('no-match');
    expect(found.nearest).toHaveLength(3);
    const off = found.nearest.map(({ ratio }) => Math.abs(Math.log(ratio)));
    expect([...off].sort((a, b) => a - b)).toEqual(off);
  });

  test('the nearest has its ratio: the number divided by the figure', () => {
    expect(verdict('1.5 million at once').nearest[0]).toEqual({
      ...{ metric: 'peak_concurrent', value: 1_402_117, ratio: 1.07 },
    });
  });

  test('207 million is impressions and plays together', () => {
    expect(verdict('207 million views')).toMatchObject({
      verdict: 'sum-of-unlike',
      sum: 183_214_009 + 24_031_000,
      components: [{ metric: 'post_impressions' }, { metric: 'listens_total' }],
    });
  });

  test('a precise number may be the sum of any two figures, a rounded one may not', () => {
    const sum = 1_402_117 + 8_310_000;
    expect(verdict(`${sum} listeners`)).toMatchObject({ verdict: 'sum-of-unlike', sum });
    expect(verdict('9.7 million listeners')).toMatchObject({ verdict: 'no-match' });
  });

  test('hours of listening are counted in seconds', () => {
    expect(verdict('1.3 million hours of listening')).toMatchObject({
      ...{ verdict: 'matches', metric: 'listening_seconds', number: 1.3e6, value: 4_680_000_000 },
    });
    expect(verdict('1,3 million d’heures d’écoute')).toMatchObject({ metric: 'listening_seconds' });
    expect(verdict('2 million hours of listening')).toMatchObject({ verdict: 'no-match' });
  });

  test('bounds: what is true of a figure matches, and a bound is no hunt for other figures', () => {
    expect(verdict('more than a million listeners')).toMatchObject({ metric: 'peak_concurrent' });
    expect(verdict('nearly 1.5 million at once')).toMatchObject({ metric: 'peak_concurrent' });
    expect(verdict('more than 100 million listeners')).toMatchObject({
      ...{ verdict: 'named-wrongly', metric: 'post_impressions' },
    });
    expect(verdict('fewer than 2 million listeners')).toMatchObject({ verdict: 'matches' });
    expect(verdict('fewer than 1 million at once')).toMatchObject({ verdict: 'no-match' });
    expect(verdict('1.3 to 1.5 million listeners')).toMatchObject({ metric: 'peak_concurrent' });
  });

  test('billion is what the language says', () => {
    expect(verdict('1 billion de vues').verdict).toBe('no-match');
    expect(verdict('1 billion de vues').said.notes).toEqual(['long-billion']);
  });
});

describe('a time', () => {
  test('the listeners of a minute are all of its samples', () => {
    for (const text of [
      '1.1 million listeners at 21:20',
      '1,099,990 listeners at 21:20',
      '1,1 million à 21 h 20',
    ])
      expect(verdict(text)).toMatchObject({ verdict: 'matches', metric: 'listeners_now', entry: 103 });
    expect(verdict('1.4 million listeners at 21:20')).toMatchObject({ verdict: 'named-wrongly' });
  });

  test('is in the zone that the sentence names, or in the one that is given, or in UTC', () => {
    const text = '1.1 million listeners at';
    expect(verdict(`${text} 21:20 ET`, {}).metric).toBe('listeners_now');
    expect(verdict(`${text} 01:20 UTC`).metric).toBe('listeners_now');
    expect(verdict(`${text} 01:20`, {}).metric).toBe('listeners_now');
    expect(verdict(`${text} 03:20`, { zone: 'Europe/Paris' }).metric).toBe('listeners_now');
    expect(verdict(`${text} 2024-08-13T01:20:00Z`).metric).toBe('listeners_now');
    expect(
      verdict('1.1 million listeners', { at: { kind: 'instant', at: (EIGHT + 80) * 60_000 } }).metric,
    ).toBe('listeners_now');
  });

  test('that no entry is of is said', () => {
    expect(checkClaim('5 listeners at 19:00', facts(), EASTERN)).toEqual({ why: 'time-unknown' });
    expect(checkClaim('5 listeners after 9 hours', facts())).toEqual({ why: 'time-unknown' });
    expect(checkClaim('5 listeners in the first 16 minutes', facts())).not.toHaveProperty('why');
  });

  test('"in the first hour" is what was counted until then', () => {
    // Opened at 19:45: until 20:45 the newest entry is that of 20:30, which is too old to speak for it.
    expect(checkClaim('866,000 attempts in the first hour', facts())).toEqual({ why: 'time-unknown' });
    expect(verdict('866,000 attempts in the first 46 minutes')).toMatchObject({
      metric: 'join_attempts',
      entry: 102,
    });
  });
});

describe('what outranks what', () => {
  const first = minute(0, { peak_concurrent: 1_000, visits: 50 }, 900);
  const last = minute(1, { peak_concurrent: 1_000, visits: 60 }, 900);
  const final = {
    ...{ v: 1, kind: 'final', room: 'case', seq: ++seq, previous: '', at: 0, excluded: {}, differences: [] },
    total: total({ peak_concurrent: 990 }),
  };
  const correction = (corrects: number, totals: Totals): object => ({
    ...{ v: 1, kind: 'correction', room: 'case', seq: ++seq, previous: '', at: 0, why: 'bots', excluded: {} },
    ...{ corrects, total: total(totals) },
  });
  const seqOf = (entry: object): number => (entry as { seq: number }).seq;

  test('final figures outrank the last minute, a correction outranks them, a later one that', () => {
    const once = correction(seqOf(final), { peak_concurrent: 700 });
    const twice = correction(seqOf(once), { peak_concurrent: 650 });
    const peak = (entries: readonly object[]) => facts(bundle(entries)).figures.get('peak_concurrent');
    expect(peak([first, last])).toMatchObject({ value: 1_000, entry: 101 });
    expect(peak([first, last, final])).toMatchObject({ value: 990, entry: 102 });
    expect(peak([first, last, final, once])).toMatchObject({ value: 700, entry: 103, corrected: true });
    expect(peak([first, last, final, once, twice])).toMatchObject({
      value: 650,
      entry: 104,
      corrected: true,
    });
    const found = verdict('700 listeners', {}, facts(bundle([first, last, final, once])));
    expect(found).toMatchObject({ verdict: 'matches', corrected: true });
  });

  test('a correction of one minute is that minute’s alone', () => {
    const found = facts(bundle([first, last, correction(seqOf(first), { visits: 5 })]));
    expect(found.figures.get('visits')?.value).toBe(60);
    expect(found.minutes[0]?.figures.get('visits')).toMatchObject({ value: 5, corrected: true });
    expect(found.minutes[1]?.figures.get('visits')?.value).toBe(60);
  });
});

test('a bundle with proofs, checkpoints and a seal is read as it is', () => {
  const event = eventOf({ seed: 3, minutes: 12, others: 2, rotations: [5], gap: 8, closed: true });
  const { figures, minutes, others, room } = facts(bundleOf(event));
  expect(room).toBe(event.room);
  expect(minutes.length).toBeGreaterThan(5);
  expect(others).toEqual([]);
  const peak = figures.get('peak_concurrent');
  const index = event.ours.findLast((i) => event.log[i]?.includes('"peak_concurrent"'));
  expect(peak?.value).toBeGreaterThan(0);
  expect(peak?.entry).toBe(index);
  expect(verdict(`${peak?.value} listeners`, {}, facts(bundleOf(event)))).toMatchObject({
    metric: 'peak_concurrent',
  });
});

test('the headline of a minute is that of the count which there is', () => {
  const listeners = (status: string) =>
    facts(bundle([{ ...minute(0, {}, 500), status }])).minutes[0]?.figures.get('listeners_now');
  expect(listeners('reconciled')).toMatchObject({ low: 490, high: 500 });
  expect(listeners('server_only')).toMatchObject({ low: 490, high: 520 });
  expect(listeners('client_only')).toMatchObject({ low: 490, high: 500 });
  expect(listeners('range')).toMatchObject({ low: 490, high: 520 });
});

describe('the present numbers of a room', () => {
  const numbers: RoomNumbers = {
    ...{ v: 1, room: 'hall', at: 1_000, status: 'discrepant', state: 'live', excluded: {}, sampling: 1 },
    metrics: {
      peak_concurrent: {
        ...{ value: 100_000, net: 100_000, gross: 110_000, unit: 'sessions', method: 'sampled' },
        ...{ error: 2_000, definition: '/numbers#peak', entry: 7 },
      },
      listeners_now: {
        ...{ value: 90_000, low: 88_000, high: 96_000, net: 90_000, gross: 95_000, unit: 'sessions' },
        ...{ method: 'counted', definition: '/numbers#now' },
      },
    },
  };
  test('match within their error and their range', () => {
    const from = factsOfNumbers(numbers);
    expect(verdict('101,500 listeners', {}, from)).toMatchObject({ metric: 'peak_concurrent', entry: 7 });
    expect(verdict('95,500 listeners', {}, from)).toMatchObject({ metric: 'listeners_now' });
    expect(verdict('103,500 listeners', {}, from).verdict).toBe('no-match');
  });
  test('say nothing of a time, and nothing when there are none', () => {
    expect(checkClaim('90,000 listeners at 20:00', factsOfNumbers(numbers))).toEqual({ why: 'time-unknown' });
    expect(checkClaim('90,000 listeners', factsOfNumbers({ ...numbers, metrics: {} }))).toEqual({
      why: 'no-figures',
    });
  });
});

test('a sentence that adds unlike things is refused with the reason', () => {
  const check = (text: string) => checkClaim(text, facts());
  expect(check('24 million plays + 183 million impressions')).toEqual({
    why: 'unlike-figures',
    reason: 'unlike-units',
  });
  expect(check('31 million visits + 183 million impressions')).toEqual({
    why: 'unlike-figures',
    reason: 'unlike-figures',
  });
  expect(check('1.4 million listeners + 1.1 million listeners')).toEqual({
    why: 'unlike-figures',
    reason: 'not-additive',
  });
  expect(check('3 million plays + 2 million plays')).toEqual({ why: 'two-numbers' });
});

describe('adding', () => {
  const of = (metric: MetricId, value: number, room = 'a') => ({ of: room, metric, value });
  test('plays of two rooms are added, and all sessions of one', () => {
    expect(addFigures([of('replay_listens', 2), of('replay_listens', 3, 'b')])).toEqual({
      value: 5,
      unit: 'listens',
    });
    expect(addFigures([of('tuned_in_live', 2), of('drop_ins', 3)])).toEqual({ value: 5, unit: 'sessions' });
  });
  test('nothing else is', () => {
    expect(whyNotAdded([of('tuned_in_live', 1), of('replay_listens', 1)])).toBe('unlike-units');
    expect(whyNotAdded([of('visits', 1), of('post_impressions', 1)])).toBe('unlike-figures');
    expect(whyNotAdded([of('unique_listeners', 1), of('unique_listeners', 1, 'b')])).toBe('not-additive');
    expect(whyNotAdded([of('peak_concurrent', 1), of('peak_concurrent', 1, 'b')])).toBe('not-additive');
    expect(whyNotAdded([of('visits', 1), of('visits', 1)])).toBe('same-figure');
  });
});

describe('bundles that cannot be read', () => {
  test.each([
    ['', 'this is no bundle'],
    ['{}', 'this is no bundle'],
    ['[]', 'this is no bundle'],
    ['{"v":2,"kind":"earshot-bundle","room":"x"}', 'this bundle is of version 2, which is not known here'],
    [`${CASE}garbage`, /is no JSON$/],
    [bundle([]), 'the bundle has no figures of its room'],
    [bundle([minute(0, { visits: 5 }, 1, 'other')]), 'the bundle has no figures of its room'],
    [`${bundle([minute(0, {}, 1)])}{"kind":"entry","index":1,"entry":"nothing"}`, /has no entry$/],
  ])('%.40s', (text, why) => {
    const found = factsOfBundle(text);
    expect('why' in found && found.why).toMatch(why);
  });

  test('unknown kinds, figures and fields are left out', () => {
    const odd = {
      v: 1,
      kind: 'minute',
      room: 'case',
      seq: 1,
      minute: 5,
      total: { visits: { net: 5 }, magic: { net: 1 }, drop_ins: { net: -1 }, post_reach: null },
    };
    const found = facts(bundle([odd, { v: 1, kind: 'later', room: 'case', seq: 2 }]));
    expect([...found.figures.keys()]).toEqual(['visits']);
  });
});
