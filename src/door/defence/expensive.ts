import type { CostTable } from './cost-table.ts';
import { STEPS } from './escalation.ts';

/** Prefixes that are told. */
const MOST = 8;
/** One that costs less than this, µs of a core per second, is nothing to look at: a hundredth of a core. */
const LEAST = 10_000;

/** A prefix that costs much, as anybody may see it. */
export interface ExpensivePrefix {
  /** What stands for it: seeded when the process starts, so that nobody can work out the network. `rest`: all who have no row. */
  readonly name: string;
  /** Share of a core. */
  readonly cost: number;
  readonly listeners: number;
  readonly step: string;
}

/** The name of a row, for everybody to read. */
export const nameOf = (key: number): string => (key === 0 ? 'rest' : key.toString(36));

/** The prefixes of a table that cost most, the most expensive first. */
export function expensiveOf(table: CostTable): readonly ExpensivePrefix[] {
  const top: { row: number; cost: number }[] = [];
  for (let row = 0; row < table.length; row += 1) {
    if (table.keyAt(row) === 0 && row !== table.rest) continue;
    const cost = table.cost(row);
    if (cost < LEAST || (top.length === MOST && cost <= (top.at(-1)?.cost ?? 0))) continue;
    const at = top.findIndex((one) => one.cost < cost);
    top.splice(at < 0 ? top.length : at, 0, { row, cost });
    if (top.length > MOST) top.pop();
  }
  return top.map(({ row, cost }) => ({
    name: nameOf(table.keyAt(row)),
    cost: cost / 1e6,
    listeners: Math.round(table.listeners(row)),
    step: STEPS[table.steps[row] ?? 0] ?? 'serve',
  }));
}
