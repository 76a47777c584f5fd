import { beforeEach, expect, test } from 'vitest';
import { refusal, roomsRig } from '../../test/rooms.ts';

const rig = roomsRig();
const { ask, create } = rig;
let token: string;
beforeEach(async () => {
  ({ token } = await create({ title: 'Talk' }));
});
const read = async (): Promise<string> => (await ask('GET', '/api/rooms/talk')).headers.get('etag') ?? '';
type Answered = Awaited<ReturnType<typeof ask>>;
const edit = (body: object, etag: string) =>
  ask('PATCH', '/api/rooms/talk', body, token, { 'if-match': etag });

test('of two who edit what they read at the same time, the second is told, and nothing is lost', async () => {
  const etag = await read();
  const answers = await Promise.all([edit({ title: 'One' }, etag), edit({ title: 'Two' }, etag)]);
  // Which of them is first is not promised.
  const [first, second] = answers.toSorted((a, b) => a.status - b.status) as [Answered, Answered];
  expect(first.status).toBe(200);
  expect(refusal(second)).toEqual([412, 'etag-mismatch']);
  const { title } = rig.card('talk');
  expect(title).toBe(first === answers[0] ? 'One' : 'Two');
  expect((await edit({ title: 'Three' }, first.headers.get('etag') ?? '')).status).toBe(200);
});

test('what a room measures while it runs never refuses an edit', async () => {
  const etag = await read();
  rig.rooms.clocks('talk', { firstAudio: 1_000, firstSpeech: 2_000 });
  await rig.settle();
  expect(await read()).not.toBe(etag);
  expect((await edit({ title: 'One' }, etag)).status).toBe(200);
});

test('a copy is fresh until anything changes, and then no longer', async () => {
  const etag = await read();
  const again = await ask('GET', '/api/rooms/talk', undefined, undefined, { 'if-none-match': etag });
  expect([again.status, again.body.text]).toEqual([304, '']);
  await edit({ title: 'One' }, '*');
  const changed = await ask('GET', '/api/rooms/talk', undefined, undefined, { 'if-none-match': etag });
  expect(changed.status).toBe(200);
});

test.each(['"x"', 'W/"weak.tag"', 'rubbish', ''])('an edit of the state %s changes nothing', async (etag) => {
  expect(refusal(await edit({ title: 'One' }, etag))).toEqual([412, 'etag-mismatch']);
});

test('a weak form of the right tag does not match', async () => {
  expect(refusal(await edit({ title: 'One' }, `W/${await read()}`))).toEqual([412, 'etag-mismatch']);
});

test('removing a room that somebody has edited meanwhile is refused', async () => {
  const etag = await read();
  await edit({ title: 'One' }, etag);
  await ask('POST', '/api/rooms/talk/end', undefined, token);
  const gone = await ask('DELETE', '/api/rooms/talk', undefined, token, { 'if-match': etag });
  expect(refusal(gone)).toEqual([412, 'etag-mismatch']);
});

test('every counted answer tells how many are left, and a refused one when the next is', async () => {
  const left = async (): Promise<[number, string | null, string | null]> => {
    const { status, headers } = await ask('PATCH', '/api/rooms/talk', { title: 'One' }, token);
    return [status, headers.get('ratelimit'), headers.get('retry-after')];
  };
  expect(await left()).toEqual([200, '"changes";r=19;t=1', null]);
  for (let i = 0; i < 19; i += 1) await left();
  expect(await left()).toEqual([429, '"changes";r=0;t=1', '1']);
  const { headers } = await ask('PATCH', '/api/rooms/talk', {}, token);
  expect(headers.get('ratelimit-policy')).toBe('"changes";q=20;w=20');
  const made = await ask('POST', '/api/rooms', { title: 'x' }, undefined, { 'x-forwarded-for': '192.0.2.7' });
  expect(made.headers.get('ratelimit')).toBe('"rooms-of-network";r=5;t=30, "rooms";r=28;t=2');
});

test('who may come is set only for the state that was read', async () => {
  const etag = await read();
  const settings = (body: object) =>
    ask('PATCH', '/api/rooms/talk/settings', body, token, { 'if-match': etag });
  expect((await settings({ access: 'unlisted' })).status).toBe(200);
  expect(refusal(await settings({ access: 'private' }))).toEqual([412, 'etag-mismatch']);
  expect((await ask('GET', '/api/rooms/talk')).body.access).toBe('unlisted');
});
