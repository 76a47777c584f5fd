/** What concerns one account alone: invitations that wait for its answer, reports that wait for an operator. */
import { describe, expect, test } from 'vitest';
import { ms } from '../../src/base/time.ts';
import { idOf, NOW, useSocial } from './social-people.ts';

interface Told {
  readonly kind: string;
  readonly count: number;
  readonly isNew: boolean;
  readonly invitation?: { readonly slug: string; readonly inviter: string; readonly role: string };
}

describe.each(['sqlite', 'postgres'] as const)('invitations and reports on %s', (engine) => {
  const { as, page, send, state, store, clock } = useSocial(engine);
  const told = async (who: 'ana' | 'bo' | 'cem') =>
    as(who).get<{ notifications: Told[]; unseen: number }>('/api/notifications');
  const ROOM = '019adf00-0000-7000-8000-000000000aaa';
  const invite = async (more: object): Promise<void> => {
    const row = {
      ...{ id: '019adf00-0000-7000-8000-00000000000a', room: ROOM, said: 'bo@x.example', account: idOf(1) },
      ...{ role: 'speaker', inviter: 'A<na>', created: clock().wall(), expires: NOW + 86_400_000 },
      ...{ answered: null, accepted: 0, ...more },
    };
    await store()
      .db.insertInto('room_invitation')
      .values(row as never)
      .execute();
  };
  const room = async (): Promise<void> => {
    const row = {
      id: ROOM,
      slug: 'hall',
      title: 'The <hall>',
      hosts: '["Ana"]',
      status: 'scheduled',
      created: NOW,
    };
    await store()
      .db.insertInto('room')
      .values(row as never)
      .execute();
  };
  const report = (number: string, closed: number | null = null) =>
    store()
      .db.insertInto('moderation_report')
      .values({
        ...{ id: number, number, room: '', subject: 'post', target: 'x', target_name: 'x', reason: 'spam' },
        ...{ words: '', moment: NOW, operator_only: 0, created: clock().wall(), closed, outcome: null },
      } as never)
      .execute();

  test('an invitation is told until it is answered, also by an address that was confirmed since, and nobody else reads it', async () => {
    await room();
    clock().advance(ms(1_000));
    await invite({});
    await invite({
      id: '019adf00-0000-7000-8000-00000000000b',
      said: '2@x.example',
      account: null,
      role: 'guest',
    });
    const { notifications, unseen } = await told('bo');
    expect([notifications.map(({ kind }) => kind), unseen]).toEqual([['invitation'], 1]);
    expect(notifications[0]?.invitation).toMatchObject({ slug: 'hall', inviter: 'A<na>', role: 'speaker' });
    expect((await told('cem')).notifications[0]?.invitation?.role).toBe('guest');
    expect(await told('ana')).toMatchObject({ notifications: [], unseen: 0 });
    const html = await (await page('/notifications', 'bo')).text();
    expect(html).toContain(
      'A&lt;na&gt;</bdi> invites you to <a href="/r/hall"><bdi>The &lt;hall&gt;</bdi></a>, to speak',
    );
    expect((await told('bo')).unseen).toBe(0);
    await as('cem').patch('/api/settings', { off: ['invitation'] });
    expect(await told('cem')).toMatchObject({ notifications: [], unseen: 0 });
    await store().db.updateTable('room_invitation').set({ answered: NOW }).execute();
    expect((await told('bo')).notifications).toEqual([]);
  });

  test('an invitation that has run out, or to a room that is gone or called off, is not told', async () => {
    await room();
    clock().advance(ms(1_000));
    await invite({ expires: NOW });
    expect((await told('bo')).notifications).toEqual([]);
    await store()
      .db.updateTable('room_invitation')
      .set({ expires: NOW + 86_400_000 })
      .execute();
    expect((await told('bo')).notifications).toHaveLength(1);
    await store().db.updateTable('room').set({ status: 'cancelled' }).execute();
    expect(await told('bo')).toMatchObject({ notifications: [], unseen: 0 });
  });

  test('reports that wait are one line for an operator, new with each of them, and nothing for everybody else', async () => {
    clock().advance(ms(1_000));
    await report('r1');
    await report('r2');
    await report('r3', NOW);
    expect(await told('ana')).toMatchObject({ notifications: [], unseen: 0 });
    await store().db.updateTable('account').set({ role: 'operator' }).where('id', '=', idOf(0)).execute();
    state.operator = true;
    expect(await told('ana')).toMatchObject({ notifications: [{ kind: 'report', count: 2 }], unseen: 1 });
    expect((await told('bo')).notifications).toEqual([]);
    expect(await (await page('/notifications', 'ana')).text()).toMatch(
      /2 reports wait for a decision[\s\S]*href="\/operate\/reports"/,
    );
    expect((await told('ana')).unseen).toBe(0);
    clock().advance(ms(1_000));
    await report('r4');
    expect(await told('ana')).toMatchObject({ notifications: [{ count: 3, isNew: true }], unseen: 1 });
    expect((await send('ana', 'PATCH', '/api/settings', { off: ['report'] })).status).toBe(200);
    expect(await told('ana')).toMatchObject({ notifications: [], unseen: 0 });
  });

  test('whoever has no box for reports does not switch them off by saving the others', async () => {
    const saved = async (fields: Record<string, string>): Promise<string[]> => {
      expect((await page('/settings', 'ana', { act: 'tell', people: 'all', ...fields })).status).toBe(303);
      return (await as('ana').get<{ off: string[] }>('/api/settings')).off;
    };
    expect(await (await page('/settings', 'ana')).text()).not.toContain('Reports that wait');
    expect(await saved({ kind: 'like' })).not.toContain('report');
    state.operator = true;
    expect(await (await page('/settings', 'ana')).text()).toContain('Reports that wait');
    expect(await saved({ kind: 'like' })).toContain('report');
    expect(await saved({ kind: 'report' })).not.toContain('report');
  });
});
