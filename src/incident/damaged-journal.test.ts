import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import type { Log } from '../base/log.ts';
import { open } from './index.ts';

const dir = mkdtempSync(join(tmpdir(), 'incidents-'));
afterEach(() => rmSync(dir, { recursive: true, force: true }));
const ID = '20261130-200000';
const AT = Date.UTC(2026, 10, 30, 20);
const SIGN = { what: 'sign', id: ID, key: 'rung hall', sign: { kind: 'rung', room: 'hall', from: AT } };

test('lines of the journal that are no lines are left out and told, and the incident is there', async () => {
  const path = join(dir, 'incidents.jsonl');
  const lines = [
    SIGN,
    { what: 'sign', id: ID, key: 'x' },
    { what: 'sign', id: ID, key: 'y', sign: { kind: 'constructor', from: AT } },
    { what: 'minutes', id: ID },
    { what: 'postmortem', id: ID },
    { what: 'note', id: ID, note: { at: AT, author: 'host' } },
    { what: 'over', id: ID, to: 9e15, complete: true },
    { what: 'requests', id: ID, requests: { classes: {} } },
    { what: 'note', id: '../../x', note: { at: AT, author: 'operator', text: 'a' } },
    { what: 'note', id: ID, note: { at: AT, author: 'operator', text: 'a note' } },
  ];
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const said: Record<string, unknown>[] = [];
  const say = (fields: Record<string, unknown>) => void said.push(fields);
  const log = { debug() {}, info() {}, warn: say, error: say } as unknown as Log;
  const incidents = await open({
    ...{ clock: manualClock(), log, path, folder: join(dir, 'press'), style: async () => new Map() },
  });
  await incidents.publish();
  await incidents[Symbol.asyncDispose]();
  const told = JSON.parse(readFileSync(join(dir, 'press', 'incidents', `${ID}.json`), 'utf8'));
  expect(told.notes.map(({ text }: { text: string }) => text)).toEqual(['a note']);
  expect(said).toContainEqual({ path, damaged: 8 });
});
