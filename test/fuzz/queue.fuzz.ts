/** Requests for places in line: tickets in bodies, forms, cookies and credentials. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Slug } from '../../src/base/ids.ts';
import { open } from '../../src/queue/index.ts';
import { openTickets } from '../../src/queue/ticket.ts';
import { LAST_RANK } from '../../src/wire/queue.ts';
import { manualClock } from '../clock.ts';
import { target } from './engine/target.ts';
import { requestOf, written } from './requests.ts';

const SECRET = new Uint8Array(32).fill(7);
const clock = manualClock();
const dir = mkdtempSync(join(tmpdir(), 'earshot-fuzz-queue-'));
process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
const door = open({
  ...{ clock, secret: SECRET, dir, life: 'one', doors: 1, random: () => 77 },
  room: (slug) => (slug === 'hall' ? { title: 'Town <hall>', status: 'live', clocks: {} } : 'room-unknown'),
  ...{ cap: () => 20, holding: () => false, live: () => 20 },
});
const start = clock.wall() - 600_000;
door.told(
  {
    ...{
      v: 1,
      slug: 'hall' as Slug,
      at: clock.wall(),
      seq: 1,
      previous: '',
      start,
      admitted: { minute: 1, rank: LAST_RANK },
    },
    ...{
      open: 2,
      buckets: [{ minute: 1, tickets: 4, gone: 0 }],
      perMinute: 2,
      free: 0,
      places: 20,
      poll: 2_000,
    },
  },
  0,
);
const ticket = openTickets(SECRET).sign({
  slug: 'hall' as Slug,
  minute: 1,
  rank: 7,
  kind: 'wait',
  until: clock.wall() + 6e9,
});

export default target({
  covers: [
    'src/queue/answers.ts',
    'src/queue/assignment.ts',
    'src/queue/page.ts',
    'src/queue/ticket.ts',
    'src/queue/ticket-request.ts',
  ],
  async run(bytes) {
    const request = requestOf(bytes);
    if (!request) return;
    const url = new URL(request.url);
    const headers = Object.fromEntries(request.headers);
    const body = request.body ?? (async function* () {})();
    const reply = await door.answer({
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      headers,
      secure: bytes.length % 2 === 0,
      body,
    });
    if (!reply) return;
    if (reply.status >= 500) throw new Error(`${reply.status}`);
    for (const [name, value] of Object.entries(reply.headers))
      if (/[\r\n\0]/.test(`${name}${value}`)) throw new Error(`a header with a line end: ${name}`);
    if (String(reply.body).includes('Town <hall>') && /html/.test(String(reply.headers['content-type'])))
      throw new Error('a title that is not escaped');
  },
  seeds: [
    written('POST', '/r/hall/ticket'),
    written('POST', '/r/hall/ticket', { 'content-type': 'application/json' }, JSON.stringify({ ticket })),
    written(
      'POST',
      '/r/hall/ticket',
      { 'content-type': 'application/x-www-form-urlencoded', cookie: `a=b; earshot-ticket=${ticket}` },
      `code=${ticket}`,
    ),
    written('DELETE', '/r/hall/ticket', { authorization: `Bearer ${ticket}` }),
    written('GET', `/r/hall/queue?ticket=${ticket}`, {
      'accept-language': 'fr',
      cookie: `earshot-ticket=${ticket}`,
    }),
    ...['/r/hall/queue.json', '/r/hall/queue', '/r/none/queue', '/r/hall/queue.jsonl'].map((path) =>
      written('GET', path),
    ),
  ],
  words: ['earshot-ticket=', 'code=', 'q1.hall.1.', '/r/hall/ticket', '/r/hall/queue'],
});
