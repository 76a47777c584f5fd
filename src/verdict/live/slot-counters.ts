import type { ClientAmount, Columns, Counter } from '../clients/columns.ts';
import { SLOT_COUNTERS } from './request-slot.ts';

/** Counters that go on from slot to slot, until a client is let go. */
export const CARRIED: readonly Counter[] = [
  ...(['recent0', 'recent1', 'recent2', 'recent3', 'recentAt', 'slot', 'inSlot'] as const),
];

/** What a slot has of its own; `merged` marks the rows that it has. */
const COUNTS = [...SLOT_COUNTERS, 'merged'] as const;
const AMOUNTS = ['cost', 'bytes', 'logGaps', 'logGaps2'] as const satisfies readonly ClientAmount[];
const MOMENTS = ['first', 'last'] as const;

/** The columns that are a slot's own: there are two such tables, one collects while the other is written. */
export interface SlotTable {
  readonly counts: Record<(typeof COUNTS)[number], Uint32Array>;
  readonly amounts: Record<ClientAmount, Float32Array>;
  readonly moments: Record<(typeof MOMENTS)[number], Float64Array>;
}

/** Takes the table of a slot out of the columns and puts `spare` (all zero) there, or a new one where it is too small. */
export function swapTable({ counts, amounts, moments }: Columns, spare: SlotTable | undefined): SlotTable {
  const room = counts.requests.length;
  const table = { counts: {}, amounts: {}, moments: {} } as SlotTable;
  const fits = spare?.counts.requests.length === room ? spare : undefined;
  for (const name of COUNTS) {
    table.counts[name] = counts[name];
    counts[name] = fits?.counts[name] ?? new Uint32Array(room);
  }
  for (const name of AMOUNTS) {
    table.amounts[name] = amounts[name];
    amounts[name] = fits?.amounts[name] ?? new Float32Array(room);
  }
  for (const name of MOMENTS) {
    table.moments[name] = moments[name];
    moments[name] = fits?.moments[name] ?? new Float64Array(room);
  }
  return table;
}

/** Sets a row of a table back to nothing. */
export function clearRow({ counts, amounts, moments }: SlotTable, row: number): void {
  for (const name of COUNTS) counts[name][row] = 0;
  for (const name of AMOUNTS) amounts[name][row] = 0;
  for (const name of MOMENTS) moments[name][row] = 0;
}
