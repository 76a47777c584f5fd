/**
 * The counting in a process of its own, for tests that kill it: `node test/tally-process.ts FOLDER SOCKET WALL`. Its
 * clock goes as far as doors say that they have come.
 */
import { open } from '../src/audience/index.ts';
import { silentLog } from '../src/base/log.ts';
import { epochMs } from '../src/base/time.ts';
import { listenSocket } from '../src/bus/index.ts';
import { manualClock } from './clock.ts';

const [dir = '', socket = '', wall = '0'] = process.argv.slice(2);
const clock = manualClock(epochMs(Number(wall)));
const audience = await open({ clock, log: silentLog, dir, keep: 86_400_000, quota: 1e9 });
const outlet = await listenSocket(socket, audience.greeting);
audience.onNumbers((message) => outlet.publish(message));
outlet.onUpstream((message) => {
  audience.receive(message);
  const { head } = message;
  if (head.kind !== 'sessions') return;
  // A second at a time, so that the disk has its turns.
  const behind = head.upTo + 4_000 - clock.wall();
  if (behind > 0) clock.advance(behind);
});
