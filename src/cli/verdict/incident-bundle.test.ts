import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import { makeEvening } from '../../../test/evening/evening.ts';
import { KINDS, planOf } from '../../../test/evening/kinds.ts';
import { slotsOf } from '../../../test/evening/slots-of.ts';
import { silentLog } from '../../base/log.ts';
import { type Incidents, open, type RequestBundleHead, verdictOfBundle } from '../../incident/index.ts';
import { DemandHistory, type RequestSlot, verdictOfSlots } from '../../verdict/index.ts';

const run = promisify(execFile);
const CLI = new URL('../index.ts', import.meta.url).pathname;

/** Works a bundle out again in a process of its own, of another place. */
const again = async (path: string, zone: string, language: string): Promise<string> => {
  const { stdout } = await run(process.execPath, [CLI, 'verdict', path, '--json'], {
    env: { PATH: '/usr/bin:/bin', TZ: zone, LANG: language, LC_ALL: language, HOME: tmpdir() },
    maxBuffer: 2 ** 26,
  });
  return stdout;
};

test('the verdict of a published bundle is worked out again elsewhere, byte by byte', async () => {
  const kind = KINDS.find(({ name }) => name === 'half crowd, half hulk');
  if (!kind) throw new Error('no such evening');
  const plan = { ...planOf(kind, 5), logged: [10, 15] as const };
  const slots = slotsOf(makeEvening(plan));
  // Five evenings before, at the same hour.
  const history = new DemandHistory();
  const began = Math.floor((slots[0]?.at ?? 0) / 3_600_000) * 3_600_000;
  for (let at = began - 5 * 86_400_000; at < began; at += 10_000) history.add(at, 40, [['hall', 12]]);
  history.add(began, 0);
  const baseline = history.baseline(began + 1_000);
  const verdict = verdictOfSlots(slots, { baseline });
  expect(verdict.families.at(-1)).toMatchObject({
    name: 'baseline',
    reason: { values: { days: 5, rate: 4 } },
  });
  const dir = mkdtempSync(join(tmpdir(), 'bundle-'));
  const clock = manualClock();
  const signed: (readonly [string, string, number])[] = [];
  const incidents: Incidents = await open({
    ...{ clock, log: silentLog, path: join(dir, 'incidents.jsonl'), folder: join(dir, 'press') },
    style: async () => new Map(),
    requests: async () => verdict,
    async *requestLines() {
      yield JSON.stringify(baseline);
      for (const slot of slots) yield JSON.stringify(slot);
    },
    requestsCopied: async ({ id: of }, sha256, count) => void signed.push([of, sha256, count]),
  });
  try {
    const at = clock.wall();
    incidents.process({ at, event: 'died', process: 'studio-0', signal: 'SIGKILL' });
    incidents.process({ at: at + 1_000, event: 'restarted', process: 'studio-0' });
    for (let i = 0; i < 60; i++) {
      clock.advance(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await incidents[Symbol.asyncDispose]();
    const id = new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
    const folder = join(dir, 'press', 'incidents', id);
    const published = await readFile(join(folder, 'verdict.json'), 'utf8');
    expect(JSON.parse(published)).toMatchObject({
      id,
      label: 'INTERNAL_FAULT',
      caused: null,
      complete: true,
    });
    const bundle = join(folder, 'requests.jsonl');
    const bytes = await readFile(bundle);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(signed).toEqual([[id, sha256, slots.length + 2]]);
    const [east, west] = await Promise.all([
      again(bundle, 'Asia/Kathmandu', 'de_DE.UTF-8'),
      again(bundle, 'America/St_Johns', 'ar_EG.UTF-8'),
    ]);
    expect(east).toBe(published);
    expect(west).toBe(published);
    // With half of the requests the bytes are others: the comparison can fail.
    const [head = '', ...lines] = (await readFile(bundle, 'utf8')).trim().split('\n');
    const half = lines.slice(0, lines.length / 2).map((line) => JSON.parse(line) as RequestSlot);
    const other = verdictOfBundle(JSON.parse(head) as RequestBundleHead, half);
    expect(other).not.toBe(published);
    // So are they without what was usual on other days.
    const whole = lines.slice(1).map((line) => JSON.parse(line) as RequestSlot);
    expect(verdictOfBundle(JSON.parse(head) as RequestBundleHead, whole)).not.toBe(published);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}, 120_000);
