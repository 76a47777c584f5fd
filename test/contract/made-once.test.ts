/** Chapters, clips, claims and decisions that are sent until they are answered, while the site is killed again and again. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { paths } from '../../src/role/paths.ts';
import { open } from '../../src/store/index.ts';
import { type KillableSite, OPERATOR_KEY, startKillableSite } from './killable-site.ts';
import { startPostgres } from './postgres.ts';
import { insist } from './site-load.ts';

/** Of each kind: less than a room takes. */
const MADE = 40;
/** After so many answers of all kinds the site is killed. */
const KILLS = [20, 80, 140];
/** Many times what it takes on a machine that does nothing else. */
const LIMIT_MS = 240_000;

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'earshot-once-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

const numbered = (what: string): string[] => Array.from({ length: MADE }, (_, n) => `${what} ${n}`).sort();

describe.each(['sqlite', 'postgres'] as const)('on %s', (engine) => {
  test(
    `what is sent again after ${KILLS.length} kills is made once`,
    async () => {
      await using postgres = engine === 'postgres' ? await startPostgres() : undefined;
      const url = postgres?.url ?? `sqlite:${join(data, 'earshot.sqlite')}`;
      mkdirSync(data, { recursive: true });
      mkdirSync(paths(data).run, { recursive: true });
      // Nothing was counted: claims have no verdict.
      const tally = createServer((_, answer) => void answer.writeHead(404).end()).listen(
        paths(data).tallyHttp,
      );
      let site: KillableSite = await startKillableSite(data, url);
      const over = new AbortController();
      let restarting: Promise<void> = Promise.resolve();
      let count = 0;
      const socket = paths(data).siteHttp;
      const operator = { authorization: `Bearer ${OPERATOR_KEY}` };
      /** A site that does not come up again is the end of the test. */
      const kill = async (): Promise<void> => {
        try {
          await site.kill();
          site = await startKillableSite(data, url);
        } catch (error) {
          over.abort(error);
          throw error;
        }
      };
      const post = async (
        path: string,
        body: object,
        headers: Record<string, string> = operator,
      ): Promise<Record<string, unknown>> => {
        const key = {
          'idempotency-key': `${path} ${JSON.stringify(body)}`.replace(/[^\w]/g, '-').padEnd(16, '-'),
        };
        const made = await insist(
          { socket, method: 'POST', path, body, headers: { ...key, ...headers } },
          over.signal,
        );
        over.signal.throwIfAborted();
        count += 1;
        if (KILLS.includes(count)) restarting = restarting.then(kill);
        return made?.answer ?? {};
      };
      try {
        const { slug, token } = await post('/api/rooms', { title: 'Hall' });
        const host = { authorization: `Bearer ${token}` };
        const at = `/api/rooms/${slug}`;
        await post(`${at}/live`, {}, host);
        // The shortest clip has to be of the recording.
        await new Promise((resolve) => setTimeout(resolve, 1_500));
        const each = async (make: (n: number) => Promise<unknown>): Promise<void> => {
          for (let n = 0; n < MADE; n++) await make(n);
        };
        await Promise.all([
          each((n) => post(`${at}/chapters`, { title: `chapter ${n}` }, host)),
          each(async (n) => {
            const { id } = await post(`${at}/clips`, { title: `clip ${n}`, last: 1 }, host);
            const decision = { act: 'hide-clip', room: slug, target: id, reason: `reason ${n}` };
            await post('/api/moderation/decisions', decision);
          }),
          each(async (n) => {
            const { id } = await post(`${at}/claims`, { text: `claim ${n}` }, host);
            await post(`${at}/claims/${id}/answers`, { text: `answer ${n}` }, host);
          }),
        ]);
        await restarting;
        const read = (path: string) =>
          new Promise<Record<string, never>>((resolve, reject) => {
            const to = {
              socketPath: socket,
              path,
              headers: { host: 'x.example', ...host },
              agent: false,
            } as const;
            get(to, (answer) => {
              let text = '';
              answer.setEncoding('utf8').on('data', (chunk: string) => {
                text += chunk;
              });
              answer.on('end', () => resolve(JSON.parse(text)));
            }).on('error', reject);
          });
        const { chapters, clips } = (await read(`${at}/replay`)) as unknown as {
          readonly chapters: readonly { title: string }[];
          readonly clips: readonly object[];
        };
        expect(chapters.map(({ title }) => title).sort()).toEqual(numbered('chapter'));
        expect(clips).toEqual([]);
        const claims: { versions: { text: string }[]; replies: { text: string }[] }[] = [];
        for (let next: string | undefined = ''; next !== undefined; ) {
          const page = await read(`${at}/claims${next === '' ? '' : `?cursor=${next}`}`);
          claims.push(...(page['claims'] ?? []));
          next = page['next'];
        }
        expect(claims.flatMap(({ versions }) => versions.map(({ text }) => text)).sort()).toEqual(
          numbered('claim'),
        );
        expect(claims.flatMap(({ replies }) => replies.map(({ text }) => text)).sort()).toEqual(
          numbered('answer'),
        );
        await using store = await open({ url });
        for (const table of ['moderation_decision', 'moderation_audit'] as const) {
          const rows = await store.db.selectFrom(table).select('reason').execute();
          expect(rows.map(({ reason }) => reason).sort(), table).toEqual(numbered('reason'));
        }
      } finally {
        over.abort();
        await restarting.catch(() => undefined);
        await site.kill();
        tally.close();
      }
    },
    LIMIT_MS,
  );
});
