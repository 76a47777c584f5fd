import type { Kysely } from 'kysely';
import { isDuplicate, type Schema } from '../store/index.ts';
import type { ImageCard } from './image-size.ts';

/** The database, or a transaction in it. */
type ImageDb = Kysely<Schema>;

/** The images among these that an account has uploaded, or uses. */
export async function imagesOf(
  db: ImageDb,
  owner: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ImageCard>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('image')
    .select(['id', 'width', 'height'])
    .where('id', 'in', [...ids])
    .where('id', 'in', (e) => e.selectFrom('image_use').select('image').where('owner', '=', owner))
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

/** Notes that a post has these images. They stay as long as it does, also when an edit takes them out of it. */
export async function useInPost(
  trx: ImageDb,
  owner: string,
  post: number,
  ids: readonly string[],
  at: number,
): Promise<void> {
  if (ids.length === 0) return;
  for (const image of new Set(ids))
    await trx
      .insertInto('image_use')
      .values({ image, owner, kind: 'post', post, at })
      .onConflict((one) => one.doNothing())
      .execute();
  await used(trx, owner, ids);
}

/** Of what is used it counts no longer that it was uploaded: with its last use it goes at once. */
async function used(trx: ImageDb, owner: string, ids: readonly string[]): Promise<void> {
  await trx
    .deleteFrom('image_use')
    .where('owner', '=', owner)
    .where('kind', '=', 'upload')
    .where('image', 'in', [...ids])
    .execute();
}

/** Notes that a post has none any more; the ids of those it had. */
export async function dropFromPost(trx: ImageDb, post: number): Promise<readonly string[]> {
  const rows = await trx.deleteFrom('image_use').where('post', '=', post).returning('image').execute();
  return rows.map(({ image }) => image);
}

/** Notes which picture somebody shows of themselves, or that they show none; the ids of those they had. */
export async function useAsAvatar(
  trx: ImageDb,
  owner: string,
  id: string | undefined,
  at: number,
): Promise<readonly string[]> {
  const before = await trx
    .deleteFrom('image_use')
    .where('owner', '=', owner)
    .where('kind', '=', 'avatar')
    .returning('image')
    .execute();
  if (id !== undefined) {
    await trx.insertInto('image_use').values({ image: id, owner, kind: 'avatar', post: 0, at }).execute();
    await used(trx, owner, [id]);
  }
  return before.map(({ image }) => image);
}

/** Notes that somebody has uploaded an image, which they have not used yet; once more is the same. */
export async function noteUpload(db: ImageDb, image: string, owner: string, at: number): Promise<void> {
  try {
    await db.insertInto('image_use').values({ image, owner, kind: 'upload', post: 0, at }).execute();
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    await db
      .updateTable('image_use')
      .set({ at })
      .where('image', '=', image)
      .where('owner', '=', owner)
      .where('kind', '=', 'upload')
      .execute();
  }
}
