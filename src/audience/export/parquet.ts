import type { ColumnSource, SchemaElement } from 'hyparquet-writer';
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

/** An instant in UTC, and said to be one: without that, readers take it for the time of wherever they are. */
const TIME: SchemaElement = {
  ...{ name: 'time', type: 'INT64', repetition_type: 'REQUIRED', converted_type: 'TIMESTAMP_MILLIS' },
  logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
};

/**
 * The figures of a room as a Parquet file, with the definitions in its key-value metadata under `earshot.definitions`.
 * It is made in memory: some 20 bytes a row.
 */
export async function parquetOf(room: string, entries: Iterable<LoggedItem>): Promise<Uint8Array> {
  // Loaded when somebody asks for it first.
  const { parquetWriteBuffer, schemaFromColumnData } = await import('hyparquet-writer');
  const rows = [...exportRows(entries)];
  const columns: readonly ColumnSource[] = [
    { name: 'time', data: rows.map(({ at }) => new Date(at)) },
    ...TEXTS.map((name) => ({ name, type: 'STRING' as const, data: rows.map((row) => row[name]) })),
    ...COUNTS.map((name) => ({ name, type: 'DOUBLE' as const, data: rows.map((row) => row[name] ?? null) })),
    { name: 'entry', type: 'INT64', data: rows.map(({ entry }) => BigInt(entry)) },
  ];
  const buffer = parquetWriteBuffer({
    schema: schemaFromColumnData({ columnData: [...columns], schemaOverrides: { time: TIME } }),
    columnData: columns.map(({ name, data }) => ({ name, data })),
    kvMetadata: [
      { key: 'earshot.room', value: room },
      { key: 'earshot.definitions', value: definitionLines().join('\n') },
    ],
    createdBy: 'Earshot',
  });
  return new Uint8Array(buffer);
}
