/**
 * Different listeners of a crowd: 24 million keys in raw records, counted by the tally as they come (a sketch beyond 5
 * million), and exactly afterwards, in parts on two threads. `npm run bench -- people [keys]`; the goal of the second is
 * 10 s. Writes 32 bytes for each session into a folder that is removed again.
 */

import { mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_RULES } from '../src/audience/definitions.ts';
import { recount } from '../src/audience/final/final-pass.ts';
import { encodeBlock } from '../src/audience/records/raw-file.ts';
import { rawFiles, readRaw } from '../src/audience/records/raw-folder.ts';
import { takeRows } from '../src/audience/records/row-order.ts';
import { AudienceRoom } from '../src/audience/room.ts';
import { mixed } from './case-2024/people.ts';

const KEYS = Number(process.argv[2] ?? 24_000_000);
/** Sessions: every eighth key has two. */
const SESSIONS = KEYS + Math.floor(KEYS / 8);
const MINUTE = 29_700_000;
const A_MINUTE = 1_000_000;
const A_BLOCK = 16_384;

const dir = mkdtempSync(join(tmpdir(), 'people-'));
const name = (minute: number): string =>
  `${new Date(minute * 60_000).toISOString().slice(0, 16).replaceAll(/[-:]/g, '')}Z-0.raw`;
const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** One whole minute of each session. */
function write(): number {
  let session = 0;
  for (let minute = MINUTE; session < SESSIONS; minute++) {
    const file = openSync(join(dir, name(minute)), 'ax');
    for (let left = Math.min(A_MINUTE, SESSIONS - session); left > 0; ) {
      const many = Math.min(A_BLOCK, left);
      const words = new Int32Array(many * 8);
      for (let i = 0; i < many; i++, session++) {
        const key = session < KEYS ? session : (session - KEYS) * 8;
        words.set(
          [
            mixed(session, 1),
            mixed(session, 2),
            mixed(key, 3),
            mixed(key, 4),
            minute,
            0,
            0xaaaaaa | (0xaa << 24),
            0xaaaa | (9 << 16),
          ],
          i * 8,
        );
      }
      const head = { v: 1, at: minute * 60_000 + 59_000, door: 'door-0', rooms: ['hall'] } as const;
      writeSync(file, encodeBlock(head, new Uint8Array(words.buffer)));
      left -= many;
    }
  }
  return session;
}

try {
  write();
  console.log(
    `${KEYS.toLocaleString('en')} keys, ${SESSIONS.toLocaleString('en')} sessions, ${((SESSIONS * 32) / 1e6).toFixed(0)} MB of records`,
  );
  const room = new AudienceRoom('hall');
  const began = performance.now();
  for (const [i, file] of (await rawFiles(dir)).entries()) {
    for await (const { words } of readRaw(dir, file)) takeRows(words, [room]);
    // The table is of one evening; whoever has gone for long is forgotten.
    if (i % 4 === 3) room.count.live.remove(() => true);
  }
  const { counted: people } = room.count.today.people;
  console.log(
    `by the sketch: ${people.size.toLocaleString('en')} ± ${people.error.toLocaleString('en')} (${((people.size / KEYS - 1) * 100).toFixed(2)} % off), ${people.bytes.toLocaleString('en')} bytes, ${seconds(began)} with all else that is counted`,
  );
  for (const threads of [1, 2]) {
    const since = performance.now();
    const cpu = process.cpuUsage();
    const { figures, records } = await recount(
      {
        ...{ rawDir: dir, slug: 'hall', from: MINUTE * 60_000, stage: [], rules: DEFAULT_RULES },
        to: (MINUTE + Math.ceil(SESSIONS / A_MINUTE)) * 60_000,
      },
      { threads, samples: false },
    );
    const { user, system } = process.cpuUsage(cpu);
    const exact = figures.unique_listeners?.net ?? 0;
    console.log(
      `exactly, ${threads} ${threads > 1 ? 'threads' : 'thread'}: ${exact.toLocaleString('en')}${exact === KEYS ? '' : ' (WRONG)'} of ${records.toLocaleString('en')} records, ${seconds(since)}, ${((user + system) / 1e6).toFixed(1)} s of processor, ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB at most so far`,
    );
  }
} finally {
  rmSync(dir, { recursive: true, force: true });
}
