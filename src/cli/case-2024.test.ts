/** The evening of 2024 as it is committed: it verifies, and gives the six sayings the meaning that they had. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type ClaimFacts, type ClaimVerdict, factsOfBundle } from '../claims/index.ts';
import type { MetricId } from '../wire/metrics.ts';
import { command as verify } from './bundle/verify.ts';
import { command as claim } from './claim.ts';

const PATH = fileURLToPath(new URL('../../docs/case-2024/evening.bundle', import.meta.url));
const EASTERN = ['--zone', 'America/New_York'];
const MINUTE_MS = 60_000;
const at = (hour: number, minute: number): number => Date.UTC(2024, 7, 13, hour + 4, minute) - 86_400_000;

let printed = '';
beforeEach(() => {
  printed = '';
  vi.spyOn(console, 'log').mockImplementation((text: unknown) => {
    printed += `${text}\n`;
  });
});

/** Runs `earshot claim TEXT --bundle FILE --json`. */
async function asked(text: string, language: 'en' | 'fr'): Promise<ClaimVerdict & { readonly exit: number }> {
  printed = '';
  const exit = await claim([text, '--bundle', PATH, '--json', '--language', language, ...EASTERN]);
  return { ...(JSON.parse(printed) as ClaimVerdict), exit };
}

function facts(): ClaimFacts {
  const read = factsOfBundle(readFileSync(PATH, 'utf8'));
  if ('why' in read) throw new Error(read.why);
  return read.facts;
}
const evening = facts();
const value = (metric: MetricId): number => evening.figures.get(metric)?.value ?? Number.NaN;

test('earshot verify holds on it', async () => {
  expect(await verify([PATH, '--json'])).toBe(0);
  expect(JSON.parse(printed)).toMatchObject({ ok: true, findings: [], room: 'case-2024' });
});

describe('the evening', () => {
  test('is of the size that was reported', () => {
    expect(value('peak_concurrent')).toBeGreaterThan(1_350_000);
    expect(value('peak_concurrent')).toBeLessThan(1_450_000);
    expect(Math.abs(value('listens_total') / 24e6 - 1)).toBeLessThan(0.02);
    expect(value('tuned_in_live') + value('replay_listens')).toBe(value('listens_total'));
    expect(Math.round(value('post_impressions') / 1e6)).toBe(183);
  });

  test('begins 54 minutes late, with hundreds of thousands in the room and nobody who hears anything', () => {
    const half = evening.minutes.find(({ minute }) => minute * MINUTE_MS === at(20, 30));
    expect(half?.figures.get('listeners_now')?.high).toBe(0);
    expect(half?.figures.get('in_room_now')?.value).toBeGreaterThan(200_000);
    const first = evening.minutes.find(
      ({ minute, figures }) =>
        minute * MINUTE_MS > at(20, 30) && (figures.get('listeners_now')?.high ?? 0) > 0,
    );
    expect(((first?.minute ?? 0) * MINUTE_MS - at(20, 0)) / MINUTE_MS).toBe(54);
  });

  test('has joins that fail for most of an hour, by reason, in every minute', () => {
    const grown = (metric: MetricId, minute: number): number => {
      const of = (which: number): number =>
        evening.minutes.find((one) => one.minute === which)?.figures.get(metric)?.value ?? 0;
      return of(minute) - of(minute - 1);
    };
    for (let minute = at(20, 12) / MINUTE_MS; minute < at(20, 54) / MINUTE_MS; minute++)
      expect(grown('join_failures', minute)).toBeGreaterThan(grown('join_success', minute));
    const reasons = Object.keys(evening.figures.get('join_failures')?.parts ?? {});
    expect(reasons).toEqual(expect.arrayContaining(['capacity', 'network', 'abandoned', 'unknown']));
  });
});

describe.each(['en', 'fr'] as const)('earshot claim --bundle --json, %s', (language) => {
  const ask = (english: string, french: string) => asked(language === 'en' ? english : french, language);

  test('"hundreds of thousands in the room" at 20:30: people in the room, and who tried to join', async () => {
    const found = await ask(
      'hundreds of thousands in the room at 20:30 ET',
      'des centaines de milliers de personnes dans la salle à 20 h 30 (heure de l’Est)',
    );
    expect(found).toMatchObject({
      exit: 0,
      verdict: 'matches',
      metric: 'in_room_now',
      also: ['join_attempts'],
    });
    expect(found.at).toBe(at(20, 30));
  });

  test('1.4 million: the peak', async () => {
    const found = await ask('1.4 million listeners', '1,4 million d’auditeurs');
    expect(found).toMatchObject({ exit: 0, verdict: 'matches', metric: 'peak_concurrent' });
  });

  test('24 million views of the Space: listens, live and replay beside each other', async () => {
    const found = await ask('24 million views of the Space', '24 millions de vues de la salle');
    expect(found).toMatchObject({ exit: 0, verdict: 'matches', metric: 'listens_total', unit: 'listens' });
    expect(Object.keys(found.parts ?? {})).toEqual(['live', 'replay']);
  });

  test('24 million listeners: the same figure, named wrongly', async () => {
    const found = await ask('24 million listeners', '24 millions d’auditeurs');
    expect(found).toMatchObject({ exit: 1, verdict: 'named-wrongly', metric: 'listens_total' });
  });

  test('60 million views of the post, then 183: impressions, at one time and in the end', async () => {
    const then = await ask('60 million views of the post', '60 millions de vues du post');
    expect(then).toMatchObject({ exit: 0, verdict: 'matches', metric: 'post_impressions' });
    expect(then.at).toBeGreaterThan(at(20, 54));
    expect(then.at).toBeLessThan(at(22, 0));
    expect(then.later).toBe(value('post_impressions'));
    const last = await ask('183 million views of the post', '183 millions de vues du post');
    expect(last).toMatchObject({ exit: 0, verdict: 'matches', metric: 'post_impressions' });
    const people = await ask('183 million listeners', '183 millions d’auditeurs');
    expect(people).toMatchObject({ exit: 1, verdict: 'named-wrongly', metric: 'post_impressions' });
  });

  test('about 1 billion: a sum of unlike things, its parts listed', async () => {
    const found = await ask('about 1 billion', 'environ un milliard');
    expect(found).toMatchObject({ exit: 1, verdict: 'sum-of-unlike' });
    expect(found.metric).toBeUndefined();
    expect(found.components).toHaveLength(25);
    expect(new Set(found.components?.map(({ of }) => of)).size).toBe(25);
  });

  test('joins that failed: attempts, successes, failures', async () => {
    const digits = (metric: MetricId): string =>
      (value(metric) / 1e6).toLocaleString(language, { maximumSignificantDigits: 3 });
    const failed = await ask(
      `${digits('join_failures')} million could not get in`,
      `${digits('join_failures')} millions n’ont pas pu entrer`,
    );
    expect(failed).toMatchObject({ exit: 0, verdict: 'matches', metric: 'join_failures' });
    const tried = await ask(
      `${digits('join_attempts')} million attempts to join`,
      `${digits('join_attempts')} millions de tentatives`,
    );
    expect(tried).toMatchObject({ exit: 0, verdict: 'matches', metric: 'join_attempts' });
    const joined = await ask(
      `${digits('join_success')} million joined`,
      `${digits('join_success')} millions ont rejoint`,
    );
    expect(joined).toMatchObject({ exit: 0, verdict: 'matches', metric: 'join_success' });
  });

  test('4.1 million: no figure, with the nearest three', async () => {
    const found = await ask('4.1 million listeners', '4,1 millions d’auditeurs');
    expect(found).toMatchObject({ exit: 1, verdict: 'no-match' });
    expect(found.nearest).toHaveLength(3);
  });
});
