import { expect, test } from 'vitest';
import { bundleText, logFolder, openTestLog } from '../../test/evidence.ts';
import { DEFAULT_RULES, definitionsOf } from '../audience/definitions.ts';
import { AudienceRoom, type MinuteFigures } from '../audience/room.ts';
import { RECORD_BYTES, type SessionRecord, writeRecord } from '../wire/session-record.ts';
import { verifier } from './index.ts';

const MINUTE = 29_700_000;
const PLAYERS = 6;

/** What a door says of a player at the end of a slot: it gets all the sound, and proves it from a slot on. */
function recordOf(player: number, slot: number, provesFrom: number): SessionRecord {
  const slots = Array.from({ length: 6 }, (_, n) => n <= slot % 6);
  const proven = slots.map((there, n) => there && slot - (slot % 6) + n >= provesFrom);
  return {
    ...{ session: BigInt(player) * 0x1_0000_0001n + 5n, key: BigInt(player < 2 ? player : 9) },
    ...{
      minute: MINUTE + Math.floor(slot / 6),
      room: 0,
      transport: 'stream',
      flags: 0,
      exclusion: 0,
      door: 0,
    },
    delivered: slots.map((there) => (there ? 10 : 0)),
    proven: proven.map((there) => (there ? 10 : 0)),
    proofs: proven.map((there, n) => there && n % 3 === 1),
  };
}

test('who proves late counts again: the log says so, and the verifier takes it, also when others cease to count meanwhile', async () => {
  using folder = logFolder();
  const log = await openTestLog(folder.path);
  const room = new AudienceRoom('hall');
  room.memory.opened = MINUTE * 60_000;
  const entries: MinuteFigures[] = [];
  for (let slot = 0; slot < 36; slot++) {
    const bytes = new DataView(new ArrayBuffer(RECORD_BYTES));
    for (let player = 0; player < PLAYERS; player++) {
      // The first proves late; the last makes four of one key, when all of them have long been heard.
      if (player === PLAYERS - 1 && slot < 24) continue;
      writeRecord(bytes, 0, recordOf(player, slot, player === 0 ? 25 : 0));
      room.record(new Int32Array(bytes.buffer), 0);
    }
    room.sample((MINUTE * 6 + slot + 1) * 10_000);
    if (slot % 6 < 5) continue;
    const entry = room.closeMinute(MINUTE + Math.floor(slot / 6));
    if (!entry) throw new Error('a minute without an entry');
    entries.push(entry);
  }
  expect(entries.slice(1).map((entry) => entry.excluded)).toEqual([
    { 'bytes-without-proof': 1 },
    { 'bytes-without-proof': 1 },
    { 'bytes-without-proof': 1 },
    { 'many-sessions': 4 },
    { 'many-sessions': 4 },
  ]);
  const definitions = definitionsOf(DEFAULT_RULES);
  const sha256 = DEFAULT_RULES.definitionsHash;
  const written: Promise<unknown>[] = [log.append({ v: 1, kind: 'definitions', at: 0, sha256, definitions })];
  for (const entry of entries) written.push(log.appendOf('hall', entry));
  log.clock.advance(200);
  await Promise.all(written);
  await log.checkpoint();
  const found = await verifier.verify(new Blob([await bundleText(log, 'hall')]));
  expect(found.findings).toEqual([]);
});
