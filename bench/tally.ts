/**
 * The table of sessions in the tally: bytes and time for 1.4 million sessions in one room, beside a `Map` of objects
 * doing the least that counting needs. `node --expose-gc bench/tally.ts [sessions]`; goals: ≤ 32 bytes a session in
 * tables, ≤ 150 MB in all, ≤ 0.2 µs a record, with all caches cold as they are in an evening, and no turn of a sample
 * longer than 20 ms.
 */

import { ROW_WORDS } from '../src/audience/audience-count.ts';
import { takeRows } from '../src/audience/records/row-order.ts';
import { AudienceRoom } from '../src/audience/room.ts';
import { SESSIONS_A_TURN } from '../src/audience/room-sample.ts';
import { chance } from '../test/chance.ts';

const SESSIONS = Number(process.argv[2] ?? 1_400_000);
const MINUTE = 29_700_000;
const collect = (): void => (globalThis as { gc?: () => void }).gc?.();
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** One record of each session for a slot, as it would come from doors: in an order of their own. */
function records(minute: number, slot: number): Int32Array {
  const random = chance(7);
  const words = new Int32Array(SESSIONS * ROW_WORDS);
  const word = (): number => Math.floor(random() * 2 ** 32);
  const slots = 0xaaaaaa & (2 ** ((slot + 1) * 4) - 1);
  for (let at = 0; at < words.length; at += ROW_WORDS) {
    words[at] = word();
    words[at + 1] = word();
    words[at + 2] = word();
    words[at + 3] = word();
    words[at + 4] = minute;
    words[at + 6] = slots | ((slots & 0xff) << 24);
    words[at + 7] = ((slots >>> 8) & 0xffff) | (slot % 3 === 1 ? 1 << (16 + slot) : 0);
  }
  return words;
}

/** Processor time of this thread, ms: a machine that does other things meanwhile makes it little longer. */
const timed = (run: () => void): number => {
  const began = process.threadCpuUsage();
  run();
  const { user, system } = process.threadCpuUsage(began);
  return (user + system) / 1000;
};

collect();
const before = process.memoryUsage();
const room = new AudienceRoom('hall');
room.memory.opened = MINUTE * 60_000;
const times: number[] = [];
const samples: number[] = [];
const turns: number[] = [];
for (let slot = 0; slot < 12; slot++) {
  const minute = MINUTE + Math.floor(slot / 6);
  const words = records(minute, slot % 6);
  times.push(
    (timed(() => {
      takeRows(words, [room]);
    }) *
      1000) /
      SESSIONS,
  );
  const scan = room.beginSample((MINUTE * 6 + slot + 1) * 10_000);
  const parts: number[] = [];
  let done = scan === undefined;
  while (!done)
    parts.push(
      timed(() => {
        done = scan?.turn(SESSIONS_A_TURN) ?? true;
      }),
    );
  if (scan) room.endSample(scan.result);
  samples.push(parts.reduce((sum, part) => sum + part, 0));
  turns.push(...parts);
}
collect();
const after = process.memoryUsage();
const { live, today } = room.count;
console.log(`${SESSIONS} sessions, ${room.memory.now?.m} listening, ${today.people.net} different keys`);
console.log(`first record of a session   ${times[0]?.toFixed(3)} µs`);
const later = times.slice(1).toSorted((a, b) => a - b);
console.log(
  `further records             ${later[5]?.toFixed(3)} µs (median of 11 slots; ${later[0]?.toFixed(3)} to ${later.at(-1)?.toFixed(3)})`,
);
const parts = turns.toSorted((a, b) => a - b);
console.log(
  `a sample of all of them     ${samples.toSorted((a, b) => a - b)[6]?.toFixed(1)} ms, every 10 s, in turns of ${parts[parts.length >> 1]?.toFixed(1)} ms (median; longest ${parts.at(-1)?.toFixed(1)} ms)`,
);
console.log(`table of sessions           ${(live.bytes / live.size).toFixed(1)} bytes a session`);
console.log(`different keys              ${(today.people.bytes / today.people.net).toFixed(1)} bytes a key`);
console.log(`all tables                  ${megabytes(room.count.bytes)}`);
console.log(
  `process                     ${megabytes(after.rss)} resident, ${megabytes(after.arrayBuffers - before.arrayBuffers)} of arrays more than before`,
);

const map = new Map<bigint, { minute: number; delivered: number; proven: number; total: number }>();
const plain: number[] = [];
for (let slot = 0; slot < 3; slot++) {
  const words = records(MINUTE, slot);
  plain.push(
    (timed(() => {
      for (let at = 0; at < words.length; at += ROW_WORDS) {
        const id = (BigInt((words[at + 1] as number) >>> 0) << 32n) | BigInt((words[at] as number) >>> 0);
        const delivered = (words[at + 6] as number) & 0xffffff;
        const known = map.get(id);
        if (known) {
          known.delivered = Math.max(known.delivered, delivered);
          known.total += 10;
        } else map.set(id, { minute: MINUTE, delivered, proven: 0, total: 0 });
      }
    }) *
      1000) /
      SESSIONS,
  );
}
const median = (later[5] ?? 0) / (plain[2] ?? 1);
console.log(
  `a Map of objects, beside it ${plain[2]?.toFixed(3)} µs a record: the table takes ${median.toFixed(2)} × as long`,
);
