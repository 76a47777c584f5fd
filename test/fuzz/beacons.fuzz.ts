/** What pages tell: proofs of listening, and visits and attempts. */
import { PageCounts } from '../../src/door/audience/page-counts.ts';
import { readEventReport } from '../../src/wire/audience-events.ts';
import { readBeacon } from '../../src/wire/listening/beacon.ts';
import { sessionOf } from '../../src/wire/listening-proof.ts';
import { target } from './engine/target.ts';

const WALL = Date.UTC(2026, 11, 1);
const beacon = {
  ...{
    session: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    way: 'stream',
    window: 7,
    segments: 6,
    proof: '0123456789abcdef',
  },
  ...{ seconds: 30.5, audible: true, hidden: false, embed: true, stalls: 1 },
};
let counts = new PageCounts();
let taken = 0;

export default target({
  covers: [
    'src/wire/listening/beacon.ts',
    'src/wire/audience-events.ts',
    'src/wire/listening-proof.ts',
    'src/door/audience/page-counts.ts',
    'src/door/audience/open-pages.ts',
  ],
  run(bytes) {
    const text = bytes.toString('utf8');
    const said = readBeacon(text);
    if (said && !sessionOf(said.session)) throw new Error('a beacon without a session');
    const report = readEventReport(text);
    if (!report) return;
    counts.take('hall', report.events, WALL + taken);
    counts.changes(WALL + taken);
    taken += 1;
    if (taken % 1_000 === 0) counts = new PageCounts();
  },
  seeds: [
    JSON.stringify(beacon),
    JSON.stringify({
      v: 1,
      session: beacon.session,
      events: [
        ['visit', 'abcdefghijk'],
        ['attempt', 'abcdefghijkl'],
        ['failure', 'abcdefghijkm', 'timeout'],
      ],
    }),
    JSON.stringify({
      v: 1,
      events: [
        ['page-open', 'abcdefghijk', '12'],
        ['retry', 'abcdefghijkl', '3'],
        ['success', 'abcdefghijkl'],
      ],
    }),
  ],
});
