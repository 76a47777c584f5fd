/** The process that sends reminders is killed again and again while it does: nobody is forgotten, and nobody sees one twice. */
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { open } from '../../src/store/index.ts';
import { browserKeys, decryptPush, pushService } from '../push-receiver.ts';
import { startPostgres } from './postgres.ts';

const SENDER = fileURLToPath(new URL('reminder-sender.ts', import.meta.url));
const PEOPLE = 600;
/** Killed each time so many more have arrived. */
const KILLS = [60, 200, 340];
/** On their way at once, to one push service: what may be sent again after a kill. */
const ON_THEIR_WAY = 16;
/** Rows that are read, and marked, at once. */
const BATCH = 200;
/** Many times what it takes on a machine that does nothing else. */
const LIMIT_MS = 240_000;

async function sending(url: string, start: number): Promise<ChildProcess> {
  const child = fork(SENDER, [url, 'hall', `${start}`]);
  await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error('it ended'))),
  ]);
  return child;
}
async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe.each(['sqlite', 'postgres'] as const)('on %s', (engine) => {
  test(
    `after ${KILLS.length} kills everybody has the message, and sees it once`,
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'earshot-reminders-killed-'));
      await using postgres = engine === 'postgres' ? await startPostgres({ durable: true }) : undefined;
      let told: (() => void) | undefined;
      const push = await pushService((_got, res) => {
        res.writeHead(201).end();
        told?.();
      });
      const arrived = (count: number): Promise<void> =>
        new Promise((resolve) => {
          told = () => {
            if (push.received.length >= count) resolve();
          };
          told();
        });
      const url = postgres?.url ?? `sqlite:${join(folder, 'earshot.sqlite')}`;
      await using store = await open({ url });
      let child: ChildProcess | undefined;
      try {
        const browsers = Array.from({ length: 20 }, browserKeys);
        const browserAt = (path: string) =>
          browsers[Number(path.slice(1)) % browsers.length] ?? browserKeys();
        const start = Date.now() + 48 * 3_600_000;
        await store.db
          .insertInto('reminder_plan')
          .values({ room: 'hall', start, edition: 0, late: null, status: 'scheduled', over: null })
          .execute();
        for (let from = 0; from < PEOPLE; from += 100)
          await store.db
            .insertInto('reminder')
            .values(
              Array.from({ length: 100 }, (_, n) => {
                const { p256dh, auth } = browserAt(`/${from + n}`).keys;
                return {
                  ...{ id: randomBytes(16).toString('base64url'), room: 'hall', way: 'push', language: 'en' },
                  ...{ origin: push.origin, target: `${push.origin}/${from + n}`, keys: `${p256dh}.${auth}` },
                  ...{ account: null, spread: (from + n) % 10_000, confirmed: 1, created: start },
                  ...{ notice: null, due: null, told: null },
                };
              }),
            )
            .execute();
        // Everybody is told that it was moved.
        for (const count of KILLS) {
          child = await sending(url, start + 3_600_000);
          await arrived(count);
          await kill(child);
        }
        child = await sending(url, start + 3_600_000);
        const waiting = async (): Promise<number> =>
          (await store.db.selectFrom('reminder').select('id').where('due', 'is not', null).execute()).length;
        await arrived(PEOPLE);
        await expect.poll(waiting, { timeout: LIMIT_MS, interval: 250 }).toBe(0);
        await kill(child);
        child = undefined;

        const seen = Map.groupBy(push.received, ({ path }) => path);
        expect(seen.size).toBe(PEOPLE);
        for (const [path, messages] of seen) {
          // A browser and its push service know by these that it is the same message.
          expect(new Set(messages.map(({ headers }) => headers.topic)).size, path).toBe(1);
          const read = messages.map(({ body }) => JSON.parse(decryptPush(body, browserAt(path)).toString()));
          expect(new Set(read.map(({ id, tag, notice }) => `${id} ${tag} ${notice}`)).size, path).toBe(1);
          expect(read[0]?.notice).toBe('moved');
        }
        // No more than what was on its way, or was just being marked.
        expect(push.received.length - PEOPLE).toBeLessThanOrEqual(KILLS.length * (ON_THEIR_WAY + BATCH));
        const rows = await store.db.selectFrom('reminder').select(['told', 'due', 'tries']).execute();
        expect(rows.filter(({ told: what, due }) => what !== 'moved' || due !== null)).toEqual([]);
      } finally {
        if (child) await kill(child);
        await push.close();
        rmSync(folder, { recursive: true, force: true });
      }
    },
    LIMIT_MS,
  );
});
