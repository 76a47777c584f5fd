import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { isDuplicate, type Store } from '../store/index.ts';

/** How long the answer to a request with a key is kept. */
export const KEPT_MS = 86_400_000;
/** Answers kept for one caller, and for all; the oldest go first. */
export const MOST_OF_CALLER = 1_000;
const MOST_OF_ALL = 100_000;
const CLEAN_MS = 60_000;

/** An answer as it is kept. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A request with its key. */
export interface Repeatable {
  readonly caller: string;
  readonly key: string;
  /** Everything that makes it this request and no other. */
  readonly request: string;
}

/** What is known of a request. `begun` with `created`: nothing is kept yet, and it is to be answered. */
export type Known =
  | { readonly known: 'begun'; readonly created: number }
  | { readonly known: 'differs' }
  | { readonly known: 'answered'; readonly answer: KeptAnswer };

/** The hash of several texts. */
export const hashOf = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
/** The name of a request: the same for the same caller and key. */
export const nameOf = ({ caller, key }: Repeatable): string => hashOf(caller, key);

/** Opens the table of answers. They hold links of hosts, so each is sealed with its caller's key and our own. */
export function openRepeatStore(deps: { store: Store; clock: Clock; key: Uint8Array }) {
  const { clock } = deps;
  const { db } = deps.store;
  let cleaned = Number.NEGATIVE_INFINITY;
  const sealedWith = ({ caller, key }: Repeatable): Buffer =>
    createHmac('sha256', deps.key)
      .update(JSON.stringify([caller, key]))
      .digest();

  function seal(one: Repeatable, answer: KeptAnswer): string {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', sealedWith(one), iv);
    const text = Buffer.concat([cipher.update(JSON.stringify(answer), 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url');
  }

  function unseal(one: Repeatable, sealed: string): KeptAnswer {
    const bytes = Buffer.from(sealed, 'base64url');
    const cipher = createDecipheriv('aes-256-gcm', sealedWith(one), bytes.subarray(0, 12));
    cipher.setAuthTag(bytes.subarray(12, 28));
    return JSON.parse(
      Buffer.concat([cipher.update(bytes.subarray(28)), cipher.final()]).toString('utf8'),
    ) as KeptAnswer;
  }

  /** Makes room: what is older than a day goes, and the oldest of whoever keeps too many. */
  async function clean(caller: string): Promise<void> {
    const oldest = (count: number) =>
      db.selectFrom('repeat').select('id').orderBy('created').orderBy('id').limit(count);
    const total = db.selectFrom('repeat').select((e) => e.fn.countAll<number>().as('count'));
    const own = Number((await total.where('caller', '=', caller).executeTakeFirst())?.count ?? 0);
    if (own >= MOST_OF_CALLER)
      await db
        .deleteFrom('repeat')
        .where('id', 'in', oldest(own - MOST_OF_CALLER + 1).where('caller', '=', caller))
        .execute();
    if (clock.now() - cleaned < CLEAN_MS) return;
    cleaned = clock.now();
    await db
      .deleteFrom('repeat')
      .where('created', '<', clock.wall() - KEPT_MS)
      .execute();
    const all = Number((await total.executeTakeFirst())?.count ?? 0);
    if (all >= MOST_OF_ALL)
      await db
        .deleteFrom('repeat')
        .where('id', 'in', oldest(all - MOST_OF_ALL + 1))
        .execute();
  }

  return {
    /** Notes that a request has begun, unless it is known. One that was broken off before is begun again. */
    async begin(one: Repeatable): Promise<Known> {
      const id = nameOf(one);
      const caller = hashOf(one.caller);
      await clean(caller);
      const created = clock.wall() as number;
      const row = { id, caller, request: hashOf(one.request), answer: null, created };
      try {
        // What is made under this name is written after it, so that it is on the disk when that is.
        await deps.store.writeSoon(db.insertInto('repeat').values(row).compile());
        return { known: 'begun', created };
      } catch (error) {
        if (!isDuplicate(error)) throw error;
      }
      const known = await db.selectFrom('repeat').selectAll().where('id', '=', id).executeTakeFirst();
      if (!known || known.created < created - KEPT_MS) {
        await this.forget(one);
        await db.insertInto('repeat').values(row).execute();
        return { known: 'begun', created };
      }
      if (known.request !== row.request) return { known: 'differs' };
      if (known.answer === null) return { known: 'begun', created: known.created };
      return { known: 'answered', answer: unseal(one, known.answer) };
    },
    /** Keeps an answer. */
    async keep(one: Repeatable, answer: KeptAnswer): Promise<void> {
      const change = { answer: seal(one, answer) };
      await db.updateTable('repeat').set(change).where('id', '=', nameOf(one)).execute();
    },
    /** Forgets a request: it may be sent again. */
    async forget(one: Repeatable): Promise<void> {
      await db.deleteFrom('repeat').where('id', '=', nameOf(one)).execute();
    },
  };
}
