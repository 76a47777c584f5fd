import type { Thresholds } from '../thresholds.ts';
import { type Reason, reasonText } from '../words/reason.ts';
import type { Family } from './families.ts';
import type { Findings, LogFacts } from './verdict.ts';

const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;

/** What speaks for an attack and what against it, each with its number: by code, and in English. */
export function evidenceOf(
  f: Findings,
  t: Thresholds,
): {
  readonly for: string[];
  readonly against: string[];
  readonly reasons: { readonly for: Reason[]; readonly against: Reason[] };
} {
  const said = (which: readonly Family['says'][]): Reason[] =>
    f.families
      .filter(({ says, weight }) => which.includes(says) && weight >= t.familyWeight / 2)
      .map(({ name, reason }): Reason => ({ ...reason, family: name }));
  const against = said(['crowd']);
  if (f.fault) against.push({ code: f.fault.code, values: {} });
  if (f.shares.person >= 0.2)
    against.push({ code: 'people', values: { share: Math.round(f.shares.person * 1000) / 1000 } });
  if (!f.harm) against.push({ code: 'no-harm', values: {} });
  const reasons = { for: said(['attack', 'both']), against };
  return {
    for: reasons.for.map((reason) => reasonText(reason)),
    against: against.map((reason) => reasonText(reason)),
    reasons,
  };
}

/** What this log cannot tell, in words. */
export function unknownOf(f: Findings, facts: LogFacts): string[] {
  const unknown: string[] = [];
  if (f.fronted)
    unknown.push(
      'Nearly all requests come from a few addresses with many agents, as behind a proxy, a CDN or one shared address: single people and sources cannot be told apart. Log the address that your proxy passes on.',
    );
  if (!facts.durations)
    unknown.push(
      'The log has no durations: slow answers, slow clients and the true cost are not known; cost is estimated from bytes and kinds.',
    );
  if (!facts.referers && facts.requests > 0)
    unknown.push('The log has no referers: which requests belong to one page view is only guessed.');
  if (!facts.agents && facts.requests > 0)
    unknown.push(
      'The log has no agents: programs that say what they are, and people who share an address, are not told apart.',
    );
  if (!f.event) unknown.push('There is no quiet time to compare with, or demand did not rise.');
  if (!f.peopleKnown)
    unknown.push(
      'Too few clients load files, play or follow links to know what others leave out: an attack by many slow sources would not be noticed.',
    );
  if (f.complete < 0.99) unknown.push(`${percent(1 - f.complete)} of the lines could not be read.`);
  for (const limit of facts.limits) unknown.push(`A limit was reached: ${limit}.`);
  unknown.push(
    'Connections that never became a request (SYN floods, TLS handshakes, a full line) are in no access log.',
  );
  return unknown;
}
