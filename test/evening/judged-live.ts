import { agentKind } from '../../src/verdict/clients/agent-kind.ts';
import { costOf, workOf } from '../../src/verdict/clients/request-cost.ts';
import { targetKind } from '../../src/verdict/clients/target-kind.ts';
import { MANY_AGENTS } from '../../src/verdict/live/door-clients.ts';
import { SLOT_MS } from '../../src/verdict/live/request-slot.ts';
import { verdictOfSlots } from '../../src/verdict/live/slots-verdict.ts';
import { THRESHOLDS } from '../../src/verdict/thresholds.ts';
import type { JudgedEvening } from './judged-evening.ts';
import type { Logged } from './logged.ts';
import { addressIn, agentIn, slotsOf } from './slots-of.ts';

/** What the clients are called that a request may be counted with. */
const keysOf = ({ address, agent }: Logged): string[] =>
  [agent, MANY_AGENTS].map((name) => `${addressIn(address)} ${agentKind(name)} ${agentIn(name)}`);

/**
 * Sends requests through the summaries of two doors and judges the slots, as the server does while they come; `until`:
 * what is known at that instant (wall-clock ms), slots that have ended.
 */
export function judgeLive(
  requests: readonly Logged[],
  until = Number.POSITIVE_INFINITY,
  timed = true,
): JudgedEvening {
  const slots = slotsOf(requests, 2, timed).filter(({ at }) => at + SLOT_MS <= until);
  const verdict = verdictOfSlots(slots, { mostListed: 100_000 });
  const [from, to] = [Date.parse(verdict.window.from ?? ''), Date.parse(verdict.window.to ?? '')];
  const called = new Map(verdict.clients.map(({ address, agent, class: is }) => [`${address} ${agent}`, is]));
  const truths = new Map<string, Set<string>>();
  const sums = { all: 0, hostile: 0, cost: 0, hostileCost: 0, named: 0 };
  for (const one of requests) {
    if (one.at < from || one.at >= to) continue;
    const key = keysOf(one).find((name) => called.has(name)) ?? '';
    const of = truths.get(key);
    if (of) of.add(one.truth);
    else truths.set(key, new Set([one.truth]));
    const kind =
      one.method === '' ? 'api' : one.status === 404 ? 'page' : targetKind(one.target.split('?')[0] ?? '');
    const duration = timed ? Math.min(one.duration, SLOT_MS) : Number.NaN;
    const cost = costOf({ duration, status: one.status }, kind, workOf(one, kind, THRESHOLDS), THRESHOLDS);
    sums.all++;
    sums.cost += cost;
    if (one.truth !== 'attacker') continue;
    sums.hostile++;
    sums.hostileCost += cost;
    if (called.get(key) === 'attacker') sums.named++;
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
    recall: sums.hostile > 0 ? sums.named / sums.hostile : 1,
  };
}
