import { EarshotError } from '../base/errors.ts';
import { openFilling, openRowsDigest, openSnapshot, type PlainRow, unknownSteps } from '../store/index.ts';

/** @throws EarshotError when rows that were read back are not those that were written. */
export function seeSame(
  table: string,
  got: { rows: number; digest: string },
  wanted: { rows: number; digest: string } | undefined,
  where = '',
): void {
  if (got.digest === wanted?.digest && got.rows === wanted.rows) return;
  throw new EarshotError(
    'internal',
    `${where}the rows of ${table} came out differently (${got.rows} of ${wanted?.rows ?? 0}): nothing was changed; please report this`,
  );
}

/** What moves from one database to another. */
export interface MoveOrder {
  readonly from: string;
  readonly to: string;
  /** True: NUL characters in texts, which PostgreSQL cannot hold, are left out. Default: a row with one is refused. */
  readonly withoutNul?: boolean;
  /** Told now and then: rows that were copied, and all there are. */
  progress?(rows: number, all: number): void;
}

/**
 * Copies every row of a database into an empty one of either engine, reads it back and compares it, row by row; then it
 * lasts, all at once.
 * @throws EarshotError with one sentence; then neither database has changed.
 */
export async function moveDatabase(
  order: MoveOrder,
): Promise<{ tables: number; rows: number; nuls?: number }> {
  await using snapshot = await openSnapshot(order.from);
  const [unknown] = await unknownSteps(snapshot.steps);
  if (unknown !== undefined || snapshot.steps.length === 0)
    throw new EarshotError(
      'unprocessable',
      unknown === undefined
        ? 'the database to move has no tables of Earshot: nothing was changed'
        : `the database was made by a newer Earshot (it has the step ${unknown}): use that version`,
    );
  await using filling = await openFilling(order.to, snapshot.steps);
  let [total, all, nuls] = [0, 0, 0];
  for (const table of snapshot.tables) all += await snapshot.count(table);
  for (const table of snapshot.tables) {
    const digest = openRowsDigest();
    const rows = async function* (): AsyncIterable<PlainRow> {
      for await (const written of snapshot.rows(table)) {
        const row = order.withoutNul ? leftOut(written) : written;
        if (row !== written) nuls += 1;
        digest.add(row);
        total += 1;
        if (total % 500 === 0) order.progress?.(total, all);
        yield row;
      }
    };
    await filling.fill(table, rows());
    seeSame(table, await filling.digest(table), digest.result());
    order.progress?.(total, all);
  }
  await filling.commit();
  return { tables: snapshot.tables.length, rows: total, ...(order.withoutNul ? { nuls } : {}) };
}

/** A row without NUL characters: itself when it has none. */
function leftOut(row: PlainRow): PlainRow {
  const has = (value: unknown): value is string => typeof value === 'string' && value.includes('\0');
  if (!Object.values(row).some(has)) return row;
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, has(value) ? value.replaceAll('\0', '') : value]),
  );
}
