import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { command } from './room.ts';

/** What was asked for, in order. */
const asked: unknown[] = [];
const server = createServer(async (request, response) => {
  const body = await text(request);
  asked.push([request.method, request.url, body === '' ? undefined : JSON.parse(body)]);
  response.end(
    JSON.stringify({ slug: 'hall', title: 'Hall', status: 'scheduled', studio: 'https://x/r/hall' }),
  );
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise((resolve) => server.close(resolve)));
afterEach(() => {
  asked.length = 0;
  vi.restoreAllMocks();
});

/** Runs `earshot room …` against that server; what it printed. */
async function run(...words: string[]): Promise<string> {
  const printed = vi.spyOn(console, 'log').mockImplementation(() => {});
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect(await command([...words, '--url', url, '--token', 't'])).toBe(0);
  return printed.mock.calls.flat().join('\n');
}

test('a room is made private with a password, or unlisted, or a draft', async () => {
  expect(await run('create', '--title', 'Hall')).not.toContain('publish');
  await run('create', '--title', 'Hall', '--access', 'private', '--password', 'correct horse');
  expect(await run('create', '--title', 'Hall', '--access', 'unlisted', '--draft')).toContain(
    'earshot room publish hall announces it',
  );
  expect(asked).toEqual([
    ['POST', '/api/rooms', { title: 'Hall' }],
    ['POST', '/api/rooms', { title: 'Hall', access: 'private', password: 'correct horse' }],
    ['POST', '/api/rooms', { title: 'Hall', access: 'unlisted', draft: true }],
  ]);
});

test('a draft is announced', async () => {
  expect(await run('publish', 'hall')).toBe('hall is scheduled');
  expect(asked).toEqual([['POST', '/api/rooms/hall/publish', undefined]]);
});
