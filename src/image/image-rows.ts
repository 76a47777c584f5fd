import type { Kysely } from 'kysely';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Schema } from '../store/index.ts';
import type { ImageFiles } from './image-files.ts';
import type { ImageCard } from './image-size.ts';
import { imagesOf, noteUpload } from './image-uses.ts';
import type { MadeImage } from './re-encoding.ts';

/** An image that was uploaded and is in no post stays this long, ms. */
const UNUSED_MS = 24 * 3_600_000;

/** What the rows of images need. */
export interface ImageRowsDeps {
  readonly db: Kysely<Schema>;
  readonly clock: Clock;
  readonly log: Log;
  readonly files: ImageFiles;
  readonly quota: number;
  readonly quotaOfAccount: number;
  /** Runs what changes files, one after the other. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
}

/** Why there is no room for an image. */
export type ImageRoomFault = 'account-full' | 'server-full' | 'disk-full';

/** Opens the rows of images beside their files. */
export function openImageRows({ db, clock, log, files, quota, quotaOfAccount, inTurn }: ImageRowsDeps) {
  const taken = async (owner?: string): Promise<number> => {
    const all = db.selectFrom('image').select((e) => e.fn.sum<number | string | null>('bytes').as('bytes'));
    const own =
      owner === undefined
        ? all
        : all.where('id', 'in', (e) => e.selectFrom('image_use').select('image').where('owner', '=', owner));
    return Number((await own.executeTakeFirst())?.bytes ?? 0);
  };
  /** Why so many bytes more cannot be kept. */
  const full = async (owner: string, more: number): Promise<ImageRoomFault | undefined> => {
    if ((await taken(owner)) + more > quotaOfAccount) return 'account-full';
    return (await taken()) + more > quota ? 'server-full' : undefined;
  };
  const has = async (id: string): Promise<boolean> =>
    (await db.selectFrom('image').select('id').where('id', '=', id).executeTakeFirst()) !== undefined;

  /** Keeps an image for a day; in turn. */
  async function keep(owner: string, image: MadeImage): Promise<ImageCard | ImageRoomFault> {
    const { id, width, height } = image;
    const card = { id, width, height };
    const bytes = image.files.reduce((sum, file) => sum + file.bytes.length, 0);
    const isTheirs = (await imagesOf(db, owner, [id])).has(id);
    const refused = isTheirs ? undefined : await full(owner, bytes);
    if (refused) return refused;
    if (!(await has(id))) {
      // The files are there before anybody can be told of them.
      if (!(await files.write(image))) return 'disk-full';
      await db
        .insertInto('image')
        .values({ ...card, bytes, created: clock.wall() })
        .execute();
    }
    await noteUpload(db, id, owner, clock.wall());
    return card;
  }

  async function removeUnused(id: string): Promise<void> {
    // With its last use the row goes, and then the files: what is left of them after a crash is swept.
    const { numDeletedRows } = await db
      .deleteFrom('image')
      .where('id', '=', id)
      .where((e) => e.not(e.exists(e.selectFrom('image_use').select('image').where('image', '=', id))))
      .executeTakeFirst();
    if (numDeletedRows > 0n) await files.remove(id);
  }
  const collect = (ids: readonly string[]): Promise<void> =>
    inTurn(async () => {
      for (const id of new Set(ids)) await removeUnused(id);
    });

  /** Removes the files in one folder that belong to no image. */
  async function sweepFolder(folder: string): Promise<void> {
    const ids = await files.idsIn(folder);
    if (ids.length === 0) return;
    const rows = await db
      .selectFrom('image')
      .select('id')
      .where('id', 'in', [...ids])
      .execute();
    const known = new Set(rows.map(({ id }) => id));
    for (const id of ids) if (!known.has(id)) await files.remove(id);
  }
  async function sweep(): Promise<void> {
    const old = await db
      .deleteFrom('image_use')
      .where('kind', '=', 'upload')
      .where('at', '<', clock.wall() - UNUSED_MS)
      .returning('image')
      .execute();
    await collect(old.map(({ image }) => image));
    // An account that was erased takes its uses along.
    const unused = await db
      .selectFrom('image')
      .select('id')
      .where('id', 'not in', (e) => e.selectFrom('image_use').select('image'))
      .execute();
    await collect(unused.map(({ id }) => id));
    const folders = await files.folders();
    const one = await db.selectFrom('image').select('id').limit(1).executeTakeFirst();
    if (one) for (const folder of folders) await inTurn(() => sweepFolder(folder));
    else if (folders.length > 0)
      log.info({}, 'the database knows no image, so the files below images/ are left alone');
  }
  return { full, keep, collect, sweep };
}
