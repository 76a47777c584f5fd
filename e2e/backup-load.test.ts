/**
 * A backup that is made while people write and sound is recorded, restored into an empty place: what was acknowledged
 * before it began is in it, its rows are those of one instant, and nothing in it is half.
 */
import { randomUUIDv7 } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import type { Slug, SpeakerId } from '../src/base/ids.ts';
import { readEntries } from '../src/journal/index.ts';
import { readSecret } from '../src/keys/secret.ts';
import { openTokens } from '../src/keys/token.ts';
import { paths } from '../src/role/paths.ts';
import { open } from '../src/store/index.ts';
import { startPostgres } from '../test/contract/postgres.ts';
import { startServer, until } from './rig/server.ts';

/** Rooms whose titles are written one after the other, and rooms that nobody touches. */
const WRITTEN = 60;
const QUIET = 60;
/** A room takes 2,000 questions. */
const QUESTION_EVERY_MS = 20;
const slugOf = (i: number): string => `written-${i}`;

async function fill(url: string): Promise<void> {
  await using store = await open({ url });
  const row = (slug: string, i: number) => ({
    ...{ id: randomUUIDv7(), slug, title: `Été 😀 \\ ${slug}`, hosts: '["Ana"]', status: 'scheduled' },
    ...{ welcome: 0, created: Date.now() - i, start: Date.now() + 86_400_000 },
  });
  await store.db
    .insertInto('room')
    .values([
      ...Array.from({ length: WRITTEN }, (_, i) => row(slugOf(i), i)),
      ...Array.from({ length: QUIET }, (_, i) => row(`quiet-${i}`, i)),
    ])
    .execute();
}
async function rowsOf(url: string, like: string): Promise<Record<string, unknown>[]> {
  await using store = await open({ url });
  const { rows } = await sql<Record<string, unknown>>`
    select * from room where slug like ${like} order by slug`.execute(store.db);
  return rows;
}
const ask = (
  socketPath: string,
  method: string,
  path: string,
  body: object,
  headers: Record<string, string>,
): Promise<number> =>
  new Promise((resolve, reject) => {
    const all = { host: 'x.example', 'content-type': 'application/json', ...headers };
    const call = request({ socketPath, method, path, headers: all }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
    });
    call.on('error', reject).end(JSON.stringify(body));
  });

/** What was acknowledged, in order, and what had been when the backup began. */
interface Written {
  readonly titles: string[];
  readonly questions: string[];
}
const beginningOf = (all: readonly string[], some: readonly string[]): boolean =>
  some.every((one, i) => one === all[i]);

/** Paths of files below a folder. */
const filesIn = (folder: string): string[] =>
  (readdirSync(folder, { recursive: true, encoding: 'utf8' }) as string[])
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();

describe.each(['sqlite', 'postgres'] as const)('on %s', (engine) => {
  test('a backup under load has what was acknowledged before it, is of one instant, and starts', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'earshot-load-'));
    const data = join(dir, 'data');
    const at = paths(data);
    await using source = engine === 'postgres' ? await startPostgres() : undefined;
    await using target = engine === 'postgres' ? await startPostgres() : undefined;
    const url = source?.url ?? `sqlite:${at.database}`;
    const copy = join(dir, 'copy');
    const copyUrl = target?.url ?? `sqlite:${paths(copy).database}`;
    const settings = { EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' };
    try {
      await fill(url);
      const made: { written: Written; acknowledged: Written; slug: string } = await (async () => {
        await using server = await startServer({
          ...{ ...settings, EARSHOT_DATA: data, EARSHOT_DATABASE: url },
        });
        const room = await server.room('What is recorded meanwhile');
        await server.cli('room', 'live', room.slug);
        const tokens = openTokens(readSecret(at.secret));
        const links = await Promise.all(
          Array.from({ length: WRITTEN }, (_, i) =>
            tokens.sign({ slug: slugOf(i) as Slug, role: 'host', speaker: 'h' as SpeakerId, name: '' }),
          ),
        );
        const written: Written = { titles: [], questions: [] };
        const stop = new AbortController();
        const titles = async (): Promise<void> => {
          for (let n = 0; !stop.signal.aborted; n++) {
            const i = n % WRITTEN;
            const headers = { authorization: `Bearer ${links[i]}` };
            const path = `/api/rooms/${slugOf(i)}`;
            const status = await ask(at.siteHttp, 'PATCH', path, { title: `title ${n}` }, headers);
            // One change a second for each room: whoever is faster waits.
            if (status === 200) written.titles.push(`${slugOf(i)} title ${n}`);
            else if (status === 429) await new Promise((resolve) => setTimeout(resolve, 50));
            else throw new Error(`a title was answered ${status}`);
          }
        };
        const questions = async (): Promise<void> => {
          for (let n = 0; !stop.signal.aborted; n++) {
            const device = `device-key-${String(n).padStart(9, '0')}`;
            const headers = { 'x-forwarded-for': `10.1.${n % 250}.${1 + (n >> 8)}` };
            const path = `/r/${room.slug}/questions`;
            const status = await ask(at.cellHttp(0), 'POST', path, { text: `why ${n}?`, device }, headers);
            if (status === 201) written.questions.push(`why ${n}?`);
            else throw new Error(`a question was answered ${status}`);
            await new Promise((resolve) => setTimeout(resolve, QUESTION_EVERY_MS));
          }
        };
        const writing = Promise.all([titles(), questions()]);
        const index = join(at.archive, room.slug, 'opus64', 'pieces.idx');
        await until(
          'some segments are recorded',
          () => existsSync(index) && statSync(index).size > 0,
          60_000,
        );
        await until('much was written', () => written.titles.length > 100 && written.questions.length > 100);
        const acknowledged = { titles: [...written.titles], questions: [...written.questions] };
        const file = join(dir, 'b.tar');
        const report = await server.cli<{ files: number; rows: number }>('backup', file);
        expect(report.files).toBeGreaterThan(10);
        stop.abort();
        await writing;
        expect(written.titles.length).toBeGreaterThan(acknowledged.titles.length);
        expect(written.questions.length).toBeGreaterThan(acknowledged.questions.length);
        await server.cli('restore', file, '--data', copy, '--database', copyUrl);
        return { written, acknowledged, slug: room.slug };
      })();
      const { written, acknowledged, slug } = made;

      // Titles were written one after the other: one instant is a beginning of them, and has all that were acknowledged.
      const shown = new Map((await rowsOf(copyUrl, 'written-%')).map((row) => [row.slug, row.title]));
      const inOrder = new Map<unknown, unknown>(
        (await rowsOf(copyUrl, 'written-%')).map((r) => [r.slug, `Été 😀 \\ ${r.slug}`]),
      );
      const same = (): boolean => [...shown].every(([name, title]) => inOrder.get(name) === title);
      let length = same() ? 0 : -1;
      written.titles.forEach((line, n) => {
        const [name = '', ...title] = line.split(' ');
        inOrder.set(name, title.join(' '));
        // The longest beginning that fits; one more may have been written before its answer was read.
        if (same()) length = n + 1;
      });
      expect(length).toBeGreaterThanOrEqual(acknowledged.titles.length);
      // Row by row: what nobody changed is as it was, every column of it.
      const quiet = await rowsOf(copyUrl, 'quiet-%');
      expect(quiet).toHaveLength(QUIET);
      expect(quiet).toEqual(await rowsOf(url, 'quiet-%'));

      const asked = readEntries<{ text?: string }>(
        readFileSync(join(paths(copy).questions, `${slug}.jsonl`), 'utf8'),
      ).flatMap(({ text }) => (text?.startsWith('why ') ? [text] : []));
      expect(asked.length).toBeGreaterThanOrEqual(acknowledged.questions.length);
      expect(beginningOf(written.questions, asked)).toBe(true);

      // Sound: what the index names is there, byte for byte as the server has it.
      for (const path of filesIn(copy)) {
        const [taken, now] = [readFileSync(join(copy, path)), join(data, path)];
        if (/\.m4s$/.test(path)) expect([path, taken.equals(readFileSync(now))]).toEqual([path, true]);
        else if (/(?:\.idx|\.jsonl)$/.test(path))
          expect([path, taken.equals(readFileSync(now).subarray(0, taken.length))]).toEqual([path, true]);
        else if (/\.json$/.test(path)) expect(() => JSON.parse(taken.toString('utf8')), path).not.toThrow();
      }
      await using again = await startServer({ ...settings, EARSHOT_DATA: copy, EARSHOT_DATABASE: copyUrl });
      const list = await fetch(`${again.url}/r/${slug}/replay/opus64.m3u8`);
      const pieces = (await list.text()).match(/\S+\.m4s/g) ?? [];
      expect([list.status, pieces.length > 0]).toEqual([200, true]);
      for (const piece of pieces) {
        const answer = await fetch(`${again.url}/r/${slug}/replay/${piece}`);
        expect([piece, answer.status, (await answer.arrayBuffer()).byteLength > 1_000]).toEqual([
          piece,
          200,
          true,
        ]);
      }
      expect((await fetch(`${again.url}/r/${slugOf(0)}`)).status).toBe(200);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
