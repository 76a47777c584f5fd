/** Images on both databases: whose they are, what they may take, and that nothing is left of them that nobody uses. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { epochMs, ms } from '../../src/base/time.ts';
import { imageReply } from '../../src/image/image-files.ts';
import {
  dropFromPost,
  type ImageCard,
  type Images,
  imagesOf,
  open as openImages,
  useAsAvatar,
  useInPost,
} from '../../src/image/index.ts';
import { open, type Store } from '../../src/store/index.ts';
import { manualClock } from '../clock.ts';
import { jpegOf, photoOf, pngOf } from '../images/made-images.ts';
import { type Postgres, startPostgres } from './postgres.ts';

const NOW = Date.UTC(2026, 11, 1, 12);
const [ANA, BO] = ['019adf00-0000-7000-8000-000000000001', '019adf00-0000-7000-8000-000000000002'];

describe.each(['sqlite', 'postgres'] as const)('images on %s', (engine) => {
  let postgres: Postgres | undefined;
  let folder: string;
  let store: Store;
  let images: Images;
  let clock: ReturnType<typeof manualClock>;
  const dir = (): string => join(folder, 'images');
  const files = (): string[] =>
    readdirSync(dir(), { recursive: true, withFileTypes: true }).flatMap((one) =>
      one.isFile() ? [one.name] : [],
    );
  const opened = (quota = 1e9, quotaOfAccount = 1e9): Images =>
    openImages({ store, clock, log: silentLog, dir: dir(), quota, quotaOfAccount });
  async function* body(bytes: Buffer): AsyncIterable<Uint8Array> {
    yield bytes;
  }
  const take = async (owner: string, bytes: Buffer): Promise<ImageCard> => {
    const card = await images.take(owner, 'post', body(bytes));
    if (typeof card === 'string') throw new Error(card);
    return card;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-images-'));
    if (engine === 'postgres') postgres = await startPostgres();
    store = await open({ url: postgres?.url ?? `sqlite:${join(folder, 'earshot.sqlite')}` });
  });
  afterAll(async () => {
    await images?.[Symbol.asyncDispose]();
    await store?.[Symbol.asyncDispose]();
    await postgres?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await images?.[Symbol.asyncDispose]();
    for (const table of ['image_use', 'image', 'account'] as const)
      await store.db.deleteFrom(table).execute();
    rmSync(dir(), { recursive: true, force: true });
    mkdirSync(dir());
    clock = manualClock(epochMs(NOW));
    const at = new Date(NOW).toISOString();
    for (const [i, id] of [ANA, BO].entries())
      await store.db
        .insertInto('account')
        .values({
          ...{ id, name: `n${i}`, email: `${i}@x.example`, email_verified: 1, image: null, role: 'member' },
          ...{ created: at, updated: at, erased: null },
        })
        .execute();
    images = opened();
  });

  test('in the place of a file that is missing a browser shows words, and a program reads them', async () => {
    const { id } = await take(ANA, pngOf(40, 40));
    const path = `/_image/${id}-1600.webp`;
    expect(await imageReply(dir(), path)).toMatchObject({ status: 200 });
    rmSync(join(dir(), id.slice(0, 2)), { recursive: true });
    const browser = { accept: 'image/avif,image/webp,image/*,*/*;q=0.8', 'accept-language': 'fr-FR' };
    const shown = await imageReply(dir(), path, browser);
    expect([shown.status, shown.headers]).toEqual([
      404,
      expect.objectContaining({
        ...{ 'content-type': 'image/svg+xml', 'cache-control': 'no-store' },
        'content-security-policy': expect.stringMatching(
          /^default-src 'none'; .*frame-ancestors 'none'; sandbox$/,
        ),
      }),
    ]);
    expect(`${shown.body}`).toContain('son fichier manque ici');
    expect(`${(await imageReply(dir(), path, { accept: 'text/html,*/*;q=0.8' })).body}`).toContain('missing');
    for (const accept of ['*/*', 'application/json', undefined])
      expect((await imageReply(dir(), path, { accept })).headers?.['content-type']).toBe(
        'application/problem+json',
      );
  });

  test('two people have the same image, and its files go with the last of them', async () => {
    const [one, two] = [await take(ANA, jpegOf(900, 600)), await take(BO, jpegOf(900, 600))];
    expect(one).toEqual(two);
    expect(files().length).toBe(3);
    const { db } = store;
    await useInPost(db, ANA, 7, [one.id], NOW);
    await useInPost(db, BO, 8, [one.id], NOW);
    expect(await imagesOf(db, BO, [one.id])).toEqual(new Map([[one.id, one]]));
    await images.collect(await dropFromPost(db, 7));
    expect(files().length).toBe(3);
    expect((await imagesOf(db, ANA, [one.id])).size).toBe(0);
    await images.collect(await dropFromPost(db, 8));
    expect(files()).toEqual([]);
    expect(await db.selectFrom('image').selectAll().execute()).toEqual([]);
  });

  test('what is uploaded and not used goes after a day, and a picture when another is shown', async () => {
    const { db } = store;
    await take(ANA, pngOf(40, 40));
    const [first, second] = [await take(ANA, pngOf(50, 50)), await take(ANA, pngOf(60, 60))];
    await images.collect(await useAsAvatar(db, ANA, first.id, NOW));
    clock.advance(ms(23 * 3_600_000));
    await images.sweep();
    expect(files().length).toBe(3);
    clock.advance(ms(2 * 3_600_000));
    await images.sweep();
    expect(files().map((name) => name.slice(0, 32))).toEqual([first.id]);
    await take(ANA, pngOf(60, 60));
    await images.collect(await useAsAvatar(db, ANA, second.id, NOW));
    expect(files().map((name) => name.slice(0, 32))).toEqual([second.id]);
  });

  test('what a crash leaves is swept, and nothing is where the database knows no image', async () => {
    const kept = await take(ANA, pngOf(40, 40));
    mkdirSync(join(dir(), '00'), { recursive: true });
    writeFileSync(join(dir(), '00', `${'0'.repeat(32)}-800.webp`), 'x');
    writeFileSync(join(dir(), '00', `${'0'.repeat(32)}-480.webp.tmp`), 'x');
    await images.sweep();
    expect(files().map((name) => name.slice(0, 32))).toEqual([kept.id]);
    // An account that goes takes its uses along, whoever removes it.
    await store.db.deleteFrom('account').where('id', '=', ANA).execute();
    await images.sweep();
    expect(files()).toEqual([]);
    writeFileSync(join(dir(), '00', `${'0'.repeat(32)}-800.webp`), 'x');
    await images.sweep();
    expect(files().length).toBe(1);
  });

  test('an account and the server have as much room as the operator gives them', async () => {
    images = opened(1e9, 1_500);
    expect(typeof (await images.take(ANA, 'post', body(photoOf(600, 400))))).toBe('string');
    expect(files()).toEqual([]);
    images = opened(1_500, 1e9);
    expect(await images.take(ANA, 'post', body(photoOf(600, 400)))).toBe('server-full');
    expect(files()).toEqual([]);
    images = opened();
    await take(ANA, photoOf(600, 400));
    images = opened(1e9, 1);
    // What is there already may be sent again; it takes no more room, but nothing is read of who is over it.
    expect(await images.take(ANA, 'post', body(photoOf(601, 400)))).toBe('account-full');
    expect(JSON.stringify(await images.exported(ANA))).toContain('/_image/');
    await images.forget(ANA);
    expect(files()).toEqual([]);
  });

  test('ten at once are all taken, one after the other; what is none takes nobody’s place', async () => {
    const all = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        images.take(i % 2 === 0 ? ANA : BO, 'post', body(pngOf(30 + i, 30))),
      ),
    );
    expect(all.filter((one) => typeof one === 'string')).toEqual([]);
    expect(files().length).toBe(10);
    expect(await images.take(ANA, 'post', body(Buffer.alloc(9_000_000)))).toBe('too-large');
    expect(await images.take(ANA, 'post', body(Buffer.from('no image, but long enough')))).toBe('no-image');
    expect(files().length).toBe(10);
  });

  test('who sends too slowly, or stops, gives up the place', async () => {
    const never = async function* (): AsyncIterable<Uint8Array> {
      yield jpegOf(30, 30).subarray(0, 50);
      await new Promise(() => undefined);
    };
    let said: unknown;
    void images.take(ANA, 'post', never()).then((fault) => {
      said = fault;
    });
    // A database has been asked before the clock matters.
    while (said === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      clock.advance(ms(10_000));
    }
    expect(said).toBe('too-slow');
    const broken = async function* (): AsyncIterable<Uint8Array> {
      yield jpegOf(30, 30).subarray(0, 50);
      throw new Error('gone');
    };
    expect(await images.take(ANA, 'post', broken())).toBe('broken-off');
    expect(files()).toEqual([]);
  });
});
