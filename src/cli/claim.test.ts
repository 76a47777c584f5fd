import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandTrial } from '../../test/command-trial.ts';
import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { open } from '../claims/index.ts';
import { command } from './claim.ts';

const trial = commandTrial(command);

/** A bundle of one room, with one minute at 00:40 UTC on 13 August 2024. */
function bundle(): string {
  const figure = (net: number) => ({ net, gross: net, method: 'exact' });
  const entry = {
    ...{ v: 1, kind: 'minute', room: 'hall', seq: 1, previous: '', status: 'reconciled', sampling: 1e6 },
    ...{ minute: Date.UTC(2024, 7, 13, 0, 40) / 60_000, definitions: '', excluded: {} },
    samples: [[Date.UTC(2024, 7, 13, 0, 40) / 1000, 310, 300, 300, 320]],
    total: {
      ...{ peak_concurrent: figure(412), listeners_now: figure(300), unique_listeners: figure(803) },
      listens_total: { ...figure(2_050), parts: { tuned_in_live: 900, replay_listens: 1_150 } },
    },
    seconds: { stage: 1, standby: 0 },
  };
  const path = join(trial.data, 'hall.earshot');
  const lines = [
    { v: 1, kind: 'earshot-bundle', room: 'hall', title: 'Hall', origin: 'o', keys: [], made: 0 },
    { kind: 'entry', index: 9, entry: JSON.stringify(entry), proof: [] },
  ];
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return path;
}

test('a bundle answers without a server: 0 for what matches, 1 for what does not', async () => {
  const path = bundle();
  expect(await trial.run('412 listeners', '--bundle', path, '--json')).toBe(0);
  expect(JSON.parse(trial.printed)).toMatchObject({
    ...{
      verdict: 'matches',
      number: 412,
      noun: 'listeners',
      metric: 'peak_concurrent',
      value: 412,
      entry: 9,
    },
    nearest: [{ metric: 'peak_concurrent', value: 412, ratio: 1 }, {}, {}],
  });
  expect(await trial.run('2,050 listeners', '--bundle', path, '--json')).toBe(1);
  expect(JSON.parse(trial.printed)).toMatchObject({ verdict: 'named-wrongly', metric: 'listens_total' });
  expect(await trial.run('5 million listeners', '--bundle', path, '--json')).toBe(1);
  expect(JSON.parse(trial.printed)).toMatchObject({ verdict: 'no-match' });
});

test('the answer for people says what the number is, and on which entry it rests', async () => {
  const path = bundle();
  expect(await trial.run('2,050 plays', '--bundle', path)).toBe(0);
  expect(trial.printed).toContain('900 live + 1,150 replay: listens, live and replay.');
  expect(trial.printed).toContain('entry 9');
  expect(await trial.run('2 050 écoutes', '--bundle', path, '--language', 'fr')).toBe(0);
  expect(trial.printed).toMatch(/C’est exact/);
});

test('the time is said in the sentence or beside it', async () => {
  const path = bundle();
  expect(await trial.run('300 listeners at 20:40 ET', '--bundle', path, '--json')).toBe(0);
  expect(JSON.parse(trial.printed)).toMatchObject({
    metric: 'listeners_now',
    at: Date.UTC(2024, 7, 13, 0, 40),
  });
  expect(await trial.run('300 listeners', '--bundle', path, '--at', '02:40', '--zone', 'Europe/Paris')).toBe(
    0,
  );
  expect(await trial.run('300 listeners', '--bundle', path, '--at', '2024-08-13T00:40:00Z')).toBe(0);
  expect(await trial.run('300 listeners', '--bundle', path, '--at', '19:00')).toBe(2);
  expect(trial.printed).toContain('no figures of that time');
});

test('what cannot be checked is 2, with the reason', async () => {
  const path = bundle();
  expect(await trial.run('everybody', '--bundle', path, '--json')).toBe(2);
  expect(JSON.parse(trial.printed)).toMatchObject({ why: 'no-number' });
  expect(await trial.run('24 million plays + 3 million visits', '--bundle', path, '--json')).toBe(2);
  expect(JSON.parse(trial.printed)).toMatchObject({ why: 'unlike-figures', reason: 'unlike-units' });
  writeFileSync(path, 'nothing');
  expect(await trial.run('412 listeners', '--bundle', path)).toBe(2);
  expect(trial.printed).toContain('this is no bundle');
});

test('bundles of others are for sums that people make', async () => {
  const path = bundle();
  const other = join(trial.data, 'yard.earshot');
  const figure = { net: 500, gross: 500, method: 'exact' };
  const entry = { v: 1, kind: 'minute', room: 'yard', seq: 1, minute: 1, total: { peak_concurrent: figure } };
  const head = { v: 1, kind: 'earshot-bundle', room: 'yard' };
  const line = { kind: 'entry', index: 1, entry: JSON.stringify(entry), proof: [] };
  writeFileSync(other, `${JSON.stringify(head)}\n${JSON.stringify(line)}\n`);
  expect(await trial.run('912 listeners', '--bundle', path, '--json')).toBe(1);
  expect(JSON.parse(trial.printed)).toMatchObject({ verdict: 'no-match' });
  expect(await trial.run('912 listeners', '--bundle', path, '--with', other, '--json')).toBe(1);
  expect(JSON.parse(trial.printed)).toMatchObject({
    ...{ verdict: 'sum-of-unlike', sum: 912 },
    components: [{ of: 'yard' }, { of: 'hall' }],
  });
});

test('a card that was changed does not hold', async () => {
  const path = join(trial.data, 'card.svg');
  const { privateKey } = generateKeyPairSync('ed25519');
  const claims = await open({
    ...{ clock: systemClock, log: silentLog, key: privateKey, dir: trial.data, rooms: () => [] },
    ...{ titleOf: async () => 'Hall', whoIs: async () => undefined, isOperator: async () => false },
    numbersOf: async () => undefined,
    bundleOf: async () => readFileSync(bundle(), 'utf8'),
  });
  const asked = 'text=300+listeners&room=hall&at=00:40';
  const svg = await (await claims.fetch(new Request(`http://x.example/claims/card.svg?${asked}`))).text();
  writeFileSync(path, svg);
  expect(await trial.run('--card', path, '--json')).toBe(0);
  expect(JSON.parse(trial.printed)).toMatchObject({ ok: true, card: { room: 'hall', value: 300 } });
  expect(await trial.run('--card', path)).toBe(0);
  writeFileSync(path, svg.replace('"value":300', '"value":301'));
  expect(await trial.run('--card', path)).toBe(1);
  expect(trial.printed).toContain('changed');
});

test('arguments that make no sense are named', async () => {
  await expect(trial.run('5 listeners')).rejects.toThrow(/--room SLUG or --bundle FILE/);
  await expect(trial.run('5', '--bundle', join(trial.data, 'none'))).rejects.toThrow(/ENOENT/);
  await expect(trial.run('5', '--bundle', 'x', '--zone', 'Mars/Base')).rejects.toThrow(/--zone = Mars\/Base/);
  await expect(trial.run('5', '--bundle', 'x', '--at', 'teatime')).rejects.toThrow(/--at = teatime/);
  await expect(trial.run('5', '--bundle', 'x', '--language', 'de')).rejects.toThrow(/--language/);
});

test('a server is asked where a room is named, and its refusal is told', async () => {
  const asked: unknown[] = [];
  const server = createServer((request, answer) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      asked.push([request.url, JSON.parse(body)]);
      const refusing = asked.length > 1;
      answer.writeHead(refusing ? 404 : 200, { 'content-type': 'application/json' });
      answer.end(
        JSON.stringify(
          refusing
            ? { code: 'room-unknown', detail: 'No such room.' }
            : { verdict: 'no-match', nearest: [], number: 5, noun: '', said: { notes: [] } },
        ),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    expect(await trial.run('5 listeners', '--room', 'hall', '--url', url, '--json')).toBe(1);
    expect(asked[0]).toEqual(['/api/claims/check', { text: '5 listeners', room: 'hall' }]);
    expect(await trial.run('5 listeners', '--room', 'hall', '--url', url)).toBe(2);
    expect(trial.printed).toContain('No such room.');
  } finally {
    server.close();
  }
});

test('a server that cannot answer yet is asked again after the time that it says', async () => {
  let asked = 0;
  const server = createServer((request, answer) => {
    request.resume();
    request.on('end', () => {
      asked += 1;
      const away = asked < 3;
      answer.writeHead(away ? 503 : 200, { 'content-type': 'application/json', 'retry-after': '0' });
      const verdict = { verdict: 'matches', nearest: [], number: 5, noun: '', said: { notes: [] } };
      answer.end(JSON.stringify(away ? { code: 'numbers-away', detail: 'Not now.' } : verdict));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    expect(await trial.run('5 listeners', '--room', 'hall', '--url', url, '--json')).toBe(0);
    expect(asked).toBe(3);
  } finally {
    server.close();
  }
});
