import { randomUUIDv7 } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { plainText } from '../base/plain-text.ts';
import type { Store } from '../store/index.ts';
import {
  type BlockRule,
  compileBlockRule,
  MOST_BLOCK_RULE,
  MOST_BLOCK_RULES,
} from '../wire/moderation/block-words.ts';

/** A rule with its id. */
export interface ListedBlockRule extends BlockRule {
  readonly id: string;
}

/** Every list: that of the server under the empty name, those of rooms under their address. */
export type BlockLists = Readonly<Record<string, readonly BlockRule[]>>;

/** The lists of words; the room '' is the whole server. */
export interface BlockListBook {
  list(room: string): Promise<ListedBlockRule[]>;
  /** Adds a rule under `id`, or says why not; one that is there under this id stays as it is. */
  add(
    room: string,
    name: string,
    pattern: string,
    id?: string,
  ): Promise<ListedBlockRule | 'name' | 'pattern' | 'full'>;
  remove(room: string, id: string): Promise<ListedBlockRule | undefined>;
  /** Removes the lists of rooms that are gone, and tells how many rooms that were. */
  sweep(isGone: (room: string) => Promise<boolean>): Promise<number>;
}

/** Opens the lists; `publish` gets all of them now and after each change. */
export async function openBlockLists(deps: {
  readonly store: Store;
  readonly clock: Clock;
  publish(lists: BlockLists): void;
}): Promise<BlockListBook> {
  const { db } = deps.store;
  const rows = () => db.selectFrom('moderation_block_rule').select(['id', 'room', 'name', 'pattern']);
  const publish = async (): Promise<void> => {
    const all = Map.groupBy(await rows().orderBy('id').execute(), ({ room }) => room);
    deps.publish(
      Object.fromEntries(
        [...all].map(([room, list]) => [room, list.map(({ name, pattern }) => ({ name, pattern }))]),
      ),
    );
  };
  const list: BlockListBook['list'] = async (room) =>
    (await rows().where('room', '=', room).orderBy('id').execute()).map(({ id, name, pattern }) => ({
      ...{ id, name, pattern },
    }));
  await publish();
  return {
    list,
    async add(room, said, wanted, id) {
      const name = plainText(said, MOST_BLOCK_RULE);
      const pattern = plainText(wanted, MOST_BLOCK_RULE);
      if (name === undefined) return 'name';
      if (pattern === undefined || compileBlockRule({ name, pattern }) === undefined) return 'pattern';
      const before = await list(room);
      const known = before.find((one) => one.id === id);
      if (known) return known;
      if (before.length >= MOST_BLOCK_RULES) return 'full';
      const rule = { id: id ?? randomUUIDv7(), name, pattern };
      await db
        .insertInto('moderation_block_rule')
        .values({ ...rule, room, created: deps.clock.wall() })
        .execute();
      await publish();
      return rule;
    },
    async remove(room, id) {
      const found = (await list(room)).find((one) => one.id === id);
      if (!found) return undefined;
      await db.deleteFrom('moderation_block_rule').where('id', '=', id).where('room', '=', room).execute();
      await publish();
      return found;
    },
    async sweep(isGone) {
      const rooms = await db
        .selectFrom('moderation_block_rule')
        .select('room')
        .distinct()
        .where('room', '!=', '')
        .execute();
      const gone: string[] = [];
      for (const { room } of rooms) if (await isGone(room)) gone.push(room);
      for (const room of gone)
        await db.deleteFrom('moderation_block_rule').where('room', '=', room).execute();
      if (gone.length > 0) await publish();
      return gone.length;
    },
  };
}
