import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makeEvening } from '../../../test/evening/evening.ts';
import { FORMATS, type FormatName } from '../../../test/evening/logged.ts';
import { command } from './verdict.ts';

let folder: string;
let printed: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-verdict-'));
  const print = (text: unknown): void => {
    printed += `${text}\n`;
  };
  vi.spyOn(console, 'log').mockImplementation(print);
  vi.spyOn(console, 'error').mockImplementation(print);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});
const run = async (...args: string[]): Promise<number> => {
  printed = '';
  return command(args);
};
const at = (name: string): string => join(folder, name);

const evening = makeEvening({
  ...{ seed: 3, minutes: 16, visits: 15 },
  attack: { kind: 'wrk', from: 10, until: 13, rate: 60 },
});
const log = (format: FormatName): string => `${evening.map((one) => FORMATS[format](one)).join('\n')}\n`;

test('five sentences, what they rest on, and a page', async () => {
  writeFileSync(at('access.log'), log('combined'));
  expect(await run(at('access.log'), '--html', at('page.html'))).toBe(0);
  expect(printed).toMatch(/^ATTACK: /);
  expect(printed).toMatch(/\d+ requests in 10 s, again and again for the same/);
  expect(readFileSync(at('page.html'), 'utf8')).toContain('<svg');
});

test('the same answer from each format, from gzip and from Zstandard, and from several files', async () => {
  const answers: unknown[] = [];
  for (const format of ['combined', 'vhost', 'microseconds', 'caddy', 'haproxy'] as const) {
    writeFileSync(at(format), log(format));
    expect(await run(at(format), '--json')).toBe(0);
    const { label, log: facts } = JSON.parse(printed);
    answers.push([label, facts.requests, facts.unread]);
  }
  expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(
    new Set([JSON.stringify(['ATTACK', evening.length, 0])]),
  );
  writeFileSync(
    at('a.gz'),
    Buffer.concat([gzipSync(log('combined').slice(0, 0)), gzipSync(log('combined'))]),
  );
  writeFileSync(at('b.zst'), zstdCompressSync(log('combined')));
  for (const name of ['a.gz', 'b.zst']) {
    expect(await run(at(name), '--json')).toBe(0);
    expect(JSON.parse(printed)).toMatchObject({ label: 'ATTACK', log: { requests: evening.length } });
  }
  const lines = log('combined').split('\n');
  writeFileSync(at('one'), lines.slice(2000).join('\n'));
  writeFileSync(at('two'), lines.slice(0, 2000).join('\r\n'));
  expect(await run(at('one'), at('two'), '--json')).toBe(0);
  expect(JSON.parse(printed)).toMatchObject({
    label: 'ATTACK',
    log: { requests: evening.length, unread: 0 },
  });
});

test('lines that cannot be read are counted and shown, and take the cause away', async () => {
  writeFileSync(at('access.log'), `${log('combined')}${'what is this\x1b[2J\n'.repeat(400)}`);
  expect(await run(at('access.log'))).toBe(0);
  expect(printed).toContain('400 not readable, such as: what is this?[2J');
  expect(printed).not.toContain('\x1b');
});

test('a table of counts says what it cannot tell', async () => {
  const rows = Array.from(
    { length: 60 },
    (_, i) => `2026-11-30T19:${String(i).padStart(2, '0')}:00Z,${i < 40 ? 600 : 9000}`,
  );
  writeFileSync(at('counts.csv'), `minute,requests\n${rows.join('\n')}\n`);
  expect(await run(at('counts.csv'), '--json')).toBe(0);
  expect(JSON.parse(printed)).toMatchObject({
    label: 'UNDETERMINED',
    hostile: { cost: { share: null } },
    log: { unread: 0 },
  });
});

test('exit code 2 for what is no log, and for nothing; a file that is not there is an error', async () => {
  writeFileSync(at('notes.txt'), 'one\ntwo\n');
  expect(await run(at('notes.txt'))).toBe(2);
  expect(printed).toContain('no line of a known format, such as: one');
  writeFileSync(at('empty'), '');
  expect(await run(at('empty'))).toBe(2);
  expect(await run()).toBe(2);
  await expect(run(at('missing'))).rejects.toMatchObject({ code: 'unprocessable' });
  writeFileSync(at('broken.gz'), gzipSync(log('combined')).subarray(0, 5000));
  await expect(run(at('broken.gz'))).rejects.toMatchObject({ code: 'unprocessable' });
});
