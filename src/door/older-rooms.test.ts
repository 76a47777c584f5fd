import { expect, test } from 'vitest';
import { fakeOrigin, openTestDoor } from '../../test/door.ts';

test('the address of a room that ended years ago is looked up before it is reported as unknown', async () => {
  const origin = fakeOrigin();
  let away = false;
  origin.seek = (slug) => {
    if (origin.rooms.has(slug)) return undefined;
    if (away) return Promise.resolve('away');
    if (slug !== 'old') return Promise.resolve('unknown');
    origin.rooms.set('old', { slug, title: 'Years ago', hosts: ['Ana'], status: 'ended', clocks: {} });
    return Promise.resolve('found');
  };
  await using door = await openTestDoor(origin);
  const get = (path: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${door.port}${path}`, { headers: { accept: 'text/html' } });
  const page = await get('/r/old');
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('Years ago');
  expect((await get('/r/none')).status).toBe(404);
  away = true;
  const answer = await get('/r/other');
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).not.toBeNull();
});
