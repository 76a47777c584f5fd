import { closeSync, openSync } from 'node:fs';
import { openLog } from '../src/base/log.ts';
import { fakeOrigin, openTestDoor } from './door.ts';

/**
 * A door in a separate process that a test starts with few file descriptors. It prints its port, ticks, and its metrics
 * when asked.
 */
const origin = fakeOrigin();
origin.tick();
setInterval(() => origin.tick(), 100);
const door = await openTestDoor(origin, { log: openLog('info') });
process.stdout.write(`${JSON.stringify({ port: door.port })}\n`);
const eaten: number[] = [];
/** Uses up all remaining file descriptors. */
function eat(): void {
  try {
    for (;;) eaten.push(openSync('/dev/null', 'r'));
  } catch {
    // That was the last descriptor.
  }
}
process.on('message', (what) => {
  if (what === 'eat') eat();
  if (what === 'give') for (const file of eaten.splice(0)) closeSync(file);
  process.send?.({ metrics: door.metrics(), cpu: process.cpuUsage() });
});
