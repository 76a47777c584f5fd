import { expect, test } from 'vitest';
import type { Operations } from '../../wire/operations/operations.ts';
import { diskPart, healthLines } from './overview.ts';
import { overviewWords } from './overview-words.ts';
import { notForYou, type ServerFacts, serverPage } from './server-page.ts';

const NOW = Date.UTC(2026, 11, 1, 12);
const TOLD: Operations = {
  ...{ v: 1, at: NOW, version: '1', ready: true, checks: [{ part: 'disk', ok: true }], processes: [] },
  ...{ rooms: [], doors: [], prefixes: [], defence: [] },
  disk: { free: 25e9, size: 100e9, fullIn: 12 * 86_400 },
  counts: { rooms: 3, live: 2, listeners: 1_240 },
};
const FACTS: ServerFacts = {
  ...{ now: NOW, told: TOLD, version: '1.2.3', publicUrl: 'https://rooms.example', database: 'SQLite' },
  ...{ operators: ['Ana <b>'], accounts: { operators: 1, hosts: 4, members: 20 }, suspended: 0 },
  ...{ rooms: { scheduled: 5, open: 1, live: 2 }, reports: 0, objections: 0 },
  ...{ mails: { waiting: 0, failed: 0 }, mailServer: 'mail.example' },
  backup: { at: NOW - 3_600_000, bytes: 12e6, files: 9, rows: 400 },
  limits: [
    {
      ...{ name: 'idleEnd', value: 7_200_000, unit: 'ms', setting: 'EARSHOT_IDLE_END' },
      ...{ isDefault: false, automatic: false },
    },
    {
      ...{ name: 'recordingsQuota', value: undefined, unit: 'bytes', setting: 'EARSHOT_RECORDINGS_QUOTA' },
      ...{ isDefault: true, automatic: false },
    },
  ],
};

test('a server that is well says so, with its figures and each limit beside the setting it comes from', () => {
  const { main } = serverPage('en', FACTS);
  for (const said of [
    'All is well',
    'Ana &lt;b&gt;',
    '1,240',
    'full in 12 days',
    'aria-label="75% used"',
    'width="300"',
    'EARSHOT_IDLE_END</code></th><td>2 hrs<br><span class="ash small">set',
    'mail.example',
    '12 MB, 9 files, 400 rows',
    '/operate/reports',
    '/operate/words',
    '/operate/audit',
    '/operate/accounts',
  ])
    expect([said, main.includes(said)]).toEqual([said, true]);
  expect(main).not.toContain('Ana <b>');
  expect(serverPage('fr', FACTS).main).toContain('Tout va bien');
});

test('what needs the operator is named, with the page where it is done', () => {
  const { main } = serverPage('en', {
    ...FACTS,
    told: { ...TOLD, checks: [{ part: 'studio-0', ok: false, says: 'no <answer>' }] },
    ...{ reports: 2, objections: 1, mails: { waiting: 3, failed: 3 }, mailServer: undefined },
    backup: { ...FACTS.backup, at: NOW - 20 * 86_400_000 } as ServerFacts['backup'],
  });
  for (const said of [
    'A process that mixes the sound of rooms (studio-0): no &lt;answer&gt;',
    '<a href="/operate/reports">2 reports wait for a decision.</a>',
    'One objection waits',
    '3 messages wait',
    '20 days old',
  ])
    expect([said, main.includes(said)]).toEqual([said, true]);
  expect(main).not.toContain('All is well');
});

test('without word from the processes the page still has what stands in the database', () => {
  const { main } = serverPage('en', { ...FACTS, told: undefined, backup: undefined });
  expect(main).toContain('cannot be read right now');
  expect(main).toContain('No backup of this server is known');
  expect(main).toContain('Accounts of hosts');
  expect(main).not.toContain('All is well');
});

test('a disk that is full within a week is trouble; one whose size is unknown is not drawn', () => {
  const words = overviewWords('en');
  const soon = { free: 1e9, size: 100e9, fullIn: 2 * 86_400 - 1 };
  expect(healthLines(words, 'en', { ...TOLD, disk: soon })).toContain('The disk is full in 48 hr');
  expect(diskPart(words, 'en', soon)).toContain('used soon');
  expect(diskPart(words, 'en', { free: 0, size: 0 })).toBe('');
});

test('who is no operator reads whom the page is for', () => {
  expect(notForYou('en', false).main).toContain('/sign-in');
  expect(notForYou('fr', true).main).not.toContain('/sign-in');
});
