/**
 * A cell that only records, as fast as the disk allows, until it is killed. Arguments: folder, milliseconds between
 * fragments.
 */
import { open } from '../src/archive/index.ts';
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { epochMs, ms } from '../src/base/time.ts';
import { RENDITIONS } from '../src/wire/renditions.ts';
import { markedFragment } from './synthetic.ts';

const [dir = '', pace = '4', from = '0'] = process.argv.slice(2);
const archive = await open({
  dir,
  clock: systemClock,
  log: silentLog,
  renditions: ['opus64', 'aac96'],
  closed: ({ rendition, first, fragments }) => process.stdout.write(`${rendition} ${first} ${fragments}\n`),
  gap: () => {},
});
await archive.begin('room', { zero: epochMs(0), renditions: RENDITIONS, title: 'A room' });
let seq = Number(from);
systemClock.every(ms(Number(pace)), () => {
  for (const rendition of ['opus64', 'aac96'])
    archive.fragment('room', { rendition, seq, bytes: markedFragment(rendition, seq) });
  seq++;
});
setTimeout(() => {}, 60_000);
