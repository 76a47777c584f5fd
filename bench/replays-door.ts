/**
 * One door with a folder of recordings, which reports how long its thread was blocked. Started by `bench/replays.ts`
 * with the folder and a port.
 */
import { silentLog } from '../src/base/log.ts';
import { load } from '../src/config/index.ts';
import { openDoor } from '../src/role/door.ts';

/** The longest time between two turns of the thread, ms: wall-clock time, and the thread's own processor time in it. */
export interface Held {
  readonly wall: number;
  readonly work: number;
}

const [data = '', port = ''] = process.argv.slice(2);
const flags = ['--data', data, '--port', port, '--host', '127.0.0.1', '--doors', '1', '--cells', '1'];
await using _door = await openDoor(load({ flags, cores: 2 }), 0, silentLog);

const worked = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};
let [wall, work] = [performance.now(), worked()];
let held: Held = { wall: 0, work: 0 };
setInterval(() => {
  const [now, used] = [performance.now(), worked()];
  // The timer itself waits for a millisecond.
  held = { wall: Math.max(held.wall, now - wall - 1), work: Math.max(held.work, used - work) };
  [wall, work] = [now, used];
}, 1);
process.on('message', () => {
  process.send?.(held);
  held = { wall: 0, work: 0 };
});
process.send?.('ready');
await new Promise((resolve) => process.once('disconnect', resolve));
