/** The verdict of a running server about faults of its own under a crowd, and about half a crowd, half an attack. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { Incident } from '../src/incident/index.ts';
import { accusesNobody, asked, at, CROWD, evening, judgedAs, sentencesOf } from './rig/evening.ts';
import { outside, until } from './rig/server.ts';

const ENTRY = fileURLToPath(new URL('../src/cli/index.ts', import.meta.url));
const run = promisify(execFile);
const LIMIT_MS = 240_000;

test.concurrent(
  'a door that hangs under a crowd is a fault of the server itself; the verdict is worked out again from what was published',
  async ({ onTestFinished }) => {
    const crowd = await evening(CROWD, onTestFinished);
    const { server } = crowd;
    await at(crowd, CROWD.at + 10);
    process.kill(server.child('door', 1) ?? 0, 'SIGSTOP');
    let incident: Incident | undefined;
    await until(
      'it is over, and its requests are judged',
      async () => {
        [incident] = await crowd.incidents();
        if (incident) expect(accusesNobody(incident), JSON.stringify(incident)).toBe(true);
        return incident?.window.to !== undefined && incident.requests !== undefined;
      },
      120_000,
    );
    expect(incident).toMatchObject({ label: 'INTERNAL_FAULT' });
    expect(incident?.signs.map(({ detail }) => detail)).toContain('door-1: hung');
    const sentences = await sentencesOf(crowd, incident?.id ?? '');
    expect(sentences[2]).toMatch(/Our own faults:.*door-1/);
    expect(sentences[3]).toMatch(/a fault of this server itself/);

    const base = `${server.url}/incidents/${incident?.id}`;
    const folder = mkdtempSync(join(tmpdir(), 'earshot-published-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'requests.jsonl');
    // It may be judged once more between two questions.
    await until(
      'the verdict is the one that its published requests give',
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 1500));
        const requests = await asked(`${base}/requests.jsonl`);
        if (!requests.ok) return false;
        writeFileSync(path, await requests.text());
        const { stdout } = await run(process.execPath, [ENTRY, 'verdict', path, '--json'], {
          env: outside(),
        });
        return stdout === (await (await asked(`${base}/verdict.json`)).text());
      },
      60_000,
    );
  },
  LIMIT_MS,
);

test.concurrent(
  'half a crowd, half an attack are both named by the server itself, and nobody who listens is among the attackers',
  async ({ onTestFinished }) => {
    const attack = { from: CROWD.at + 2, rate: 90, sources: 14 };
    const crowd = await evening({ ...CROWD, attack }, onTestFinished);
    await at(crowd, CROWD.at + 20);
    await judgedAs(crowd, 'MIXED', () => undefined);
    const [incident] = await crowd.incidents();
    expect(incident).toMatchObject({ label: 'MIXED' });
    expect(incident?.caused).not.toBe(true);
    expect(incident?.signs.map(({ kind }) => kind)).toContain('hostile-requests');
    const { attacker, person } = incident?.requests?.classes ?? {};
    expect(attacker?.clients).toBe(14);
    expect(person?.clients).toBeGreaterThan(30);
    const { share } = incident?.hostile.requests ?? {};
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(0.8);
  },
  LIMIT_MS,
);
