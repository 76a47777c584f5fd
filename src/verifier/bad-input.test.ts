/** Files that are no bundle, or a strange one: each is judged or refused in words, in little memory. */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleOf, canonicalText, eventOf, linesOf, sealed } from '../../test/bundle.ts';
import { verifier } from './index.ts';

const event = eventOf({ minutes: 3 });
const bundle = bundleOf(event);
const check = (text: string) => verifier.verify(new Blob([text]));
const codes = async (text: string): Promise<string[]> => [
  ...new Set((await check(text)).findings.map(({ code }) => code)),
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-bad-bundle-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `earshot verify` in a process with little memory. */
const verifyIn = (megabytes: number, path: string) => {
  const cli = join(import.meta.dirname, '../cli/index.ts');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [`--max-old-space-size=${megabytes}`, cli, 'verify', path, '--json'],
    { encoding: 'utf8' },
  );
  return { status, stderr, found: JSON.parse(stdout || '{}') as Awaited<ReturnType<typeof check>> };
};

test('a file of a gigabyte without a line is refused in words, and not held in memory', () => {
  const path = join(folder, 'zeros');
  closeSync(openSync(path, 'w'));
  // Its holes take no place on the disk.
  truncateSync(path, 2 ** 30);
  const { status, found } = verifyIn(64, path);
  expect([status, found.unreadable, found.findings.map(({ code }) => code)]).toEqual([
    2,
    true,
    ['long-line'],
  ]);
}, 60_000);

test('a bundle that is larger than the memory is read line by line', () => {
  const path = join(folder, 'large');
  const file = openSync(path, 'w');
  const lines = linesOf(event);
  const first = lines.findIndex((line) => line.startsWith('{"consistency"'));
  writeSync(file, `${lines.slice(0, first).join('\n')}\n`);
  // Checkpoints of the same size add nothing, and are right as often as they come.
  const again = Buffer.from(`${canonicalText({ ...JSON.parse(lines.at(-1) as string), consistency: [] })}\n`);
  writeSync(file, `${lines.slice(first).join('\n')}\n`);
  const filler = Buffer.from(`${canonicalText({ kind: 'checkpoint', padding: 'x'.repeat(1_000_000) })}\n`);
  for (let i = 0; i < 96; i++) writeSync(file, filler);
  writeSync(file, again);
  closeSync(file);
  const { status, found } = verifyIn(48, path);
  expect(status).toBe(1);
  expect(found.unreadable).toBe(false);
  expect(found.findings.map(({ code }) => code)).toContain('shape');
  expect(found.notes.map(({ values }) => values.name)).toEqual(['padding']);
}, 120_000);

test.each([
  ['of no bytes', '', 'empty'],
  ['that is a picture', '\u0089PNG\r\n\u001a\n', 'not-a-bundle'],
  ['that is a page', '<!doctype html>\n<title>404</title>\n', 'not-a-bundle'],
  ['that is other JSON', '{"v":1,"kind":"something"}\n', 'not-a-bundle'],
  ['of a newer version', bundle.replace('"v":1', '"v":2'), 'newer'],
  ['with a head nested deep', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}\n`, 'not-a-bundle'],
  ['with a head twice as large as a line may be', `{"x":"${'x'.repeat(2 ** 21)}"}\n`, 'long-line'],
])('refused: a file %s', async (_, text, code) => {
  const found = await check(text);
  expect([found.unreadable, found.ok]).toEqual([true, false]);
  expect(found.findings.map((one) => one.code)).toEqual([code]);
  expect(found.findings[0]?.reason).toMatch(/^[A-Z].{10,}\.$/);
});

test('a truncated bundle is judged, and told to be cut, wherever it was cut', async () => {
  const bytes = Buffer.from(bundle);
  const { length } = bytes;
  const head = bytes.indexOf(10) + 1;
  for (let at = head; at < length - 1; at += Math.ceil((length - head) / 23)) {
    const found = await check(bytes.subarray(0, at).toString());
    expect([found.ok, found.unreadable], `cut at ${at}`).toEqual([false, false]);
    expect(
      found.findings.map(({ code }) => code),
      `cut at ${at}`,
    ).toContain('no-seal');
  }
});

test('a member that is there twice, a number that is none, and a nesting without end are named', async () => {
  const lines = linesOf(event);
  const second = lines[1] as string;
  const changed = (line: string): string => sealed(event, lines.with(1, line));
  expect(await codes(changed(second.replace('{', '{"kind":"entry",')))).toContain('not-canonical');
  for (const number of ['1e999', '-1e999', '9007199254740993', '0.5', '1E3', '01', '-0'])
    expect(await codes(changed(second.replace(/"index":\d+/, `"index":${number}`))), number).not.toEqual([]);
  expect(await codes(changed(second.replace(/"index":\d+/, '"index":-1')))).toContain('order');
  const deep = second.replace(/"index":\d+/, `"index":${'['.repeat(200_000)}${']'.repeat(200_000)}`);
  expect(await codes(changed(deep))).toContain('not-json');
});

test('members that are not known are named and ignored, as long as their names are short', async () => {
  const found = await check(
    bundleOf(eventOf({ minutes: 2, write: (entry) => ({ ...entry, ['x'.repeat(5_000)]: 1 }) })),
  );
  expect(found.ok).toBe(true);
  expect(found.notes.map(({ reason }) => reason.length < 200)).toEqual([true]);
});

test('what a file says is told in little, however much it says', async () => {
  const total = Object.fromEntries(
    Array.from({ length: 400 }, (_, i) => [
      `${i}${'x'.repeat(2_000)}`,
      { net: 2, gross: 1, method: 'counted' },
    ]),
  );
  const write = (entry: { kind: string }): never =>
    (entry.kind === 'minute'
      ? { ...entry, total: { ...(entry as { total?: object }).total, ...total } }
      : entry) as never;
  const found = await check(bundleOf(eventOf({ minutes: 4, write })));
  expect(found.findings).toHaveLength(500);
  expect(JSON.stringify(found).length).toBeLessThan(500_000);
});
