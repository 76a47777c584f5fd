/** Requests about claims: questions, additions, statements for the book, cards. */
import { silentLog } from '../../src/base/log.ts';
import { open } from '../../src/claims/open.ts';
import { signingKeyFor } from '../../src/keys/signing-keys.ts';
import { type MetricId, metricOf } from '../../src/wire/metrics.ts';
import type { RoomNumbers } from '../../src/wire/numbers.ts';
import { manualClock } from '../clock.ts';
import { target } from './engine/target.ts';
import { checked, requestOf, written } from './requests.ts';

const figure = (id: MetricId, value: number) => ({
  ...{
    value,
    net: value,
    gross: value,
    unit: metricOf(id).unit,
    method: 'exact',
    entry: 42,
    definition: `/numbers#${id}`,
  },
});
const NUMBERS = {
  ...{ v: 1, room: 'hall', at: 0, status: 'reconciled', state: 'final', excluded: {}, sampling: 1 },
  metrics: {
    peak_concurrent: figure('peak_concurrent', 412),
    unique_listeners: figure('unique_listeners', 803),
  },
} as unknown as RoomNumbers;
const clock = manualClock();
const claims = await open({
  ...{
    clock,
    log: silentLog,
    key: signingKeyFor(new Uint8Array(32).fill(3), 'claim cards'),
    publicUrl: 'https://x.example',
  },
  // Nothing can be written there: the book stays empty, and says so.
  ...{ dir: '/nonexistent/claims', whoIs: async () => undefined, isOperator: async () => false },
  numbersOf: async (slug) => (slug === 'hall' ? NUMBERS : undefined),
  titleOf: async (slug) => (slug === 'hall' ? 'Town <hall>' : undefined),
  rooms: () => [{ slug: 'hall', title: 'Town <hall>' }],
});
const JSON_TYPE = { 'content-type': 'application/json' };
const QUESTION = { text: '412 listeners at 20:40', room: 'hall', language: 'en', zone: 'Europe/Paris' };

export default target({
  covers: ['src/claims/http/', 'src/claims/card/', 'src/claims/open.ts', 'src/claims/adding.ts'],
  async run(bytes) {
    const request = requestOf(bytes, 'http://x.example');
    if (!request || !claims.takes(new URL(request.url).pathname)) return;
    clock.advance(1_000);
    await checked(await claims.fetch(request));
  },
  seeds: [
    written('POST', '/api/claims/check', JSON_TYPE, JSON.stringify(QUESTION)),
    written('GET', '/api/claims/check?text=60+million+views&room=hall&language=fr'),
    written(
      'POST',
      '/api/claims/add',
      JSON_TYPE,
      '{"terms":[{"room":"hall","metric":"peak_concurrent"}],"text":"x"}',
    ),
    written('GET', '/claims?text=412+listeners&room=hall', { 'accept-language': 'fr' }),
    written('GET', '/claims/card.svg?text=412+listeners&room=hall'),
    written('GET', '/claims/card.json?text=412+listeners&room=hall'),
    written(
      'POST',
      '/r/hall/claims',
      { 'content-type': 'application/x-www-form-urlencoded' },
      'text=412+listeners',
    ),
    written('GET', '/r/hall/claims'),
    written(
      'POST',
      '/api/rooms/hall/claims',
      { ...JSON_TYPE, authorization: 'Bearer a.b.c' },
      '{"text":"412 listeners"}',
    ),
    ...[
      '/api/claims/waiting',
      '/case-2024',
      '/case-2024/evening.svg',
      '/r/hall/numbers/peak_concurrent.png',
    ].map((path) => written('GET', path)),
  ],
  words: [
    'application/json',
    'application/x-www-form-urlencoded',
    '/api/claims/check',
    'text=',
    'room=hall',
    'zone=',
  ],
  patienceMs: 1_000,
});
