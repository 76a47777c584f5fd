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
  progress?(rows: number, table: string): void;
}

/**
 * Copies every row of a database into an empty one of either engine, reads it back and compares it, row by row; then it
 * lasts, all at once.
 * @throws EarshotError with one sentence; then neither database has changed.
 */
export async function moveDatabase(order: MoveOrder): Promise<{ tables: number; rows: number }> {
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
  let total = 0;
  for (const table of snapshot.tables) {
    const digest = openRowsDigest();
    const rows = async function* (): AsyncIterable<PlainRow> {
      for await (const row of snapshot.rows(table)) {
        digest.add(row);
        total += 1;
        if (total % 500 === 0) order.progress?.(total, table);
        yield row;
      }
    };
    await filling.fill(table, rows());
    seeSame(table, await filling.digest(table), digest.result());
    order.progress?.(total, table);
  }
  await filling.commit();
  return { tables: snapshot.tables.length, rows: total };
}
