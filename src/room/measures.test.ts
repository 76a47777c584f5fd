import { beforeEach, expect, test } from 'vitest';
import { HOUR, refusal, roomsRig } from '../../test/rooms.ts';

const OPERATOR = 'operator-key-of-some-length';
const rig = roomsRig();
const { ask, card, create } = rig;

let host: string;
beforeEach(async () => {
  await rig.restart({ operatorKey: OPERATOR });
  ({ token: host } = await create({ title: 'Talk' }));
  await ask('POST', '/api/rooms/talk/live', undefined, host);
});
const stop = (reason: unknown, by = OPERATOR) => ask('POST', '/api/rooms/talk/stop', { reason }, by);
const act = (what: string, by = OPERATOR) => ask('POST', `/api/rooms/talk/${what}`, undefined, by);

test('the operator stops a room, which nobody runs then, and resumes it as it was, with the same program', async () => {
  const before = card('talk');
  const stopped = await stop('It broke the rules.');
  expect(stopped.status).toBe(200);
  expect(stopped.body).toMatchObject({ status: 'stopped', stopped: { reason: 'It broke the rules.' } });
  expect(card('talk')).toMatchObject({ status: 'stopped', zero: before.zero });
  expect(card('talk').cell).toBeUndefined();
  // Across a restart of the site too.
  await rig.restart({ operatorKey: OPERATOR });
  expect(card('talk')).toMatchObject({ status: 'stopped', stopped: { reason: 'It broke the rules.' } });
  expect(refusal(await act('live', host))).toEqual([403, 'room-stopped']);
  expect((await act('resume')).body).toMatchObject({ status: 'live' });
  expect(card('talk')).toEqual({ ...before, cell: 0 });
});

test('only the operator can, and a reason is needed', async () => {
  expect(refusal(await stop('No.', host))).toEqual([403, 'operator-only']);
  expect(refusal(await ask('POST', '/api/rooms/talk/stop', { reason: 'No.' }))).toEqual([
    401,
    'token-missing',
  ]);
  expect(refusal(await stop(''))).toEqual([422, 'unprocessable']);
  expect(refusal(await stop(undefined))).toEqual([422, 'unprocessable']);
  expect(refusal(await act('resume'))).toEqual([409, 'wrong-moment']);
  expect(refusal(await act('release'))).toEqual([409, 'wrong-moment']);
  expect(card('talk').status).toBe('live');
});

test('a stopped room can be ended by its host, and stays stopped for the public until the operator resumes it', async () => {
  await stop('Later.');
  expect((await act('end', host)).status).toBe(200);
  expect(card('talk').status).toBe('stopped');
  await act('resume');
  expect(card('talk').status).toBe('ended');
});

test('an announced room that is stopped does not open at its time', async () => {
  await create({ title: 'Tomorrow', start: new Date(rig.clock.wall() + HOUR).toISOString() });
  await ask('POST', '/api/rooms/tomorrow/stop', { reason: 'Not here.' }, OPERATOR);
  rig.clock.advance(2 * HOUR);
  await rig.settle();
  expect(card('tomorrow').status).toBe('stopped');
});

test('a room in quarantine lives in the cell behind the others, survives a restart, and goes back after five minutes, the second time after an hour', async () => {
  await rig.rooms.measures.quarantine('talk');
  expect(card('talk').quarantine?.until).toBe(rig.clock.wall() + 5 * 60_000);
  for (let second = 0; second < 301; second += 100) {
    rig.clock.advance(100_000);
    await rig.settle();
  }
  expect(card('talk').quarantine).toBeUndefined();
  await rig.restart({ operatorKey: OPERATOR });
  await rig.rooms.measures.quarantine('talk');
  expect(card('talk')).toMatchObject({
    status: 'live',
    cell: 2,
    quarantine: { until: rig.clock.wall() + HOUR },
  });
  await rig.restart({ operatorKey: OPERATOR });
  expect(card('talk').cell).toBe(2);
  // It takes no place of the others.
  await create({ title: 'Second' });
  expect(card('second').cell).toBe(0);
  rig.clock.advance(HOUR - 2_000);
  await rig.settle();
  expect(card('talk').quarantine).toBeDefined();
  for (let second = 0; second < 3; second += 1) {
    rig.clock.advance(1_000);
    await rig.settle();
  }
  expect(card('talk').quarantine).toBeUndefined();
  expect(card('talk').cell).toBe(1);
});

test('the operator lifts a quarantine, also of a room that is stopped meanwhile', async () => {
  await rig.rooms.measures.quarantine('talk');
  expect((await act('release')).body.quarantine).toBeUndefined();
  expect(card('talk').cell).toBe(0);
  await rig.rooms.measures.quarantine('talk');
  await stop('Wait.');
  expect(card('talk').quarantine).toBeUndefined();
  await act('resume');
  expect(card('talk')).toMatchObject({ cell: 2, status: 'live' });
});

test('a co-host who stands in has the host’s rights until the host is back, but cannot keep the host out', async () => {
  const { token, speaker } = (
    await ask('POST', '/api/rooms/talk/invites', { role: 'co-host', name: 'Bea' }, host)
  ).body as Record<string, string>;
  const may = async (method: string, path: string, body?: object): Promise<number> =>
    (await ask(method, `/api/rooms/talk${path}`, body, token)).status;
  const gone = { since: rig.clock.wall(), to: { id: speaker ?? '', name: 'Bea' } };
  rig.rooms.hostGone('talk', gone);
  await rig.settle();
  expect(card('talk').hostGone).toEqual(gone);
  expect((await ask('GET', '/api/rooms/talk')).body.hostGone).toEqual(gone);
  expect(await may('PATCH', '/settings', { access: 'unlisted' })).toBe(200);
  expect(await may('POST', '/invites', { role: 'co-host' })).toBe(201);
  expect(await may('POST', '/links/renew')).toBe(403);
  expect(await may('DELETE', '/people/somebody')).toBe(403);
  // Known after a restart, and said again by the cell without a change.
  await rig.restart({ operatorKey: OPERATOR });
  rig.rooms.hostGone('talk', gone);
  expect(await may('PATCH', '/settings', { access: 'public' })).toBe(200);
  rig.rooms.hostGone('talk', { since: gone.since });
  await rig.settle();
  expect(await may('PATCH', '/settings', { access: 'unlisted' })).toBe(403);
  rig.rooms.hostGone('talk', undefined);
  await rig.settle();
  expect(card('talk').hostGone).toBeUndefined();
});

test('a room that is over has nobody who stands in', async () => {
  rig.rooms.hostGone('talk', { since: 1 });
  await rig.settle();
  await act('end', host);
  expect(card('talk').hostGone).toBeUndefined();
});
