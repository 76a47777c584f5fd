/**
 * A process that only writes evidence, as fast as the disk allows, until it is killed. Arguments: folder, and the first
 * number. Prints each number once its entry is on the disk, and each signed head.
 */
import { systemClock } from '../src/base/clock.ts';
import { openLog } from '../src/base/log.ts';
import { ms } from '../src/base/time.ts';
import { open } from '../src/evidence/index.ts';

const [dir = '', from = '0'] = process.argv.slice(2);
const log = await open({
  ...{ dir: `${dir}/evidence`, lock: `${dir}/lock`, origin: 'rooms.example.org/evidence' },
  clock: { ...systemClock, after: (delay, run) => systemClock.after(ms(delay / 50), run) },
  log: openLog('error'),
});
let n = Number(from);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
say(`open ${log.check().ok}`);
systemClock.every(ms(3), () => {
  for (let i = 0; i < 4; i++) {
    const mine = n++;
    const entry = { v: 1, kind: 'happening', at: 0, what: 'note', detail: String(mine) } as const;
    void log
      .appendOf(`room-${mine % 3}`, entry)
      .then((done) => say(`${done.kept ? 'kept' : 'lost'} ${mine}`));
  }
});
systemClock.every(ms(17), () => void log.checkpoint().then((note) => say(`head ${note.split('\n')[1]}`)));
setTimeout(() => {}, 60_000);
