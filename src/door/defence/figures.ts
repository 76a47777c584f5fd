import { exposition } from '../../base/metrics.ts';
import type { DefenceActs } from './acts.ts';
import type { CostTable } from './cost-table.ts';
import { type Scope, STEPS } from './escalation.ts';
import { expensiveOf } from './expensive.ts';

const SCOPES: readonly Scope[] = ['client', 'prefix', 'network'];

/** What the figures are made of. */
export interface DefenceFacts {
  readonly mode: string;
  readonly acts: DefenceActs;
  readonly tables: Readonly<Record<Scope, CostTable>>;
  /** Requests by step. */
  readonly counts: Float64Array;
  readonly denied: number;
}

/** Prometheus text, `earshot_door_defence_…`. */
export function defenceFigures({ mode, acts, tables, counts, denied }: DefenceFacts): string {
  const prefixes = expensiveOf(tables.prefix);
  const bySteps = Map.groupBy(acts.all(), ({ scope, step }) => `${scope} ${step}`);
  return exposition([
    {
      name: 'earshot_door_defence_acts',
      kind: 'gauge',
      help: 'Clients, prefixes and networks about which something is done now because of what they cost',
      value: [...bySteps.values()].map(
        (list) => [{ scope: list[0]?.scope ?? '', step: list[0]?.step ?? '' }, list.length] as const,
      ),
    },
    {
      name: 'earshot_door_defence_requests_total',
      kind: 'counter',
      help: 'Requests of those clients, by what was done (mode="on") or would have been (mode="log-only")',
      value: STEPS.slice(1).map((step, i) => [{ step, mode }, counts[i + 1] ?? 0] as const),
    },
    {
      name: 'earshot_door_defence_denied_total',
      kind: 'counter',
      help: "Connections and requests refused because of the operator's deny list",
      value: denied,
    },
    {
      name: 'earshot_door_defence_unlisted_total',
      kind: 'counter',
      help: 'Acts that were applied without being listed, because too many hold at one time',
      value: acts.unlisted,
    },
    {
      name: 'earshot_door_defence_table_rows',
      kind: 'gauge',
      help: 'Clients, prefixes and networks whose cost is known',
      value: SCOPES.map((scope) => [{ scope }, tables[scope].used] as const),
    },
    {
      name: 'earshot_door_defence_prefix_cost_ratio',
      kind: 'gauge',
      help: 'Prefixes (/24, /48) that cost more than a hundredth of a core, the eight most expensive: share of a core, mean of 15 s. Names are drawn when the process starts; rest: all without a row',
      value: prefixes.map(({ name, step, cost }) => [{ prefix: name, step }, cost] as const),
    },
    {
      name: 'earshot_door_defence_prefix_listeners',
      kind: 'gauge',
      help: 'Listeners of those prefixes, as far as they are known',
      value: prefixes.map(({ name, listeners }) => [{ prefix: name }, listeners] as const),
    },
    {
      name: 'earshot_door_defence_table_overflows_total',
      kind: 'counter',
      help: 'Times a table of costs had no place left for somebody, who then shared one limit with all others of that kind',
      value: SCOPES.map((scope) => [{ scope }, tables[scope].overflows] as const),
    },
  ]);
}
