/**
 * The raw log of a very large evening: bytes of a session and minute as they are written and after a minute file was made
 * compact, how long that takes, and how long the final pass takes and how much memory it needs.
 * `node bench/raw-log.ts [--sessions 1400000] [--minutes 120] [--raw 2] [--dir DIR]`. Goals: two hours of 1.4 million
 * sessions below 10 GB (`audienceQuota`), and the final pass within 15 minutes.
 *
 * Records are made up: sessions at eight doors that listen from the first minute to the last, one in fifty of them with a
 * stall now and then, one in twenty a radio that proves nothing, one in five in a hidden tab, one in thirty excluded, a
 * proof every 30 s. The first `--raw` minutes are written as doors send them, six times and with each proof, and made
 * compact from there; those after them are given to the same code as they stand at the end of a minute.
 */

import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { DEFAULT_RULES } from '../src/audience/definitions.ts';
import type { Recounted, RecountOrder } from '../src/audience/final/final-pass.ts';
import type { RecountAnswer } from '../src/audience/final/final-worker.ts';
import { type CompactHead, encodeCompact } from '../src/audience/records/compact-file.ts';
import { compact } from '../src/audience/records/compaction.ts';
import { encodeBlock } from '../src/audience/records/raw-file.ts';
import { compactName, minuteName } from '../src/audience/records/raw-folder.ts';
import { RawMerge } from '../src/audience/records/raw-merge.ts';
import { RECORD_BYTES, SLOTS, TRANSPORTS } from '../src/wire/session-record.ts';
import { chance } from '../test/chance.ts';

const { values } = parseArgs({
  options: {
    sessions: { type: 'string', default: '1400000' },
    minutes: { type: 'string', default: '120' },
    raw: { type: 'string', default: '2' },
    dir: { type: 'string', default: '.' },
  },
});
const [SESSIONS, MINUTES, RAW] = [Number(values.sessions), Number(values.minutes), Number(values.raw)];
const START = 29_700_000;
const DOORS = 8;
const WORDS = RECORD_BYTES / 4;
/** Records of one message. */
const BATCH = 20_000;
const folder = mkdtempSync(join(values.dir, 'raw-log-bench-'));
const random = chance(3);
const word = (): number => Math.floor(random() * 2 ** 32);
const ids = Int32Array.from({ length: SESSIONS * 4 }, word);
/** What does not change: door, transport and flags, exclusion, in which of three slots its proofs come. */
const kinds = Uint8Array.from({ length: SESSIONS }, () =>
  random() < 0.05 ? 0x83 : random() < 0.2 ? 0x20 : 0,
);
const excluded = Uint8Array.from({ length: SESSIONS }, () => (random() < 1 / 30 ? 2 : 0));
const shaky = Uint8Array.from({ length: SESSIONS }, () => (random() < 0.02 ? 1 : 0));
if (TRANSPORTS[3] !== 'radio') throw new Error('the codes of transports have changed');

/** The record of a session as it stands `slots` after a minute began. */
function put(words: Int32Array, at: number, session: number, minute: number, slots: number): void {
  for (let i = 0; i < 4; i++) words[at + i] = ids[session * 4 + i] as number;
  let delivered = 0;
  let proven = 0;
  let proofs = 0;
  const silent = ((kinds[session] as number) & 0x80) !== 0;
  for (let slot = 0; slot < slots; slot++) {
    const stalls = shaky[session] === 1 && (session * 31 + minute * 7 + slot) % 9 === 0;
    delivered |= (stalls ? 4 : 10) << (slot * 4);
    if (silent) continue;
    if ((slot + session) % 3 === 0) proofs |= 1 << slot;
    // Proven up to the newest proof.
    if (proofs !== 0 && slot <= 31 - Math.clz32(proofs)) proven = (2 ** ((slot + 1) * 4) - 1) & 0xaa_aaaa;
  }
  words[at + 4] = minute;
  words[at + 5] = ((kinds[session] as number) << 16) | ((excluded[session] as number) << 24);
  words[at + 6] = delivered | (proven << 24);
  words[at + 7] = (proven >>> 8) | (proofs << 16) | ((session % DOORS) << 24);
}

/** Blocks of all sessions, door by door. */
function* blocks(minute: number, slots: number, at: number) {
  for (let door = 0; door < DOORS; door++) {
    let words = new Int32Array(BATCH * WORDS);
    let filled = 0;
    const head = { v: 1, at, door: `door-${door}`, rooms: ['hall'] } as const;
    for (let session = door; session < SESSIONS; session += DOORS) {
      put(words, filled * WORDS, session, minute, slots);
      filled += 1;
      if (filled < BATCH) continue;
      yield { head, words, offset: 0 };
      words = new Int32Array(BATCH * WORDS);
      filled = 0;
    }
    yield { head, words: words.slice(0, filled * WORDS), offset: 0 };
  }
}

const sizes = { raw: 0, compact: 0 };
const times: number[] = [];
const name = (minute: number): string => `${minuteName(minute * 60_000)}-0.raw`;

/** As doors send it: after each slot the running minute, and the last slot of a minute when the next has begun. */
async function writeRaw(minute: number): Promise<void> {
  const file = await open(join(folder, name(minute)), 'w');
  for (let slot = 0; slot < SLOTS; slot++) {
    const [of, slots] = slot === 0 ? [minute - 1, SLOTS] : [minute, slot];
    if (of < START) continue;
    for (const { head, words } of blocks(of, slots, minute * 60_000 + slot * 10_000 + 2_000))
      await file.write(encodeBlock(head, new Uint8Array(words.buffer, 0, words.byteLength)));
  }
  await file.close();
}

/** The compact file of a minute. */
function made(minute: number): Buffer {
  const merge = new RawMerge();
  const at = minute * 60_000;
  if (minute > START) for (const block of blocks(minute - 1, SLOTS, at + 2_000)) merge.take(block);
  if (minute < START + MINUTES) for (const block of blocks(minute, SLOTS - 1, at + 52_000)) merge.take(block);
  const { rows, rooms, events, from, to, records } = merge;
  return encodeCompact(rows, { from, to, raw: records, rooms, events });
}

/** The file of another minute: its columns are those of a minute before. */
function shifted(bytes: Buffer, minute: number): Buffer {
  const end = 8 + bytes.readUInt32LE(4);
  const head = JSON.parse(bytes.toString('utf8', 8, end)) as CompactHead;
  const later = minute - Math.max(...head.minutes.map((one) => one.minute));
  const text = Buffer.from(
    JSON.stringify({
      ...{ ...head, from: head.from + later * 60_000, to: head.to + later * 60_000 },
      minutes: head.minutes.map((one) => ({ ...one, minute: one.minute + later })),
    } satisfies CompactHead),
  );
  const fixed = Buffer.from(bytes.subarray(0, 8));
  fixed.writeUInt32LE(text.length, 4);
  return Buffer.concat([fixed, text, bytes.subarray(end)]);
}

let template: Buffer | undefined;
for (let minute = START; minute <= START + MINUTES; minute++) {
  const path = join(folder, name(minute));
  const began = performance.now();
  if (minute - START < RAW) {
    await writeRaw(minute);
    sizes.raw += statSync(path).size;
    const from = performance.now();
    const cpu = process.cpuUsage();
    const { compact: made } = await compact({ dir: folder, file: name(minute) });
    const { user, system } = process.cpuUsage(cpu);
    times.push((performance.now() - from) / 1000);
    console.log(
      `minute ${minute - START}: ${(statSync(path).size / 1e6).toFixed(1)} MB as written, ${(made.bytes / 1e6).toFixed(1)} MB compact in ${times.at(-1)?.toFixed(1)} s (${((user + system) / 1e6).toFixed(1)} s of processor), ${Math.round(process.memoryUsage().rss / 1e6)} MB resident`,
    );
    rmSync(path);
    sizes.compact += made.bytes;
    continue;
  }
  const isMiddle = minute > START && minute < START + MINUTES;
  if (isMiddle) template ??= made(minute);
  const bytes = isMiddle && template ? shifted(template, minute) : made(minute);
  writeFileSync(join(folder, compactName(name(minute))), bytes);
  sizes.compact += bytes.length;
  if (minute % 20 === 0)
    console.log(
      `minute ${minute - START}: ${(bytes.length / 1e6).toFixed(1)} MB in ${((performance.now() - began) / 1000).toFixed(1)} s`,
    );
}
const sessionMinutes = SESSIONS * MINUTES;
if (RAW > 1)
  console.log(
    `as written: ${(sizes.raw / SESSIONS / (RAW - 1 / SLOTS)).toFixed(1)} bytes a session and minute`,
  );
console.log(
  `compact: ${(sizes.compact / sessionMinutes).toFixed(1)} bytes a session and minute; ${(sizes.compact / 1e9).toFixed(2)} GB for ${MINUTES} minutes of ${SESSIONS} sessions`,
);

/** The final pass, in the thread that makes it in the tally. */
const order: RecountOrder = {
  ...{
    rawDir: folder,
    slug: 'hall',
    from: START * 60_000,
    to: (START + MINUTES) * 60_000,
    rules: DEFAULT_RULES,
  },
  stage: [{ at: START * 60_000, stage: true }],
};
const began = performance.now();
const cpuBefore = process.cpuUsage();
const thread = new Worker(new URL('../src/audience/final/final-worker.ts', import.meta.url), {
  workerData: order,
});
let most = 0;
const watch = setInterval(() => {
  most = Math.max(most, process.memoryUsage.rss());
}, 500);
const { figures, records, late } = await new Promise<Recounted>((resolve, reject) => {
  thread.on('message', (answer: RecountAnswer) => {
    if ('done' in answer) resolve(answer.done);
    else if ('error' in answer) reject(new Error(answer.error));
  });
  thread.on('error', reject);
});
clearInterval(watch);
const { user, system } = process.cpuUsage(cpuBefore);
console.log(
  `final pass: ${((performance.now() - began) / 1000).toFixed(0)} s (${((user + system) / 1e6).toFixed(0)} s of processor), ${(records / 1e6).toFixed(1)} million records read twice, ${late} late; ${Math.round(most / 1e6)} MB resident at most, of them the made-up sessions ${Math.round((ids.byteLength + SESSIONS * 3) / 1e6)} MB`,
);
console.log(
  `peak ${figures.peak_concurrent?.net}, gross ${figures.peak_concurrent?.gross}; listening ${figures.listening_seconds?.net} s, gross ${figures.listening_seconds?.gross} s`,
);
rmSync(folder, { recursive: true });
