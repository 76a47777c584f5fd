import type { Clock } from '../../base/clock.ts';
import { useInPost } from '../../image/index.ts';
import { isDuplicate, type Store } from '../../store/index.ts';
import type { NotificationBook } from '../notifications/notification-writing.ts';
import type { Profiles } from '../people/profiles.ts';
import type { WordIndex } from '../search/word-index.ts';
import { type Facet, type FoundFacet, findFacets, tooMany } from '../text/facets.ts';
import { POST_LENGTH, tidyOptional, tidyText } from '../text/post-text.ts';
import type { PostFault, PostWish } from './post-fault.ts';
import { type ImageWish, imagesColumn, imagesIn, wantedImages } from './post-images.ts';
import { madeAt, type PostKeys } from './post-key.ts';
import { BLANK_POST, type PostDb, type PostRows } from './post-rows.ts';

/** Edits of one post; what it said before each is kept. */
export const MOST_EDITS = 50;

const FAULTS: Readonly<Record<FoundFacet['kind'], PostFault>> = {
  ...{ link: 'too-many-links', mention: 'too-many-mentions', tag: 'too-many-tags' },
};

/** What writing needs. */
export interface PostWritingDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly words: WordIndex;
  readonly profiles: Profiles;
  readonly rows: PostRows;
  readonly keys: PostKeys;
  readonly notices: NotificationBook;
}

const mentionedIn = (facets: readonly Facet[]): string[] =>
  facets.flatMap((facet) => (facet.kind === 'mention' ? [facet.account] : []));

const tagged = async (trx: PostDb, key: number, facets: readonly Facet[]): Promise<void> => {
  await trx.deleteFrom('social_tag').where('post', '=', key).execute();
  const tags = new Set(facets.flatMap((facet) => (facet.kind === 'tag' ? [facet.tag] : [])));
  if (tags.size > 0)
    await trx
      .insertInto('social_tag')
      .values([...tags].map((tag) => ({ tag, post: key })))
      .execute();
};

/** What finds facets of texts. */
type Parsing = (
  sent: string,
  hasImages: boolean,
) => Promise<{ text: string; facets: readonly Facet[] } | PostFault>;

/** Reads a text with its facets: mentions of nobody are text. */
const parsing =
  (profiles: Profiles): Parsing =>
  async (sent, hasImages) => {
    const tidy = (hasImages ? tidyOptional : tidyText)(sent, POST_LENGTH);
    if ('fault' in tidy) return tidy.fault;
    const found = findFacets(tidy.text);
    const many = tooMany(found);
    if (many) return FAULTS[many];
    const handles = found.flatMap((facet) => (facet.kind === 'mention' ? [facet.handle] : []));
    const accounts = await profiles.accountsOf([...new Set(handles)]);
    const facets = found.flatMap((facet): Facet[] => {
      if (facet.kind !== 'mention') return [facet];
      const account = accounts.get(facet.handle);
      return account === undefined ? [] : [{ ...facet, account }];
    });
    return { text: tidy.text, facets };
  };

/** Where a post is found: by its text, and by what is to be seen on its images. */
const searched = (text: string, images: readonly { readonly alt: string }[]): string =>
  [text, ...images.map(({ alt }) => alt)].join('\n');

/** What a request that is sent again has made. */
const asked =
  (db: Store['db']) =>
  async (author: string, request: string | undefined): Promise<number | PostFault | undefined> => {
    if (request === undefined) return undefined;
    const row = await db
      .selectFrom('social_post')
      .select(['id', 'author'])
      .where('request', '=', request)
      .executeTakeFirst();
    return row && (row.author === author ? row.id : 'unknown');
  };

/** Opens the writing and editing of posts. */
export function openPostWriting({ store, clock, words, profiles, rows, keys, notices }: PostWritingDeps) {
  const { db } = store;
  const { rowOf, hold, counted, target } = rows;
  const parsed = parsing(profiles);
  const madeBefore = asked(db);
  return {
    async write(
      author: string,
      { text, replyTo, quoteOf, room, clip, images: wishes = [], request }: PostWish,
    ): Promise<number | PostFault> {
      const before = await madeBefore(author, request);
      if (before !== undefined) return before;
      const images = await wantedImages(store, author, wishes);
      if (typeof images === 'string') return images;
      const content = await parsed(text, images.length > 0);
      if (typeof content === 'string') return content;
      const parent = replyTo === undefined ? undefined : await target(author, replyTo);
      const quoted = quoteOf === undefined ? undefined : await target(author, quoteOf);
      if (typeof parent === 'string') return parent;
      if (typeof quoted === 'string') return quoted;
      const key = keys.next();
      const made = db.transaction().execute(async (trx): Promise<number | PostFault> => {
        if (!(await hold(trx, parent?.id, quoted?.id))) return 'deleted';
        await trx
          .insertInto('social_post')
          .values({
            ...{ ...BLANK_POST, id: key, author, text: content.text },
            ...{ facets: JSON.stringify(content.facets), room: room ?? null, clip: clip ?? null },
            ...(parent ? { reply_to: parent.id, root: parent.root ?? parent.id } : {}),
            ...(quoted ? { quote_of: quoted.id } : {}),
            ...{ images: imagesColumn(images), request: request ?? null },
          })
          .execute();
        await useInPost(
          trx,
          author,
          key,
          images.map(({ id }) => id),
          clock.wall(),
        );
        if (parent) await counted(trx, parent.id, 'replies', 1);
        if (quoted) await counted(trx, quoted.id, 'quotes', 1);
        await tagged(trx, key, content.facets);
        await words.putPost(trx, key, searched(content.text, images));
        await notices.posted(trx, {
          ...{ author, post: key, answered: parent?.author, quoted: quoted?.author },
          mentioned: mentionedIn(content.facets),
        });
        return key;
      });
      return made.catch(async (error: unknown) => {
        // Sent twice at the same moment: the other has made it.
        const other = isDuplicate(error) ? await madeBefore(author, request) : undefined;
        if (other === undefined) throw error;
        return other;
      });
    },
    async edit(
      author: string,
      key: number,
      text: string,
      isCurrent?: (version: number) => boolean,
      wishes?: readonly ImageWish[],
    ): Promise<PostFault | undefined> {
      const wanted = wishes && (await wantedImages(store, author, wishes));
      if (typeof wanted === 'string') return wanted;
      const kept = wanted === undefined && (await rowOf(key))?.images !== null;
      const content = await parsed(text, kept || (wanted?.length ?? 0) > 0);
      if (typeof content === 'string') return content;
      // What stands under somebody's post, or has it inside, stays as it is once one of the two has blocked the other.
      const before = await rowOf(key);
      for (const other of before?.author === author ? [before.reply_to, before.quote_of] : [])
        if (other !== null && (await target(author, other)) === 'blocked') return 'blocked';
      return db.transaction().execute(async (trx) => {
        const row = await rowOf(key, trx);
        if (!row || row.repost_of !== null) return 'unknown';
        if (row.author !== author) return 'not-author';
        if (row.deleted !== null) return 'deleted';
        if (isCurrent && !isCurrent(row.version)) return 'changed';
        const images = wanted ?? imagesIn(row.images);
        if (row.text === content.text && row.images === imagesColumn(images)) return undefined;
        if (row.version > MOST_EDITS) return 'too-many-edits';
        // Of two edits at once the second finds another version, and is told so.
        const { numUpdatedRows } = await trx
          .updateTable('social_post')
          .set({
            ...{ text: content.text, facets: JSON.stringify(content.facets), images: imagesColumn(images) },
            ...{ edited: clock.wall(), version: row.version + 1 },
          })
          .where('id', '=', key)
          .where('version', '=', row.version)
          .where('deleted', 'is', null)
          .executeTakeFirst();
        if (numUpdatedRows === 0n) return 'changed';
        await trx
          .insertInto('social_edit')
          .values({
            ...{ post: key, version: row.version, text: row.text, facets: row.facets },
            ...{ images: row.images, at: row.edited ?? madeAt(key) },
          })
          .execute();
        await useInPost(
          trx,
          author,
          key,
          images.map(({ id }) => id),
          clock.wall(),
        );
        await tagged(trx, key, content.facets);
        await words.putPost(trx, key, searched(content.text, images));
        const before = mentionedIn(JSON.parse(row.facets) as Facet[]);
        await notices.posted(trx, { author, post: key, mentioned: mentionedIn(content.facets), before });
        return undefined;
      });
    },
  };
}
