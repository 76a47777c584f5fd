import { expect, test } from 'vitest';
import { makeEvening } from '../../test/evening/evening.ts';
import { KINDS, planOf } from '../../test/evening/kinds.ts';
import { slotsOf } from '../../test/evening/slots-of.ts';
import { type Verdict, verdictOfSlots } from '../verdict/index.ts';
import { findingOf } from './finding.ts';
import type { IncidentSign, SignKind } from './incident.ts';
import { type RequestFinding, requestFindingOf } from './request-finding.ts';
import { findingText } from './words/finding-reasons.ts';

const evening = (name: string, seed = 21): RequestFinding => {
  const kind = KINDS.find((each) => each.name === name);
  if (!kind) throw new Error(name);
  return requestFindingOf(verdictOfSlots(slotsOf(makeEvening(planOf(kind, seed)))));
};
const crowd = evening('crowd × 10');
const flood = evening('flood that takes the server down');
const quiet = evening('normal evening');
const onset = Date.parse(flood.window.from ?? '');
const sign = (kind: SignKind, from: number, detail?: string): IncidentSign => ({
  ...{ kind, from },
  ...(detail === undefined ? {} : { detail }),
});
const grown = { before: 10, most: 400, least: 10, attempts: 500, failures: 0, excluded: 0 };

test('a crowd is a crowd, nobody in it is an attacker, and an attack is excluded', () => {
  const found = findingOf({ signs: [sign('rung', onset)], audience: grown, requests: crowd });
  expect([found.label, found.caused]).toEqual(['CROWD', false]);
  expect(found.clients.some(({ class: is }) => is === 'attacker')).toBe(false);
});

test('a flood that took the server down is its cause only while nothing of our own failed before', () => {
  const found = findingOf({ signs: [sign('rung', onset)], requests: flood });
  expect([found.label, found.caused]).toEqual(['ATTACK', true]);
  const after = findingOf({ signs: [sign('rung', onset), sign('process', onset + 60_000)], requests: flood });
  expect([after.label, after.caused]).toEqual(['ATTACK', null]);
  const before = findingOf({
    signs: [sign('process', onset - 60_000), sign('rung', onset)],
    requests: flood,
  });
  expect([before.label, before.caused]).toEqual(['INTERNAL_FAULT', null]);
});

test('counted listeners that rose beside a flood are a crowd beside it', () => {
  expect(findingOf({ signs: [sign('rung', onset)], audience: grown, requests: flood }).label).toBe('MIXED');
});

test('a process that dies under a crowd is our own fault, and no attack did it', () => {
  const found = findingOf({ signs: [sign('process', onset)], audience: grown, requests: crowd });
  expect([found.label, found.caused]).toEqual(['INTERNAL_FAULT', false]);
});

test('quiet requests exclude an attack; missing ones, and none, exclude nothing', () => {
  const caused = (requests: RequestFinding | undefined): boolean | null =>
    findingOf({ signs: [sign('rung', onset)], requests }).caused;
  expect(caused(quiet)).toBe(false);
  expect(caused({ ...quiet, complete: 0.9 })).toBeNull();
  expect(caused(undefined)).toBeNull();
});

test('an incident keeps a hundred clients at most', () => {
  const [client] = flood.clients;
  const many = { ...flood, clients: Array(500).fill(client) } as unknown as Verdict;
  expect(requestFindingOf(many).clients).toHaveLength(100);
});

test('what speaks against an attack speaks for a crowd, and the other way round', () => {
  const peopleCame = findingOf({ signs: [sign('rung', onset)], audience: grown, requests: crowd });
  expect(peopleCame.for.join()).toContain('behaves as people');
  expect(peopleCame.against).toEqual([]);
  const attacked = findingOf({ signs: [sign('rung', onset)], requests: flood });
  expect(attacked.for.join()).toMatch(/faster than a person/);
  expect(attacked.against.join()).toMatch(/did not rise|usual/);
});

test('every reason is said in both languages, and what was judged before reasons had codes keeps its words', () => {
  for (const requests of [crowd, flood, quiet]) {
    const found = findingOf({ signs: [sign('rung', onset)], audience: grown, requests });
    const { reasons } = found;
    const all = [...reasons.for, ...reasons.against];
    expect(all.length).toBeGreaterThan(3);
    for (const side of ['for', 'against'] as const)
      expect(reasons[side].map((reason) => findingText(reason))).toEqual(found[side]);
    for (const reason of all) expect(findingText(reason, 'fr')).not.toBe(findingText(reason));
    const { reasons: _, ...old } = requests;
    const before = findingOf({ signs: [sign('rung', onset)], audience: grown, requests: old });
    expect([before.for, before.against]).toEqual([found.for, found.against]);
  }
});
