import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { expect, test } from 'vitest';
import { appendNotes, logFolder, openTestLog } from '../../test/evidence.ts';
import type { Evidence } from '../evidence/index.ts';

const CLI = join(import.meta.dirname, 'index.ts');

/** Serves a log; `show` changes which one. */
async function serve(log: Evidence) {
  let shown = log;
  const server = createAdaptorServer({ fetch: (request) => shown.fetch(request) }) as Server;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    show(other: Evidence) {
      shown = other;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Runs the command in a folder, where its files are. */
const witness = (cwd: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [CLI, 'witness', ...args], { cwd }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });

test('a witness follows a log, cosigns it, and proves a fork', { timeout: 60_000 }, async () => {
  using folder = logFolder();
  const [a, b] = [join(folder.path, 'a'), join(folder.path, 'b')];
  for (const made of [a, b]) mkdirSync(made);
  {
    await using log = await openTestLog(a);
    await appendNotes(log, [['hall', 'first']]);
  }
  cpSync(join(a, 'evidence'), join(b, 'evidence'), { recursive: true });
  await using log = await openTestLog(a);
  await using fork = await openTestLog(b);
  await using server = await serve(log);
  // The clock of the log stands in the past: a cosignature of today is no mistake of the witness.
  log.clock.stepWall(Date.now() - log.clock.wall());

  const first = await witness(folder.path, server.url, '--once', '--name', 'witness.example.net');
  expect([first.code, first.err]).toEqual([0, '']);
  expect(first.out).toMatch(/^witness witness\.example\.net\+/);
  expect(first.out).toContain('1 entries: the first look at rooms.example.org/evidence');
  expect(first.out).not.toContain('did not take');
  expect(statSync(join(folder.path, 'witness.key')).mode & 0o777).toBe(0o600);
  const served = await (await fetch(`${server.url}/evidence/checkpoint`)).text();
  expect(served).toContain('\u2014 witness.example.net ');

  await appendNotes(log, [['hall', 'second']]);
  const known = await log.checkpoint();
  const grown = await witness(folder.path, `${server.url}/evidence/`, '--once', '--json');
  expect(grown.code).toBe(0);
  expect(JSON.parse(grown.out)).toMatchObject({ what: 'grown', state: { size: 2 } });

  await appendNotes(fork, [['hall', 'another second']]);
  const shown = await fork.checkpoint();
  server.show(fork);
  const caught = await witness(folder.path, server.url);
  expect(caught.code).toBe(1);
  expect(caught.out).toContain('THE LOG SHOWS TWO HISTORIES');
  expect(caught.out).toContain(known.trimEnd());
  expect(caught.out).toContain(shown.trimEnd());

  // What was seen is not forgotten, neither by the fork nor by a damaged file.
  server.show(log);
  expect((await witness(folder.path, server.url, '--once')).code).toBe(0);
  const state = readFileSync(join(folder.path, 'witness.json'));
  writeFileSync(join(folder.path, 'witness.json'), state.subarray(0, 40));
  const damaged = await witness(folder.path, server.url, '--once');
  expect([damaged.code, damaged.err]).toEqual([2, expect.stringContaining('[unprocessable]')]);
  expect(readFileSync(join(folder.path, 'witness.json'))).toEqual(state.subarray(0, 40));
});

test('a server that is away, and arguments that mean nothing, are told in words', async () => {
  using folder = logFolder();
  const away = await witness(folder.path, 'http://127.0.0.1:9', '--once');
  expect([away.code, away.out]).toEqual([
    2,
    expect.stringContaining('nothing can be said: /checkpoint cannot be fetched'),
  ]);
  for (const args of [
    ['ftp://example.org'],
    ['http://127.0.0.1:9', '--every', 'soon'],
    ['http://127.0.0.1:9', '--name', 'a b', '--key', 'k'],
  ])
    expect([args, (await witness(folder.path, ...args)).code]).toEqual([args, 2]);
  expect((await witness(folder.path)).code).toBe(2);
});
