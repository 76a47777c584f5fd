/**
 * Records until the disk is full, then frees space and continues to record. Prints what it found. Argument: a folder on
 * a tiny disk.
 */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { open, openReader } from '../src/archive/index.ts';
import { silentLog } from '../src/base/log.ts';
import { epochMs } from '../src/base/time.ts';
import { wholeFragments } from '../src/media/boxes.ts';
import { RENDITIONS } from '../src/wire/renditions.ts';
import type { RecordingGap } from '../src/wire/room.ts';
import { manualClock } from './clock.ts';
import { markedFragment } from './synthetic.ts';

const [dir = ''] = process.argv.slice(2);
await writeFile(join(dir, 'ballast'), Buffer.alloc(100_000));
const clock = manualClock(epochMs(0));
const gaps: RecordingGap[] = [];
const archive = await open({
  dir,
  clock,
  log: silentLog,
  renditions: ['opus64'],
  closed: () => {},
  gap: (_, gap) => void gaps.push(gap),
});
await archive.begin('room', { zero: epochMs(0), renditions: RENDITIONS, title: 'A room' });
let given = 0;
const give = async (count: number): Promise<void> => {
  for (const end = given + count; given < end; given++) {
    archive.fragment('room', { rendition: 'opus64', seq: given, bytes: markedFragment('opus64', given) });
    await new Promise((resolve) => setTimeout(resolve, 5));
    clock.advance(320);
  }
};
await give(150);
const healthyWhenFull = archive.healthy('room');
await rm(join(dir, 'ballast'));
clock.advance(1000);
await give(20);
await archive.end('room');
const reader = openReader(dir);
const recorded: number[] = [];
let whole = true;
for (const piece of (await reader.recording('room'))?.pieces.get('opus64') ?? []) {
  const bytes = (await reader.read('room', 'opus64', piece)) ?? Buffer.alloc(0);
  const found = wholeFragments(bytes);
  whole &&= found.length === piece.count && found.at(-1)?.end === bytes.length;
  recorded.push(...found.map(({ seq }) => seq));
}
const reasons = [...new Set(gaps.map(({ reason }) => reason))];
process.stdout.write(JSON.stringify({ healthyWhenFull, reasons, gaps, recorded, whole, given }));
