import type { LoggedItem } from '../evening.ts';
import { definitionLines, type ExportRow, exportRows } from './rows.ts';

const TEXTS = [
  'metric',
  'part',
  'unit',
  'method',
  'status',
  'state',
] as const satisfies readonly (keyof ExportRow)[];
const COUNTS = [
  'net',
  'gross',
  'delivered',
  'proven',
  'error',
] as const satisfies readonly (keyof ExportRow)[];

/**
 * The figures of a room as a Parquet file, with the definitions in its key-value metadata under `earshot.definitions`.
 * It is made in memory: some 20 bytes a row.
 */
export async function parquetOf(room: string, entries: Iterable<LoggedItem>): Promise<Uint8Array> {
  // Loaded when somebody asks for it first.
  const { parquetWriteBuffer } = await import('hyparquet-writer');
  const rows = [...exportRows(entries)];
  const buffer = parquetWriteBuffer({
    columnData: [
      { name: 'time', type: 'TIMESTAMP', data: rows.map(({ at }) => new Date(at)) },
      ...TEXTS.map((name) => ({ name, type: 'STRING' as const, data: rows.map((row) => row[name]) })),
      ...COUNTS.map((name) => ({
        name,
        type: 'DOUBLE' as const,
        data: rows.map((row) => row[name] ?? null),
      })),
      { name: 'entry', type: 'INT64', data: rows.map(({ entry }) => BigInt(entry)) },
    ],
    kvMetadata: [
      { key: 'earshot.room', value: room },
      { key: 'earshot.definitions', value: definitionLines().join('\n') },
    ],
    createdBy: 'Earshot',
  });
  return new Uint8Array(buffer);
}
