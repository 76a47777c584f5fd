import {
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EarshotError } from '../base/errors.ts';
import { faultOf } from './fault.ts';
import { open } from './index.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'earshot-fault-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** The same bytes each time, unlike any that SQLite writes. */
const noise = (size: number): Buffer =>
  Buffer.from(Array.from({ length: size }, (_, i) => (i * 73 + 41) % 251));
const refusal = async (url: string): Promise<EarshotError> => {
  const error = await open({ url }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof EarshotError)) throw new Error(`no refusal but ${String(error)}`);
  return error;
};

test('a file that is no database is one sentence with the file and what to do', async () => {
  const path = join(dir, 'earshot.sqlite');
  writeFileSync(path, noise(20_000));
  const { code, message } = await refusal(`sqlite:${path}`);
  expect(code).toBe('database-away');
  expect(message).toContain(
    `the database ${path} is damaged (file is not a database): stop Earshot, put a copy`,
  );
  expect(message).not.toContain('\n');
  expect(readFileSync(path)).toEqual(noise(20_000));
});

test('a file that has lost its end is damaged, and so is one with other bytes in its middle', async () => {
  for (const hurt of ['cut', 'overwritten'] as const) {
    const path = join(dir, `${hurt}.sqlite`);
    const store = await open({ url: `sqlite:${path}` });
    await store[Symbol.asyncDispose]();
    const { size } = statSync(path);
    if (hurt === 'cut') truncateSync(path, 5000);
    else writeSync(openSync(path, 'r+'), noise(size - 4096), 0, size - 4096, 4096);
    expect((await refusal(`sqlite:${path}`)).message).toContain(`${path} is damaged`);
  }
});

test('a place where no file can be is one sentence', async () => {
  const { message } = await refusal(`sqlite:${dir}`);
  expect(message).toContain(`the database ${dir} cannot be opened (unable to open database file)`);
});

test('a server that is not there is one sentence with its address and without its password', async () => {
  const { code, message } = await refusal('postgres://jane:geheim@127.0.0.1:1/rooms?sslmode=disable');
  expect(code).toBe('database-away');
  expect(message).toMatch(
    /^the database postgres:\/\/jane@127\.0\.0\.1:1\/rooms does not answer \(connect ECONNREFUSED 127\.0\.0\.1:1\): is PostgreSQL/,
  );
  const twoAddresses = await refusal('postgres://jane:geheim@localhost:1/rooms');
  expect(twoAddresses.message).toMatch(/does not answer \(connect ECONNREFUSED .*127\.0\.0\.1:1/);
});

test('a bad query is no fault of the database', async () => {
  await using store = await open({ url: 'sqlite::memory:' });
  const row = { id: 'a', slug: 's', title: 'T', hosts: '[]', status: 'open', welcome: 0, created: 0 };
  await store.db.insertInto('room').values(row).execute();
  const twice = await store.db
    .insertInto('room')
    .values(row)
    .execute()
    .catch((error: unknown) => error);
  expect(twice).toBeInstanceOf(Error);
  expect(store.fault(twice)).toBeUndefined();
  expect(store.fault(new TypeError('a mistake of ours'))).toBeUndefined();
  expect(store.fault('no error at all')).toBeUndefined();
  // A library may say in words of its own that the database is away.
  const full = Object.assign(new Error('disk is full'), { code: 'SQLITE_FULL' });
  const around = new Error('Failed to get session', { cause: new Error('adapter', { cause: full }) });
  expect(store.fault(around)).toContain('cannot be written (disk is full)');
  const circle = new Error('of itself');
  circle.cause = circle;
  expect(store.fault(circle)).toBeUndefined();
});

test('explains the error code of a server', () => {
  const said = (code: string, message = 'm') =>
    faultOf('postgres://a:b@h/d', Object.assign(new Error(message), { code }));
  expect(said('28P01')).toContain('postgres://a@h/d refuses the user or the password');
  expect(said('3D000')).toContain('does not exist: create it');
  expect(said('57P03', 'the database system is starting up')).toContain(
    'does not answer (the database system',
  );
  expect(said('', 'timeout exceeded when trying to connect')).toContain('does not answer');
  expect(said('23505')).toBeUndefined();
});
