/**
 * A made audience of which everything is known, against what is counted of it: 50,000 sessions that come, move between
 * four doors and leave within half an hour, one in ten a radio. `npm run bench -- truth [sessions] [seed]`. Goals: net
 * within 0.1 % at every sample, the peak exact, seconds within 0.5 %.
 */

import { takeRows } from '../src/audience/records/row-order.ts';
import { AudienceRoom } from '../src/audience/room.ts';
import { listened, listening, makeCrowd, recordsAt } from '../test/audience-crowd.ts';

const SESSIONS = Number(process.argv[2] ?? 50_000);
const SEED = Number(process.argv[3] ?? 1);
const LASTS = 1_800;
const DOORS = 4;
const FIRST = 29_700_000;

const crowd = makeCrowd({
  ...{ sessions: SESSIONS, seed: SEED, lasts: LASTS, doors: DOORS, stays: 480, moves: 600, radios: 0.1 },
});
const room = new AudienceRoom('hall');
room.memory.opened = FIRST * 60_000;
room.count.stage.changed(FIRST * 60_000, true);
let [peak, samples, exact, worst, sum] = [0, 0, 0, 0, 0];
for (let now = 10; now <= LASTS + 70; now += 10) {
  for (const bytes of recordsAt(crowd, now, DOORS, FIRST).values())
    takeRows(new Int32Array(Uint8Array.from(bytes).buffer), [room]);
  const truth = listening(crowd, now);
  const m = room.sample(FIRST * 60_000 + now * 1000)?.m ?? 0;
  peak = Math.max(peak, truth);
  samples += 1;
  if (m === truth) exact += 1;
  worst = Math.max(worst, Math.abs(m - truth) / Math.max(1, truth));
  if (now % 60 !== 0) continue;
  const entry = room.closeMinute(FIRST + now / 60 - 1);
  sum += (entry?.seconds.stage ?? 0) + (entry?.seconds.standby ?? 0);
}
const { metrics } = room.numbers(FIRST * 60_000 + LASTS * 1000);
const heard = listened(crowd);
const off = ((metrics.listening_seconds?.value ?? 0) / heard - 1) * 100;
console.log(
  `${SESSIONS.toLocaleString('en')} sessions, ${samples} samples, ${exact} of them exact, worst ${(worst * 100).toFixed(3)} % off`,
);
console.log(
  `peak ${metrics.peak_concurrent?.value.toLocaleString('en')}, in truth ${peak.toLocaleString('en')}`,
);
console.log(
  `seconds ${metrics.listening_seconds?.value.toLocaleString('en')}, in truth ${heard.toLocaleString('en')} (${off.toFixed(4)} %); all minutes together ${sum.toLocaleString('en')}`,
);
if (metrics.peak_concurrent?.value !== peak || worst > 0.001 || Math.abs(off) > 0.5) process.exitCode = 1;
