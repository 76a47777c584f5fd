import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, expect, test } from 'vitest';
import { FIRST_MINUTE, minuteEntry } from '../../../test/minute-entry.ts';
import type { EvidenceEntry, FinalEntry, MinuteEntry } from '../../wire/evidence-entry.ts';
import { METRICS } from '../../wire/metrics.ts';
import type { LoggedItem } from '../evening.ts';
import { csvOf } from './csv.ts';
import { parquetOf } from './parquet.ts';

const START = FIRST_MINUTE;
const minute = (n: number): MinuteEntry =>
  minuteEntry(n, n, {
    total: {
      join_attempts: { net: 10 * n, gross: 11 * n, method: 'counted' },
      listening_seconds: {
        net: 60 * n,
        gross: 70 * n,
        method: 'counted',
        parts: { stage: 50 * n, standby: 10 * n },
      },
    },
    seconds: { stage: 50, standby: 10 },
  });
const final: FinalEntry = {
  ...{ v: 1, kind: 'final', room: 'hall', seq: 121, previous: '', at: (START + 130) * 60_000 },
  total: { unique_listeners: { net: 77, gross: 80, method: 'sketched', error: 2 } },
  ...{ excluded: {}, differences: [] },
};
const list: readonly EvidenceEntry[] = [...Array.from({ length: 120 }, (_, n) => minute(n)), final];
const entries: readonly LoggedItem[] = list.map((entry, i) => ({ index: 3 * i, entry }));

const folder = mkdtempSync(join(tmpdir(), 'earshot-export-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ask = async (sql: string): Promise<unknown[]> => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    connection.closeSync();
  }
};
const parquet = join(folder, 'hall.parquet');
writeFileSync(parquet, await parquetOf('hall', entries));
const csv = join(folder, 'hall.csv');
writeFileSync(csv, [...csvOf('hall', entries)].join(''));

const QUESTIONS: readonly (readonly [string, unknown])[] = [
  [`select count(*)::int n from FROM where metric = 'listeners_now'`, { n: 720 }],
  [
    `select max(net)::int peak, max(delivered)::int s from FROM where metric = 'listeners_now'`,
    { peak: 119, s: 121 },
  ],
  [`select max(net)::int n from FROM where metric = 'listening_seconds' and part = 'stage'`, { n: 50 * 119 }],
  [
    `select net::int n, error::int e, state, entry::int entry from FROM where metric = 'unique_listeners'`,
    { n: 77, e: 2, state: 'final', entry: 360 },
  ],
  [
    `select count(distinct metric)::int n, epoch(min(time))::int as earliest from FROM`,
    { n: 4, earliest: 60 * START + 10 },
  ],
];

test.each(QUESTIONS)('DuckDB reads Parquet: %s', async (sql, answer) => {
  expect(await ask(sql.replace('FROM', `'${parquet}'`))).toEqual([answer]);
});

test.each(QUESTIONS)('DuckDB reads CSV: %s', async (sql, answer) => {
  expect(await ask(sql.replace('FROM', `read_csv('${csv}', comment = '#', header = true)`))).toEqual([
    answer,
  ]);
});

test('each file carries every definition', async () => {
  const found = await ask(
    `select decode(value) as text from parquet_kv_metadata('${parquet}') where decode(key) = 'earshot.definitions'`,
  );
  const texts = [String((found[0] as { text: string }).text), [...csvOf('hall', [])].join('')];
  const plain = (text: string): string => text.replaceAll(/[‘’]/g, "'").replaceAll(/[“”]/g, '"');
  for (const { id, rule } of METRICS)
    for (const text of texts) {
      expect(plain(text)).toContain(plain(rule));
      expect(text).toContain(`${id} (`);
    }
});

test('a part that a spreadsheet would run is text', () => {
  const evil = {
    ...minute(1),
    total: { visits: { net: 1, gross: 1, method: 'counted', parts: { '=1+1,"x"': 2 } } },
  };
  const text = [...csvOf('hall', [{ index: 1, entry: evil as MinuteEntry }])].join('');
  expect(text).toContain(`"'=1+1,""x"""`);
});

test('a spreadsheet that is not told of UTF-8 shows every letter of the CSV', () => {
  expect([...csvOf('hall', entries)].join('')).toMatch(/^[\x20-\x7e\r\n]*$/);
});

test('times are instants in UTC in both files: a reader in New York sees the same ones', async () => {
  const from = `(select time from FROM limit 1)`;
  const sql = `select typeof(time) as type, epoch(time)::bigint as s from ${from}`;
  for (const file of [`'${parquet}'`, `read_csv('${csv}', comment = '#', header = true)`])
    expect(await ask(sql.replace('FROM', file))).toEqual([
      { type: 'TIMESTAMP WITH TIME ZONE', s: String(60 * START + 10) },
    ]);
});
