import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { verifier } from '../src/verifier/index.ts';
import { bundleOf, type EventWishes, eventOf, linesOf } from '../test/bundle.ts';
import { tamper } from '../test/tampering.ts';

const folder = mkdtempSync(join(tmpdir(), 'earshot-foreign-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SCRIPT = new URL('../test/foreign/verify-bundle.py', import.meta.url).pathname;

/** What the verifier in Python, which was written from the specifications alone, says of these bytes. */
function foreign(bytes: string | Uint8Array) {
  const path = join(folder, 'bundle');
  writeFileSync(path, bytes);
  // Debian's own Python: the package with the signatures belongs to it.
  const { status, stdout, stderr } = spawnSync('/usr/bin/python3', [SCRIPT, path], { encoding: 'utf8' });
  expect(stderr).toBe('');
  const found = JSON.parse(stdout) as {
    ok: boolean;
    entries: number;
    checkpoints: number;
    cosignatures: number;
    errors: string[];
  };
  expect(status).toBe(found.ok ? 0 : 1);
  return found;
}

const EVENTS: readonly EventWishes[] = [
  { minutes: 120 },
  { minutes: 20, others: 0, witnesses: 2 },
  { minutes: 15, others: 33, rotations: [3, 9], gap: 6, witnesses: 1, seed: 5 },
  { minutes: 2, others: 0 },
];

test.each(EVENTS)('both verifiers find a true bundle right: %o', async (wishes) => {
  const event = eventOf(wishes);
  const bundle = bundleOf(event);
  expect(foreign(bundle)).toEqual({
    ...{ ok: true, errors: [], entries: event.ours.length, checkpoints: event.sizes.length },
    cosignatures: event.sizes.length * event.witnesses.length,
  });
  expect((await verifier.verify(new Blob([bundle]))).findings).toEqual([]);
});

test('what the verifier in Python refuses, ours refuses as well', async () => {
  const wishes = { minutes: 6, others: 5, rotations: [2], witnesses: 1 };
  const [event, other] = [eventOf(wishes), eventOf({ ...wishes, seed: 77 })];
  const [lines, forked] = [linesOf(event), linesOf(other)];
  let refused = 0;
  for (let seed = 0; seed < 40; seed++) {
    const { what, bytes } = tamper(event, lines, forked, 5_000 + seed);
    const ours = await verifier.verify(new Blob([bytes]));
    expect(ours.ok, what).toBe(false);
    if (!foreign(bytes).ok) refused += 1;
  }
  // It neither adds up figures nor asks for the canonical form, so some changes are ours alone to find.
  expect(refused).toBeGreaterThan(28);
});

test('the commands of the documentation work as they are written', () => {
  const page = readFileSync(new URL('../docs/verify.md', import.meta.url), 'utf8');
  const byHand = page.split('## By hand')[1] ?? '';
  const commands = [...byHand.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block).join('\n');
  const run = (bundle: string) => {
    writeFileSync(join(folder, 'town-hall.bundle'), bundle);
    return spawnSync('bash', ['-c', commands], { cwd: folder, encoding: 'utf8' });
  };
  const bundle = bundleOf(eventOf({ minutes: 10, rotations: [4] }));
  const { stdout, status } = run(bundle);
  expect(status).toBe(0);
  const [hash = 'none', ...rest] = stdout.split('\n');
  expect(rest[3]).toBe(hash);
  expect(stdout).toContain('Signature Verified Successfully');
  expect(stdout).toMatch(/\nin the log\n$/);
  expect(run(bundle.replace('opened', 'openee')).stdout).toMatch(/\nNOT in the log\n$/);
});
