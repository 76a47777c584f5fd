import type { Clock } from '../../base/clock.ts';
import { type Images, useAsAvatar } from '../../image/index.ts';
import type { Store } from '../../store/index.ts';

/** Shows another picture of somebody, or none any more; the file of the one before goes. */
export async function showAvatar(
  { store, clock, images }: { readonly store: Store; readonly clock: Clock; readonly images: Images },
  account: string,
  id: string | undefined,
): Promise<void> {
  const before = await store.db.transaction().execute(async (trx) => {
    await trx
      .updateTable('social_profile')
      .set({ avatar: id ?? null })
      .where('account', '=', account)
      .execute();
    return useAsAvatar(trx, account, id, clock.wall());
  });
  await images.collect(before);
}
