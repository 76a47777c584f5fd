import { beforeEach, describe, expect, test } from 'vitest';
import { refusal, roomsRig } from '../../test/rooms.ts';
import type { AccountCard, AccountId, AccountRole } from '../wire/account.ts';

const rig = roomsRig();
const { ask } = rig;

/** People by the token that they send. */
const people = new Map<string, AccountCard>(
  (['operator', 'host', 'member'] as const).map((role: AccountRole, index) => [
    `ea_${role}`,
    { id: `0190a000-0000-7000-8000-00000000000${index}` as AccountId, name: `A ${role}`, role },
  ]),
);
const account = async (request: Request): Promise<AccountCard | undefined> =>
  people.get(request.headers.get('authorization')?.slice('Bearer '.length) ?? '');

describe('rooms of accounts', () => {
  beforeEach(async () => {
    for (const { id, name, role } of people.values())
      await rig.store.db
        .insertInto('account')
        .values({
          ...{ id, name, role, email: `${role}@x.example`, email_verified: 1, image: null, erased: null },
          ...{ created: '2026-01-01T00:00:00.000Z', updated: '2026-01-01T00:00:00.000Z' },
        })
        .execute();
    await rig.restart({ account, create: 'hosts' });
  });

  test('a host starts a room where hosts may, and acts in it without its link; other accounts do not', async () => {
    const made = await ask('POST', '/api/rooms', { title: 'Mine' }, 'ea_host');
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    expect(rig.card('mine').hosts).toEqual(['A host']);
    expect(refusal(await ask('POST', '/api/rooms/mine/live', {}, 'ea_member'))).toEqual([403, 'not-host']);
    expect((await ask('POST', '/api/rooms/mine/live', {}, 'ea_host')).body.status).toBe('live');
    // A host link is the operator's to give.
    expect(refusal(await ask('POST', '/api/rooms/mine/invites', { role: 'host' }, 'ea_host'))).toEqual([
      403,
      'operator-only',
    ]);
  });

  test('a member may not start a room, and is told who may', async () => {
    const answer = await ask('POST', '/api/rooms', { title: 'No' }, 'ea_member');
    expect(refusal(answer)).toEqual([403, 'operator-only']);
    expect(answer.body.detail).toContain('role host');
    expect((await ask('GET', '/api/start', undefined, 'ea_host')).body).toMatchObject({ may: true });
    expect((await ask('GET', '/api/start', undefined, 'ea_member')).body).toMatchObject({ may: false });
  });

  test("an operator's account may do everything in every room", async () => {
    await ask('POST', '/api/rooms', { title: 'Mine' }, 'ea_host');
    expect((await ask('POST', '/api/rooms/mine/live', {}, 'ea_operator')).status).toBe(200);
    expect((await ask('POST', '/api/rooms/mine/stop', { reason: 'Why' }, 'ea_operator')).status).toBe(200);
    expect((await ask('POST', '/api/rooms/mine/resume', {}, 'ea_host')).status).toBe(403);
  });

  test('where only the operator starts rooms the role host is not enough', async () => {
    await rig.restart({ account, create: 'operator' });
    expect(refusal(await ask('POST', '/api/rooms', { title: 'No' }, 'ea_host'))[0]).toBe(403);
    expect((await ask('POST', '/api/rooms', { title: 'Yes' }, 'ea_operator')).status).toBe(201);
  });

  test('an unknown personal token is refused as a token', async () => {
    await ask('POST', '/api/rooms', { title: 'Mine' }, 'ea_host');
    expect(refusal(await ask('POST', '/api/rooms/mine/live', {}, 'ea_nobody'))).toEqual([
      401,
      'token-invalid',
    ]);
  });
});
