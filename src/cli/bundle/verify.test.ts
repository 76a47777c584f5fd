import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bundleOf, checkpointAt, eventOf } from '../../../test/bundle.ts';
import { commandTrial } from '../../../test/command-trial.ts';
import { roomFeed } from '../../pages/index.ts';
import { command, inWords } from './verify.ts';

const trial = commandTrial(command);
const kept = (name: string, text: string | Uint8Array): string => {
  const path = join(trial.data, name);
  writeFileSync(path, text);
  return path;
};
const event = eventOf({ minutes: 4, witnesses: 1 });

test('a true bundle: exit 0, and what it is about', async () => {
  const path = kept('bundle', bundleOf(event));
  expect(await trial.run(path)).toBe(0);
  expect(trial.printed).toMatch(/^✓ Everything holds\./);
  expect(trial.printed).toContain('witness.example/w1 saw');
  expect(trial.printed).toContain('does not prove');
  expect(await trial.run(path, '--json')).toBe(0);
  const { size } = JSON.parse(trial.printed).checkpoint;
  expect(JSON.parse(trial.printed)).toMatchObject({ ok: true, room: 'town-hall', findings: [] });
  expect(size).toBe(event.log.length);
});

test('a changed bundle: exit 1, with the entry and the reason', async () => {
  const path = kept('bundle', bundleOf(event).replace('opened', 'openee'));
  expect(await trial.run(path, '--json')).toBe(1);
  const { ok, findings } = JSON.parse(trial.printed);
  expect(ok).toBe(false);
  expect(findings[0]).toMatchObject({
    leaf: 4,
    reason: expect.stringContaining('The log does not have this entry'),
  });
  expect(await trial.run(path)).toBe(1);
  expect(trial.printed).toMatch(/^✗ This does not hold\.\n {4}entry 4: /);
});

test('a cut tail is found with a checkpoint that was kept elsewhere', async () => {
  const size = event.sizes.at(-8) as number;
  const cut = {
    ...event,
    ours: event.ours.filter((index) => index < size),
    sizes: event.sizes.filter((each) => each <= size),
  };
  const path = kept('bundle', bundleOf(cut));
  expect(await trial.run(path)).toBe(0);
  const seen = kept('checkpoint', checkpointAt(event, event.log.length));
  expect(await trial.run(path, '--checkpoint', seen)).toBe(1);
  expect(trial.printed).toContain('the end is cut off, or the bundle is older');
});

test('a feed that somebody kept holds such a checkpoint', async () => {
  const size = event.sizes.at(-8) as number;
  const cut = {
    ...event,
    ours: event.ours.filter((index) => index < size),
    sizes: event.sizes.filter((each) => each <= size),
  };
  const path = kept('bundle', bundleOf(cut));
  const feed = (head: string): string =>
    roomFeed({
      ...{
        base: 'https://a.example',
        path: '/feed.xml',
        of: { kind: 'server' },
        guid: '0',
        now: 0,
        rooms: [],
        files: new Map(),
        head,
        language: 'en',
        state: () => undefined,
      },
    });
  const newer = kept('newer.xml', feed(checkpointAt(event, event.log.length)));
  expect(await trial.run(path, '--checkpoint', newer)).toBe(1);
  expect(trial.printed).toContain('the end is cut off, or the bundle is older');
  const same = kept('same.xml', feed(checkpointAt(event, size)));
  expect(await trial.run(path, '--checkpoint', same)).toBe(0);
  expect(await trial.run(path, '--checkpoint', kept('none.xml', feed('')))).toBe(2);
});

test('what cannot be judged: exit 2, in words', async () => {
  for (const text of ['', 'hello', `{"x":"${'x'.repeat(2 ** 21)}"}`]) {
    expect(await trial.run(kept('file', text), '--json')).toBe(2);
    expect(JSON.parse(trial.printed)).toMatchObject({ ok: false, unreadable: true, findings: [{}] });
  }
  expect(await trial.run(join(trial.data, 'nothing'))).toBe(2);
  expect(await trial.run(trial.data)).toBe(2);
  expect(trial.printed).toContain('The file cannot be read');
  expect(await trial.run()).toBe(2);
  expect(await trial.run(kept('bundle', bundleOf(event)), '--checkpoint', kept('checkpoint', 'x'))).toBe(2);
});

test('the verifier tells its own hash', async () => {
  expect(await trial.run('--self')).toBe(0);
  expect(trial.printed).toMatch(/^[0-9a-f]{64} {2}\/.*verifier\.js\n$/);
});

test('a title cannot move the cursor of a terminal', () => {
  const text = inWords({
    ...{ ok: true, unreadable: false, room: 'x', title: '\u001b[2J\u0007', entries: 0, checkpoint: null },
    ...{ findings: [], notes: [] },
  });
  expect(text).not.toContain('\u001b');
  expect(text).not.toContain('\u0007');
});

test('the requests of an incident are those that the log of the room names, or it is said that they were changed', async () => {
  const id = '20261130-203110';
  const head = { v: 1, kind: 'earshot-incident', id, window: { from: 0 }, signs: [], complete: true };
  const text = `${JSON.stringify(head)}\n{"v":1,"kind":"requests","at":1}\n`;
  const sha256 = createHash('sha256').update(text).digest('hex');
  const signed = (of: object): string =>
    bundleOf(
      eventOf({
        minutes: 2,
        more: [{ v: 1, kind: 'requests', at: 1, incident: id, sha256, lines: 2, ...of }],
      }),
    );
  const path = kept('signed', signed({}));
  expect(await trial.run(path, '--requests', kept('requests.jsonl', text))).toBe(0);
  const told = async (bundle: string, requests: string): Promise<unknown> => {
    expect(await trial.run(bundle, '--requests', requests, '--json')).toBe(1);
    return JSON.parse(trial.printed).findings[0].code;
  };
  expect(await told(path, kept('changed.jsonl', text.replace('"at":1', '"at":2')))).toBe('requests-changed');
  expect(await told(kept('other', signed({ incident: 'x' })), kept('requests.jsonl', text))).toBe(
    'requests-unsigned',
  );
  expect(await told(path, kept('none.jsonl', 'GET / HTTP/1.1\n'))).toBe('requests-unreadable');
});
