/**
 * Feeds and search in a base of a million posts of 50,000 accounts, for somebody who follows 5,000 of them:
 * `npm run bench -- feed sqlite|postgres|URL [posts]`. A database that is named by its URL is filled if it is empty, and
 * asked if it is not, so that each takes minutes of its own. Each figure is the time of the whole answer: numbers of posts, the
 * posts with their authors, what they quote, and what the reader has done with them. Two people ask: one follows 5,000
 * at random; the other follows the 5,000 who were last here a year ago, which is the worst there is. At the end the
 * alternative, a list for each follower that is written with each post: what it would cost.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { Pool } from 'pg';
import { systemClock } from '../src/base/clock.ts';
import { openFeeds } from '../src/social/feeds/feeds.ts';
import { openNotificationBook } from '../src/social/notifications/notification-writing.ts';
import { openProfiles } from '../src/social/people/profiles.ts';
import { openRelations } from '../src/social/people/relations.ts';
import { openPostBook } from '../src/social/posts/post-book.ts';
import { firstKeyAt } from '../src/social/posts/post-key.ts';
import { openPostReader } from '../src/social/posts/post-reader.ts';
import { openWordIndex } from '../src/social/search/word-index.ts';
import { askedWords, searchWords } from '../src/social/text/search-words.ts';
import { open, type Schema, type Store } from '../src/store/index.ts';
import { startPostgres } from '../test/contract/postgres.ts';

const given = process.argv.slice(2);
const targets = given.filter((word) => /^(?:sqlite|postgres)/.test(word));
const POSTS = Number(given.find((word) => /^\d+$/.test(word)) ?? 1_000_000);
const ACCOUNTS = 50_000;
const FOLLOWED = 5_000;
const PAGE = 31;
const RUNS = 300;
const YEAR_MS = 365 * 86_400_000;
const NOW = Date.UTC(2026, 11, 1);

/** Numbers below 1 by a seed. Spec: mulberry32. */
function chance(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
const random = chance(7);
const SOUNDS = 'ba ce dé fi go hu ja kè li mo nu pa qui ré so tu va wo xi zo'.split(' ');
const wordOf = (i: number): string => {
  let text = '';
  for (let n = i + 20; n > 0; n = Math.floor(n / SOUNDS.length)) text += SOUNDS[n % SOUNDS.length];
  return text;
};
const VOCABULARY = Array.from({ length: 30_000 }, (_, i) => wordOf(i));
/** Few words are in most texts, most words in few. */
const word = (): string => VOCABULARY[Math.floor(VOCABULARY.length * random() ** 4)] ?? '';
const text = (): string => Array.from({ length: 6 + Math.floor(random() * 14) }, word).join(' ');

const accounts = Array.from(
  { length: ACCOUNTS },
  (_, i) => `019adf00-0000-7000-8000-${i.toString(16).padStart(12, '0')}`,
);
/** The last 5,000 wrote in the first month alone. */
const isQuiet = (i: number): boolean => i >= ACCOUNTS - FOLLOWED;
const authorOf = (at: number): number => {
  const among = at < YEAR_MS / 12 ? ACCOUNTS : ACCOUNTS - FOLLOWED;
  return Math.floor(among * random() ** 2);
};
const keyOf = (i: number): number =>
  firstKeyAt(NOW - YEAR_MS + Math.floor((i / POSTS) * YEAR_MS)) + (i % 1_000);

async function fill(store: Store, url: string): Promise<void> {
  // A connection of its own: no statement is given up after 15 s.
  const dialect =
    store.engine === 'postgres'
      ? new PostgresDialect({ pool: new Pool({ connectionString: url, max: 1 }) })
      : undefined;
  const db = dialect ? new Kysely<Schema>({ dialect }) : store.db;
  /** Many rows in one statement, as one JSON text. */
  const insert = async (table: string, rows: readonly object[]): Promise<void> => {
    for (let i = 0; i < rows.length; i += 2_500) {
      const some = rows.slice(i, i + 2_500);
      const names = Object.keys(some[0] ?? {});
      const columns = sql.join(names.map((name) => sql.ref(name)));
      const from =
        store.engine === 'sqlite'
          ? sql`select ${sql.join(names.map((name) => sql`json_extract(value, ${`$.${name}`})`))} from json_each(${JSON.stringify(some)})`
          : sql`select ${columns} from json_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(some)})`;
      await sql`insert into ${sql.table(table)} (${columns}) ${from}`.execute(db);
    }
  };
  const at = new Date(NOW).toISOString();
  await sql`begin`.execute(db);
  if (dialect) {
    // The index of words is made at once at the end, as a restored dump makes it.
    await sql`alter table social_search disable trigger user`.execute(db);
    await sql`drop index social_post_fts_words`.execute(db);
  }
  await insert(
    'account',
    accounts.map((id, i) => ({
      ...{
        id,
        name: `Name ${wordOf(i)}`,
        email: `${i}@x.example`,
        email_verified: 1,
        image: null,
        role: 'member',
      },
      ...{ created: at, updated: at, erased: null },
    })),
  );
  await insert(
    'social_profile',
    accounts.map((account, i) => ({
      ...{ account, handle: `p${i}`, bio: '', links: '[]', pinned_post: null, pinned_room: null },
      ...{ seen: null, created: NOW },
    })),
  );
  await insert(
    'social_search',
    accounts.map((ref, i) => ({
      ...{ id: i + 1, kind: 'person', ref, words: searchWords(`p${i} Name ${wordOf(i)}`).join(' ') },
    })),
  );
  let posts: object[] = [];
  let words: object[] = [];
  for (let i = 0; i < POSTS; i++) {
    const said = text();
    const id = keyOf(i);
    const isReply = random() < 0.3 && i > 100;
    const isQuote = !isReply && random() < 0.1 && i > 100;
    const other = keyOf(Math.floor(random() * i));
    posts.push({
      ...{ id, author: accounts[authorOf(id / 1_024 - (NOW - YEAR_MS))], text: said, facets: '[]' },
      ...{ reply_to: isReply ? other : null, root: isReply ? other : null, quote_of: isQuote ? other : null },
    });
    words.push({ id, kind: 'post', ref: '', words: searchWords(said).join(' ') });
    if (posts.length === 5_000 || i === POSTS - 1) {
      await insert('social_post', posts);
      await insert('social_search', words);
      posts = [];
      words = [];
    }
  }
  const follow = (follower: number, followee: number): object => ({
    ...{ follower: accounts[follower], followee: accounts[followee], at: NOW },
  });
  const many = new Set<number>();
  while (many.size < FOLLOWED) many.add(2 + Math.floor(random() * (ACCOUNTS - 2)));
  await insert(
    'social_follow',
    [...many].map((i) => follow(0, i)),
  );
  const quiet = accounts.flatMap((_, i) => (isQuiet(i) ? [i] : []));
  await insert(
    'social_follow',
    quiet.map((i) => follow(1, i)),
  );
  if (dialect) {
    for (const kind of ['post', 'person'])
      await sql`insert into ${sql.table(`social_${kind}_fts`)}
        select id, array_to_tsvector(string_to_array(words, ' ')) from social_search where kind = ${kind}`.execute(
        db,
      );
    await sql`create index social_post_fts_words on social_post_fts using gin (words)`.execute(db);
    await sql`alter table social_search enable trigger user`.execute(db);
  }
  await sql`commit`.execute(db);
  if (!dialect) return;
  await sql`vacuum analyze`.execute(db);
  await db.destroy();
}

const times: Record<string, string> = {};
async function measure(name: string, run: (i: number) => Promise<unknown[]>, runs = RUNS): Promise<void> {
  const took: number[] = [];
  let found = 0;
  for (let i = 0; i < runs; i++) {
    const since = performance.now();
    found += (await run(i)).length;
    took.push(performance.now() - since);
  }
  took.sort((a, b) => a - b);
  const at = (share: number): string =>
    (took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0).toFixed(1);
  times[name] =
    `p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}, worst ${at(1)} ms (${(found / runs).toFixed(1)} found)`;
  console.log(`${name}: ${times[name]}`);
}

/** What is read to have each table in memory: a column that no index has. */
const COLUMNS = {
  social_post: 'text',
  social_profile: 'bio',
  social_search: 'words',
  account: 'name',
} as const;

/** Reads everything once, so that what is measured is the database and not the first look at a disk. */
async function warm({ db, engine }: Store): Promise<void> {
  for (const [table, column] of Object.entries(COLUMNS))
    await sql`select max(length(${sql.ref(column)})) from ${sql.table(table)}`.execute(db);
  if (engine === 'postgres') await sql`select max(length(words)) from social_post_fts`.execute(db);
}

async function ask(store: Store): Promise<void> {
  await warm(store);
  const words = openWordIndex(store);
  const profiles = openProfiles({ store, clock: systemClock, words });
  const relations = openRelations({
    store,
    clock: systemClock,
    notices: openNotificationBook({ store, clock: systemClock }),
  });
  const reader = openPostReader({ store, profiles });
  const feeds = openFeeds(store);
  const me = accounts[0] ?? '';
  const quiet = accounts[1] ?? '';
  const top = Number.MAX_SAFE_INTEGER;
  const somewhere = (): number => keyOf(Math.floor(random() * POSTS));
  const shown = async (keys: Promise<number[]>, who = me): Promise<unknown[]> => reader.read(await keys, who);
  await measure('home, 5,000 at random, first page', () => shown(feeds.home(me, PAGE, top)));
  await measure('home, 5,000 at random, any page', () => shown(feeds.home(me, PAGE, somewhere())));
  await measure('home, 5,000 quiet ones, first page', () => shown(feeds.home(quiet, PAGE, top), quiet));
  await measure('home, 5,000 quiet ones, any page', () => shown(feeds.home(quiet, PAGE, somewhere()), quiet));
  await measure('local, any page', () => shown(feeds.local(PAGE, somewhere())));
  await measure('one account, any page', () =>
    shown(feeds.of(accounts[Math.floor(random() * 1_000)] ?? '', PAGE, somewhere())),
  );
  const search = (typed: string, before = top): Promise<unknown[]> => {
    const asked = askedWords(typed);
    return asked ? shown(words.posts(asked, PAGE, before)) : Promise.resolve([]);
  };
  const common = (i: number): string => VOCABULARY[i % 20] ?? '';
  const rare = (): string => VOCABULARY[25_000 + Math.floor(random() * 5_000)] ?? '';
  await measure('search, a word of many posts', (i) => search(`${common(i)} `));
  await measure('search, a word of few posts', () => search(`${rare()} `));
  await measure('search, two words of many posts', (i) => search(`${common(i)} ${common(i + 7)} `));
  await measure('search, a word of many and one of few', (i) => search(`${common(i)} ${rare()} `));
  for (const letters of [2, 3, 5])
    await measure(`search, the first ${letters} letters`, () =>
      search(word().padEnd(letters, 'a').slice(0, letters)),
    );
  await measure('search, any words', () => search(`${word()} ${word()}`));
  await measure('search, any words, any page', () => search(`${word()} ${word()}`, somewhere()));
  await measure('search, people by the first 4 letters', async () => {
    const asked = askedWords(wordOf(Math.floor(random() * ACCOUNTS)).slice(0, 4));
    const found = asked ? await words.others('person', asked, PAGE) : [];
    return [...(await profiles.cards(found)).values()];
  });
  const book = await openPostBook({
    store,
    clock: systemClock,
    words,
    profiles,
    relations,
    notices: openNotificationBook({ store, clock: systemClock }),
  });
  await measure('writing a post', async () => [await book.write(me, { text: text() })], 100);
  await compare(store);
}

/** The same feed as a list for each follower: reading is one walk, and a post of somebody with followers is many writes. */
async function compare({ db, engine }: Store): Promise<void> {
  await sql`create table feed_item (owner text not null, post bigint not null, primary key (owner, post))${sql.raw(engine === 'sqlite' ? ' without rowid' : '')}`.execute(
    db,
  );
  let post = firstKeyAt(NOW + 1_000);
  for (const followers of [1, 100, 5_000])
    await measure(
      `a list for each: one post, ${followers} followers`,
      async () => {
        post += 1;
        await db.transaction().execute(async (trx) => {
          for (let i = 0; i < followers; i += 5_000)
            await sql`insert into feed_item (owner, post) select id, ${post} from account limit ${followers}`.execute(
              trx,
            );
        });
        return [post];
      },
      followers > 1_000 ? 20 : 100,
    );
  await sql`drop table feed_item`.execute(db);
}

/** Fills a database that is empty; asks one that is not, or in any case with `both`. */
async function run(url: string, both: boolean): Promise<void> {
  await using store = await open({ url });
  const isFilled = await store.db.selectFrom('social_post').select('id').limit(1).executeTakeFirst();
  if (!isFilled) {
    const since = performance.now();
    await fill(store, url);
    console.log(
      `${store.engine}: ${POSTS} posts written in ${((performance.now() - since) / 1_000).toFixed(0)} s`,
    );
  }
  if (isFilled || both) await ask(store);
}

for (const target of targets.length > 0 ? targets : ['sqlite', 'postgres']) {
  if (target.includes(':')) {
    await run(target, false);
    continue;
  }
  const folder = mkdtempSync(join(tmpdir(), 'earshot-feed-'));
  const postgres = target === 'postgres' ? await startPostgres() : undefined;
  try {
    await run(postgres?.url ?? `sqlite:${join(folder, 'feed.sqlite')}`, true);
  } finally {
    await postgres?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  }
}
