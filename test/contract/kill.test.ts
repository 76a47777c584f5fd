/** What a site acknowledged is there after `kill -9`, once, however often the same request was sent. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { paths } from '../../src/role/paths.ts';
import { open } from '../../src/store/index.ts';
import { type KillableSite, startKillableSite } from './killable-site.ts';
import { startPostgres } from './postgres.ts';
import { load, STEPS, send, type Written } from './site-load.ts';

const WRITES = 1_000;
const CLIENTS = 8;
const ROOMS = WRITES / CLIENTS / STEPS.length;
/** Many times what it takes on a machine that does nothing else. */
const LIMIT_MS = 240_000;
const KILLS = [130, 480, 790];

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'earshot-kill-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

/** What is stored, as sorted lines that are alike for what was written twice. */
async function stored(url: string): Promise<{ rooms: string[]; reports: string[]; questions: string[] }> {
  await using store = await open({ url });
  const rooms = await store.db.selectFrom('room').select(['slug', 'title', 'arrangements']).execute();
  const reports = await store.db
    .selectFrom('moderation_report')
    .select(['room', 'words', 'number'])
    .execute();
  const questions = Array.from({ length: CLIENTS }, (_, i) =>
    readFileSync(join(paths(data).questions, `questions-${i}.jsonl`), 'utf8'),
  );
  return {
    rooms: rooms.map(({ slug, title, arrangements }) => `${slug}: ${title} ${arrangements}`).sort(),
    reports: reports.map(({ room, words, number }) => `${room}: ${words} ${number}`).sort(),
    questions: questions
      .join('\n')
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => (JSON.parse(line) as { text: string }).text)
      .sort(),
  };
}

describe.each(['sqlite', 'postgres'] as const)('on %s', (engine) => {
  test(
    `of ${WRITES} writes during which the site is killed ${KILLS.length} times none is lost and none done twice`,
    async () => {
      await using postgres = engine === 'postgres' ? await startPostgres() : undefined;
      const url = postgres?.url ?? `sqlite:${join(data, 'earshot.sqlite')}`;
      mkdirSync(data, { recursive: true });
      let site: KillableSite = await startKillableSite(data, url);
      let kills = 0;
      const over = new AbortController();
      let restarting: Promise<void> = Promise.resolve();
      const kill = async (): Promise<void> => {
        if (over.signal.aborted) return;
        await site.kill();
        kills += 1;
        site = await startKillableSite(data, url);
      };
      try {
        const written = (
          await load({
            ...{ data, clients: CLIENTS, rooms: ROOMS, stop: over.signal },
            done(count) {
              if (KILLS.includes(count)) restarting = restarting.then(kill);
            },
          })
        ).flat();
        await restarting;
        await kill();
        expect(written).toHaveLength(WRITES);
        expect(kills).toBe(KILLS.length + 1);
        const by = (step: (typeof STEPS)[number]) =>
          written.filter((_, i) => STEPS[i % STEPS.length] === step);
        const wanted = {
          rooms: by('room')
            .map(({ answer, body }) => {
              const { title } = body as { title: string };
              return `${answer.slug}: ${title} changed {"access":"unlisted"}`;
            })
            .sort(),
          reports: by('report')
            .map(({ path, body, answer }) => {
              const { words } = body as { words: string };
              return `${path.split('/')[3]}: ${words} ${answer.number}`;
            })
            .sort(),
          questions: by('question')
            .map(({ body }) => (body as { text: string }).text)
            .sort(),
        };
        expect(await stored(url)).toEqual(wanted);
        // Once more, all of them: rooms and reports get the answer that they got.
        const repeated = async (one: Written): Promise<void> => {
          const again = await send(one);
          expect(again.status).toBe(201);
          const answer = JSON.parse(again.text) as object;
          if (one.path.startsWith('/api/')) expect([answer, again.replayed]).toEqual([one.answer, true]);
          else expect(answer).toMatchObject({ id: one.answer.id });
        };
        for (const step of ['room', 'report', 'question'] as const) await Promise.all(by(step).map(repeated));
        expect(await stored(url)).toEqual(wanted);
      } finally {
        over.abort();
        await restarting.catch(() => undefined);
        await site.kill();
      }
    },
    LIMIT_MS,
  );
});
