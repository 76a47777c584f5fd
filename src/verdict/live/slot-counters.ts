import type { Columns, Counter } from '../clients/columns.ts';
import { SLOT_COUNTERS } from './request-slot.ts';

/** Counters that go on from slot to slot, until a client is let go. */
export const CARRIED: readonly Counter[] = [
  ...(['recent0', 'recent1', 'recent2', 'recent3', 'recentAt', 'slot', 'inSlot', 'merged'] as const),
];

/** Sets what a slot has counted of a client back to nothing. */
export function clearSlot({ counts, amounts }: Columns, row: number): void {
  for (const name of SLOT_COUNTERS) counts[name][row] = 0;
  amounts.cost[row] = 0;
  amounts.bytes[row] = 0;
  amounts.logGaps[row] = 0;
  amounts.logGaps2[row] = 0;
}
