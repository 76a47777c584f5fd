/** Summaries of requests (`requests.jsonl`) out of somebody's bundle, and the verdict that is worked out of them. */

import { incidentInWords } from '../../src/cli/verdict/incident-bundle.ts';
import { readBundleHead, verdictOfBundle } from '../../src/incident/index.ts';
import { readEntries } from '../../src/journal/index.ts';
import {
  type DemandBaseline,
  isDemandBaseline,
  isRequestSlot,
  type RequestSlot,
} from '../../src/verdict/index.ts';
import { target } from './engine/target.ts';

const isLine = (value: unknown): value is RequestSlot | DemandBaseline =>
  isRequestSlot(value) || isDemandBaseline(value);
const AT = 1_796_000_000_000;
const TOTALS = {
  ...{ requests: 9, work: 12, cost: 30, errors: 1, internal: 0, gaveUp: 1, durations: [0, 3, 6] },
  ...{ withReferer: 4, withAgent: 9, withDuration: 9, merged: 0, streams: 2 },
};
const slot = (at: number, clients: unknown): string =>
  JSON.stringify({
    ...{ v: 1, kind: 'requests', door: 'door-0', life: 'a', at, part: 0, parts: 1, totals: TOTALS },
    agents: [
      ['browser', 'abcd0123'],
      ['tool', '00ff00ff', 'google'],
    ],
    ...{ clients, pages: [5, 6], names: [[5, '/r/hall']], fresh: { prefixes: ['p1'], since: AT - 9e6 } },
  });
const CLIENTS = [
  [0, 'a1', 'p1', 0, [20, 5_000, 3, 4], [10, 9_000], [0, 5, 1, 1, 4, 2, 5, 3, 25, 1]],
  [0, 'a2', 'p2', 1, [8, 100, 0, 0], [0, 9_999], [0, 4, 13, 2, 33, 5, 34, 4]],
  [1, '', 'p3', -1, [2, 9, 0, 0], [0, 1], [0, 1]],
  ['people', '', '', -1, [1, 1, 0, 0], [0, 1], [0, 1]],
];
const HEAD = JSON.stringify({
  ...{ v: 1, kind: 'earshot-incident', id: '20261130-200000', window: { from: AT, to: AT + 60_000 } },
  signs: [{ kind: 'rung', room: 'hall', from: AT, to: AT + 50_000, detail: '3' }],
  ...{ complete: true, audience: { before: 5, most: 500, least: 5, attempts: 5, failures: 1, excluded: 0 } },
});

export default target({
  covers: [
    'src/verdict/live/',
    'src/incident/incident-verdict.ts',
    'src/incident/request-finding.ts',
    'src/incident/finding.ts',
  ],
  run(bytes) {
    const [first = '', ...lines] = bytes.toString('utf8').split('\n');
    const head = readBundleHead(first);
    if (!head) return;
    const slots = lines.flatMap((line) => readEntries<unknown>(line).filter(isLine));
    // Judging takes a hundred times as long as reading.
    if (bytes.length % 8 !== 0) return;
    incidentInWords(verdictOfBundle(head, slots));
  },
  seeds: [
    `${HEAD}\n${slot(AT, CLIENTS)}\n${slot(AT + 10_000, CLIENTS.slice(1))}`,
    `${HEAD}\n${slot(AT, CLIENTS.slice(0, 1))}`,
    `${HEAD}\n`,
  ],
  words: ['"totals":', '"clients":[', '"parts":', '"at":', '["people"', '[0,"', '1796000000000'],
  patienceMs: 1_000,
});
