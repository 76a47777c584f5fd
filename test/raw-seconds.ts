/** Counts from raw records alone, independently of the tally: the shortest way that the rules of a slot allow. */
import { rawFiles, readRaw } from '../src/audience/records/raw-folder.ts';
import { RECORD_BYTES, readRecord, SLOT_S } from '../src/wire/session-record.ts';

/** Seconds that each session was given: of a slot what all doors gave, up to 10 s. `room`: of that room alone. */
export async function rawSeconds(raw: string, room?: string): Promise<Map<bigint, number>> {
  const doors = new Map<string, number[]>();
  for (const file of await rawFiles(raw))
    for await (const { head, words } of readRaw(raw, file)) {
      const index = room === undefined ? undefined : (head.rooms?.indexOf(room) ?? -1);
      const view = new DataView(words.buffer, words.byteOffset, words.byteLength);
      for (let at = 0; at < words.byteLength; at += RECORD_BYTES) {
        const record = readRecord(view, at);
        if (!record || (index !== undefined && record.room !== index)) continue;
        const key = `${record.session} ${record.minute} ${record.door}`;
        const before = doors.get(key) ?? [];
        doors.set(
          key,
          record.delivered.map((seconds, slot) => Math.max(seconds, before[slot] ?? 0)),
        );
      }
    }
  const slots = new Map<string, number>();
  for (const [key, delivered] of doors) {
    const [session = '', minute = ''] = key.split(' ');
    for (const [slot, seconds] of delivered.entries()) {
      const one = `${session} ${minute} ${slot}`;
      slots.set(one, Math.min(SLOT_S, (slots.get(one) ?? 0) + seconds));
    }
  }
  const sessions = new Map<bigint, number>();
  for (const [key, seconds] of slots) {
    const session = BigInt(key.split(' ')[0] ?? 0);
    sessions.set(session, (sessions.get(session) ?? 0) + seconds);
  }
  return sessions;
}
