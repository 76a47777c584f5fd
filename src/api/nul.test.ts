import { expect, test } from 'vitest';
import { withoutNul } from './nul.ts';

const fetch = withoutNul(async () => new Response('reached'));
const statusOf = async (path: string): Promise<number> =>
  (await fetch(new Request(`http://x${path}`))).status;

test.each(['/api/rooms/a%00b', '/api/rooms?cursor=%00', '/api/moderation/reports/%00'])(
  '%s is refused before a database is asked',
  async (path) => expect(await statusOf(path)).toBe(400),
);

test('other addresses are not', async () => {
  expect(await statusOf('/api/rooms/a%20b')).toBe(200);
});
