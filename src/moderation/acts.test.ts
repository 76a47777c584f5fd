import { afterEach, beforeEach, expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { silentLog } from '../base/log.ts';
import { open as openStore, type Store } from '../store/index.ts';
import { type Acts, openActs } from './acts.ts';
import { openAuditLog } from './audit.ts';
import { type Decision, openDecisions } from './decisions.ts';
import { isNotDone, type ModerationDeps, type ModerationRefusal } from './moderation-deps.ts';
import { openReports } from './reports.ts';

const DAY = 86_400_000;
const operator = { id: 'op', name: 'Op', role: 'operator' } as const;
let store: Store;
let clock: ReturnType<typeof manualClock>;
let acts: Acts;
let decisions: ReturnType<typeof openDecisions>;
/** What the room says when it is to go on. */
let resumed: ModerationRefusal | undefined;
let tries = 0;
let clips: Map<string, object>;
/** Where the process ends, once. */
let dies: 'before' | 'after' | 'mail' | undefined;
const die = (at: typeof dies): void => {
  if (dies !== at) return;
  dies = undefined;
  throw new Error('the process has ended');
};
beforeEach(async () => {
  store = await openStore({ url: 'sqlite::memory:' });
  clock = manualClock();
  [resumed, tries] = [undefined, 0];
  clips = new Map([['c1', { id: 'c1', title: 'A clip' }]]);
  dies = undefined;
  const room = {
    findClip: async (_: string, id: string) => clips.get(id),
    async hideClip(_: string, id: string) {
      die('before');
      const clip = clips.get(id);
      clips.delete(id);
      die('after');
      return clip;
    },
    showClip: async (_: string, clip: object) => void clips.set((clip as { id: string }).id, clip),
    stopRoom: async () => undefined,
    endRoom: async () => undefined,
    async resumeRoom() {
      tries += 1;
      return resumed;
    },
  };
  decisions = openDecisions({ store, clock });
  const deps = { store, clock, log: silentLog, ...room } as unknown as ModerationDeps;
  const reports = await openReports({ store, clock, mostReports: 1_000 });
  const log = openAuditLog({ store, clock });
  const audit: typeof log = {
    ...log,
    async addOnce(wish) {
      await log.addOnce(wish);
      die('mail');
    },
  };
  acts = openActs({ ...deps, reports, decisions, audit, withdrawing: { publish: async () => {} } });
});
afterEach(() => store[Symbol.asyncDispose]());
const decide = async (act: 'stop-room' | 'end-room'): Promise<Decision> => {
  const until = clock.wall() + 1_000;
  const made = await acts.decide(operator, { act, room: 'hall', reason: 'Insults', until });
  if (isNotDone(made)) throw new Error(made.refused);
  return made;
};

test('a stopped room whose time is over goes on as soon as the studio has a place for it, not never', async () => {
  const { id } = await decide('stop-room');
  clock.advance(2_000);
  resumed = { refused: 'rooms-full' };
  await acts.tick();
  expect((await decisions.find(id))?.lifted).toBeUndefined();
  resumed = undefined;
  await acts.tick();
  expect([tries, (await decisions.find(id))?.lifted]).toEqual([2, clock.wall()]);
});

test('a room that was resumed by hand meanwhile needs no lifting', async () => {
  const { id } = await decide('stop-room');
  clock.advance(2_000);
  resumed = { refused: 'wrong-moment' };
  await acts.tick();
  expect((await decisions.find(id))?.lifted).toBe(clock.wall());
});

test('an ended room is not tried again for ever, and its decision goes in time', async () => {
  const { id, ...ended } = await decide('end-room');
  clock.advance(2_000);
  expect(await decisions.due()).toEqual([]);
  expect(await acts.lift(operator, { id, ...ended }, 'again')).toMatchObject({ refused: 'wrong-moment' });
  await decisions.sweep(DAY);
  expect(await decisions.find(id)).toBeDefined();
  clock.advance(DAY + 1);
  await decisions.sweep(DAY);
  expect(await decisions.find(id)).toBeUndefined();
});

test.each(['before', 'after', 'mail'] as const)(
  'a decision that is sent again after the process ended (%s it was carried out) is made once, and can be taken back',
  async (when) => {
    const wish = { act: 'hide-clip', room: 'hall', target: 'c1', reason: 'Insults', id: 'row-1' } as const;
    dies = when;
    await expect(acts.decide(operator, wish)).rejects.toThrow('has ended');
    const made = await acts.decide(operator, wish);
    const again = await acts.decide(operator, wish);
    if (isNotDone(made) || isNotDone(again)) throw new Error('refused');
    expect([again.id, again.notice]).toEqual([made.id, made.notice]);
    expect(clips.size).toBe(0);
    const count = async (table: 'moderation_decision' | 'moderation_audit') =>
      (await store.db.selectFrom(table).select('id').execute()).length;
    expect([await count('moderation_decision'), await count('moderation_audit')]).toEqual([1, 1]);
    const kept = await decisions.find(made.id);
    if (!kept) throw new Error('it is not kept');
    expect(await acts.lift(operator, kept, 'a mistake')).toBeUndefined();
    expect(clips.get('c1')).toEqual({ id: 'c1', title: 'A clip' });
    // What was taken back meanwhile is not done once more.
    await acts.decide(operator, wish);
    expect([clips.size, await count('moderation_audit')]).toEqual([1, 2]);
  },
);
