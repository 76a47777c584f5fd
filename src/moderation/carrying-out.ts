import { asAccountId } from '../wire/account.ts';
import type { Ban } from '../wire/stage/hands.ts';
import type { Decision } from './decisions.ts';
import type { ModerationDeps, ModerationRefusal } from './moderation-deps.ts';
import type { Withdrawing } from './withdrawing.ts';

const NOBODY: ModerationRefusal = { refused: 'unprocessable', detail: 'target: nobody has this id' };

/** The ban by which a decision reaches the stage. */
function banOf(deps: ModerationDeps, one: Decision, by: string, speaker: string): Ban {
  return {
    ...{ id: one.id, name: one.name, reason: one.reason, by, at: one.since, speaker },
    ...{ role: one.byRole === 'operator' ? 'operator' : 'host' },
    ...{ notice: `${deps.publicUrl ?? ''}/notice/${one.notice}` },
    ...(one.until === undefined ? {} : { until: one.until }),
    ...(one.act === 'ban' ? {} : { linkOnly: true }),
  };
}

/** Rooms in which an account is something, and that still go on; `alone`: nobody else hosts them who is not suspended. */
async function roomsOf(
  { store: { db }, clock }: Pick<ModerationDeps, 'store' | 'clock'>,
  account: string,
): Promise<{ slug: string; alone: boolean }[]> {
  const rooms = await db
    .selectFrom('room_member')
    .innerJoin('room', 'room.id', 'room_member.room')
    .select(['room.id', 'room.slug', 'room_member.role'])
    .where('room_member.account', '=', account)
    .where('room.status', 'in', ['scheduled', 'open', 'live'])
    .execute();
  const others = await db
    .selectFrom('room_member as mine')
    .innerJoin('room_member as other', 'other.room', 'mine.room')
    .leftJoin('moderation_decision as d', (join) =>
      join
        .onRef('d.target', '=', 'other.account')
        .on('d.act', '=', 'suspend')
        .on('d.lifted', 'is', null)
        .on((e) => e.or([e('d.until', 'is', null), e('d.until', '>', clock.wall())])),
    )
    .select('mine.room')
    .distinct()
    .where('mine.account', '=', account)
    .where('other.account', '<>', account)
    .where('other.role', '=', 'host')
    .where('d.id', 'is', null)
    .execute();
  const shared = new Set(others.map(({ room }) => room));
  return rooms.map(({ id, slug, role }) => ({ slug, alone: role === 'host' && !shared.has(id) }));
}

/** How a decision reaches stages, clips, rooms and accounts, and how it is taken back. */
export interface Carrying {
  /** What has to be known before something is done, so that it can be taken back whatever happens in between. */
  prepared(one: Decision): Promise<unknown>;
  /** Does what was decided; a refusal leaves everything as it was. `detail` is what is needed to take it back. */
  carryOut(one: Decision, by: string): Promise<ModerationRefusal | { readonly detail?: unknown }>;
  takeBack(one: Decision): Promise<ModerationRefusal | undefined>;
}

/** Opens the ways of carrying out. */
export function openCarrying(deps: ModerationDeps & { readonly withdrawing: Withdrawing }): Carrying {
  const { db } = deps.store;

  const prepared = async ({ act, room = '', target = '' }: Decision): Promise<unknown> =>
    act === 'hide-clip' ? ((await deps.findClip(room, target)) ?? {}) : {};

  /** Does what was decided; a refusal leaves everything as it was. */
  async function carryOut(
    one: Decision,
    by: string,
  ): Promise<ModerationRefusal | { readonly detail?: unknown }> {
    const { act, room = '', target = '' } = one;
    const plain = (refusal: ModerationRefusal | undefined) => refusal ?? {};
    switch (act) {
      case 'remove':
      case 'ban':
        return target === '' ? NOBODY : plain(await deps.keepOut(room, [banOf(deps, one, by, target)], []));
      case 'hide-clip': {
        const clip = await deps.hideClip(room, target);
        return clip
          ? { detail: clip }
          : { refused: 'not-found', detail: 'There is no such clip in this room.' };
      }
      case 'hide-question':
        if (target === '') return { refused: 'unprocessable', detail: 'target: use the id of a question' };
        // The decision is written: it is among what the studio is told.
        await deps.withdrawing.publish();
        return {};
      case 'end-room':
        return plain(await deps.endRoom(room));
      case 'unlist-room':
        return plain(await deps.unlistRoom(room));
      case 'stop-room':
        return plain(await deps.stopRoom(room, one.reason));
      case 'remove-post': {
        const author = await deps.removePost(target, one.reason);
        return author === undefined
          ? { refused: 'not-found', detail: 'There is no such post.' }
          : { detail: { author } };
      }
      case 'clear-profile': {
        const owner = await deps.clearProfile(target);
        return owner === undefined
          ? { refused: 'not-found', detail: 'Nobody has this address any more.' }
          : { detail: { author: owner } };
      }
      case 'suspend': {
        const account = asAccountId(target);
        const known =
          account &&
          (await db
            .selectFrom('account')
            .select(['name', 'role'])
            .where('id', '=', account)
            .where('erased', 'is', null)
            .executeTakeFirst());
        if (!account || !known) return { refused: 'unprocessable', detail: 'target: no account has this id' };
        if (known.role === 'operator')
          return {
            refused: 'wrong-moment',
            detail: 'An operator cannot be suspended: change their role first.',
          };
        await db.deleteFrom('account_session').where('account', '=', account).execute();
        const rooms = await roomsOf(deps, account);
        // Their place on every stage has the id of the account.
        for (const { slug, alone } of rooms) {
          const ban = banOf(deps, one, by, account);
          // Links from before the account hosted the room do no more than it may.
          await deps.keepOut(slug, [alone ? { ...ban, hostLinks: true } : ban], []);
        }
        return { detail: { rooms: rooms.map(({ slug }) => slug) } };
      }
    }
  }

  async function takeBack(one: Decision): Promise<ModerationRefusal | undefined> {
    const { act, room = '', id } = one;
    if (act === 'remove' || act === 'ban') return deps.keepOut(room, [], [id]);
    if (act === 'stop-room') return deps.resumeRoom(room);
    if (act === 'unlist-room') return deps.relistRoom(room);
    if (act === 'hide-clip') await deps.showClip(room, one.detail as object);
    if (act === 'suspend')
      for (const slug of (one.detail as { rooms?: string[] }).rooms ?? []) await deps.keepOut(slug, [], [id]);
    if (act === 'remove-post')
      return { refused: 'wrong-moment', detail: 'The content of a removed post is not kept.' };
    if (act === 'clear-profile')
      return { refused: 'wrong-moment', detail: 'What was taken out of a profile is not kept.' };
    return act === 'end-room'
      ? { refused: 'wrong-moment', detail: 'A room that has ended stays ended.' }
      : undefined;
  }

  return { prepared, carryOut, takeBack };
}
