import { emptyRequest, openVerdict, recogniseFormat, type Verdict } from '../../src/verdict/index.ts';
import { FORMATS, type FormatName, type Logged } from './logged.ts';

/** A verdict about made-up requests, by way of their lines, beside what is true of the same window. */
export interface JudgedEvening {
  readonly verdict: Verdict;
  /** Hostile share of requests and of cost (three for a page, one for a file, and their bytes) in the verdict's window. */
  readonly truth: { readonly requests: number; readonly cost: number };
  /** Clients that are people alone, and are called attackers; share of attackers' requests whose client is called one. */
  readonly accused: readonly string[];
  /** The same for programs that are none. */
  readonly accusedPrograms: number;
  readonly recall: number;
}

/** Writes the requests as lines of a format, reads them, and holds the verdict against the truth. */
export function judgeEvening(requests: readonly Logged[], format: FormatName): JudgedEvening {
  const lines = requests.map((request) => FORMATS[format](request));
  const known = recogniseFormat(lines.slice(0, 1000));
  if (known?.kind !== 'requests') throw new Error('the lines were not recognised');
  const open = openVerdict();
  const request = emptyRequest();
  let unread = 0;
  for (const line of lines) {
    if (known.parse(line, request)) open.add(request);
    else unread++;
  }
  const files = [{ name: 'made', format: known.name, lines: lines.length, unread }];
  const verdict = open.finish({ files, unread, durations: known.durations }, 100_000);
  const [from, to] = [Date.parse(verdict.window.from ?? ''), Date.parse(verdict.window.to ?? '')];
  const sums = { all: 0, hostile: 0, cost: 0, hostileCost: 0 };
  const truths = new Map<string, Set<string>>();
  const called = new Map(verdict.clients.map(({ key, class: is }) => [key, is]));
  let [attacks, named] = [0, 0];
  for (const one of requests) {
    if (one.at < from || one.at >= to) continue;
    const agent = format === 'common' ? '' : one.agent;
    const key = agent === '' ? one.address : `${one.address} ${agent}`;
    const of = truths.get(key);
    if (of) of.add(one.truth);
    else truths.set(key, new Set([one.truth]));
    const file = /\.\w{2,5}$/.test(one.target.split('?')[0] ?? '') || one.status === 304;
    const cost = (one.status === 408 ? 61 : file ? 1 : 3) + one.bytes / 125_000;
    sums.all++;
    sums.cost += cost;
    if (one.truth !== 'attacker') continue;
    sums.hostile++;
    sums.hostileCost += cost;
    attacks++;
    if (called.get(key) === 'attacker') named++;
  }
  const accused = [...called]
    .filter(([key, is]) => is === 'attacker' && truths.has(key) && !truths.get(key)?.has('attacker'))
    .map(([key]) => key);
  return {
    verdict,
    truth: {
      requests: sums.hostile / Math.max(1, sums.all),
      cost: sums.hostileCost / Math.max(1e-9, sums.cost),
    },
    accused: accused.filter((key) => truths.get(key)?.has('person')),
    accusedPrograms: accused.filter((key) => !truths.get(key)?.has('person')).length,
    recall: attacks > 0 ? named / attacks : 1,
  };
}
