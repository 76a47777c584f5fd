/** What pages tell: proofs of listening, and visits and attempts. */
import { PageCounts } from '../../src/door/audience/page-counts.ts';
import { PostTally } from '../../src/door/audience/posts/post-tally.ts';
import { readEventReport } from '../../src/wire/audience-events.ts';
import { readBeacon } from '../../src/wire/listening/beacon.ts';
import { sessionOf } from '../../src/wire/listening-proof.ts';
import { readPostEvents } from '../../src/wire/posts/post-events.ts';
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
const posts = new PostTally({ read: (mark) => ({ post: mark.slice(0, mark.indexOf('.')) }) });
let taken = 0;

export default target({
  covers: [
    'src/wire/listening/beacon.ts',
    'src/wire/audience-events.ts',
    'src/wire/listening-proof.ts',
    'src/door/audience/page-counts.ts',
    'src/door/audience/open-pages.ts',
    'src/wire/posts/post-events.ts',
    'src/door/audience/posts/post-tally.ts',
  ],
  run(bytes) {
    const text = bytes.toString('utf8');
    const said = readBeacon(text);
    if (said && !sessionOf(said.session)) throw new Error('a beacon without a session');
    const batch = readPostEvents(text);
    if (batch) {
      posts.take(batch, WALL + taken);
      posts.tell(taken, taken % 7 === 0);
    }
    const report = readEventReport(text);
    if (!report) return;
    counts.take('hall', report.events, WALL + taken);
    counts.changes(WALL + taken);
    taken += 1;
    if (taken % 1_000 === 0) counts = new PageCounts();
  },
  seeds: [
    JSON.stringify({
      v: 1,
      view: 'AbCdEfGhIjK',
      events: [
        ['seen', 'mjkq2v8x1c0.abcde.town-hall.AAAAAAAAAAA'],
        ['listened', '1.0..AAAAAAAAAAA'],
      ],
    }),
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
