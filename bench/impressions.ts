/**
 * 183 million impressions, one by one through what counts them: the door's counter of page events, the tally's sums, and
 * the entries of minutes. `npm run bench -- impressions [millions]`. Every fiftieth event comes twice; every minute and
 * the total must be exact.
 */
import { AudienceRoom } from '../src/audience/room.ts';
import { PageCounts } from '../src/door/audience/page-counts.ts';
import type { AudienceEvent } from '../src/wire/audience-events.ts';
import { POST } from './case-2024/scenario.ts';

const ALL = Math.round(Number(process.argv[2] ?? 183.2) * 1e6);
const MINUTES = 240;
const FIRST = 29_700_000;
const [, most] = POST.at(-1) ?? [0, 1];

/** Impressions by the end of a minute: the curve of the evening of 2024, in four hours. */
function by(minute: number): number {
  const share = (minute / MINUTES) * (POST.length - 1);
  const [from, to] = [POST[Math.floor(share)], POST[Math.ceil(share)]];
  const millions = (from?.[1] ?? 0) + ((to?.[1] ?? 0) - (from?.[1] ?? 0)) * (share - Math.floor(share));
  return minute >= MINUTES ? ALL : Math.floor((ALL * millions) / most);
}

const door = new PageCounts();
const room = new AudienceRoom('hall');
const began = process.cpuUsage();
let [seen, wrong, entries, told] = [0, 0, 0, 0];
for (let minute = 1; minute <= MINUTES; minute++) {
  for (const until = by(minute); seen < until; seen++) {
    const event: AudienceEvent = ['impression', seen.toString(36).padStart(11, '0')];
    door.take('hall', [event], (FIRST + minute) * 60_000);
    told += 1;
    if (seen % 50 !== 0) continue;
    door.take('hall', [event], (FIRST + minute) * 60_000);
    told += 1;
  }
  const { hall } = door.changes((FIRST + minute) * 60_000);
  if (hall) room.happened('door-0', 'life', hall);
  const entry = room.closeMinute(FIRST + minute);
  if (!entry) continue;
  entries += 1;
  if (entry.total.post_impressions?.net !== seen) wrong += 1;
}
const { user, system } = process.cpuUsage(began);
const seconds = (user + system) / 1e6;
const total = room.figures().post_impressions?.net;
console.log(
  `${told.toLocaleString('en')} events, ${seen.toLocaleString('en')} of them different, counted as ${total?.toLocaleString('en')}${total === ALL ? '' : ' (WRONG)'}; ${entries} minutes, ${wrong} of them wrong`,
);
console.log(
  `${seconds.toFixed(0)} s of CPU, ${((seconds / told) * 1e9).toFixed(0)} ns an event with its making; ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB at most`,
);
if (wrong > 0 || total !== ALL) process.exitCode = 1;
