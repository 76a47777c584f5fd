import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { chance } from '../../test/chance.ts';
import { manualClock } from '../../test/clock.ts';
import type { Reply } from '../base/reply.ts';
import { LAST_RANK, type QueueState, type TicketAnswer } from '../wire/queue.ts';
import { open, type QueueDoor } from './index.ts';

const SECRET = new Uint8Array(32).fill(3);
const dir = mkdtempSync(join(tmpdir(), 'queue-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

let clock: ReturnType<typeof manualClock>;
let live: number;
let cap: number | undefined;
let status: 'open' | 'live';
let door: QueueDoor;
const opened = (life = 'one', secret = SECRET): QueueDoor => {
  const random = chance(5);
  return open({
    ...{ clock, secret, dir, life, doors: 2 },
    room: (slug) =>
      slug === 'over'
        ? 'room-ended'
        : slug === 'evening' || slug === 'other'
          ? { title: 'A <b>talk</b>', status, clocks: { firstSpeech: 1 } }
          : 'room-unknown',
    cap: () => cap,
    holding: () => false,
    live: () => live,
    random: () => 1 + Math.floor(random() * LAST_RANK),
  });
};
const queue = (more: Partial<QueueState> = {}): QueueState => ({
  v: 1,
  slug: 'evening',
  at: clock.wall(),
  seq: 1,
  previous: '',
  start: clock.wall() - 1000,
  admitted: { minute: 0, rank: 0 },
  open: 1,
  buckets: [{ minute: 1, tickets: 4, gone: 0 }],
  perMinute: 2,
  free: 0,
  places: 2,
  poll: 2_000,
  ...more,
});
beforeEach(() => {
  clock = manualClock();
  live = 2;
  cap = 2;
  status = 'live';
  door = opened();
  door.told(queue(), 2);
});

interface Asked {
  readonly body?: string;
  readonly headers?: Record<string, string>;
  readonly at?: QueueDoor;
  readonly secure?: boolean;
}
async function ask(
  method: string,
  target: string,
  { body = '', headers = {}, at = door, secure = false }: Asked = {},
): Promise<Reply> {
  const url = new URL(target, 'http://x');
  async function* bytes() {
    yield Buffer.from(body);
  }
  const reply = await at.answer({
    method,
    path: url.pathname,
    query: url.searchParams,
    headers,
    secure,
    body: bytes(),
  });
  if (!reply) throw new Error(`${target} is none of the queue's`);
  return reply;
}
const ticket = async (body: object = {}, more: Asked = {}): Promise<TicketAnswer> =>
  JSON.parse(String((await ask('POST', '/r/evening/ticket', { body: JSON.stringify(body), ...more })).body));
const code = (reply: Reply): string => JSON.parse(String(reply.body)).code as string;

describe('a ticket', () => {
  test('is given out, kept as a cookie of its room alone, and counted', async () => {
    const reply = await ask('POST', '/r/evening/ticket');
    const given = JSON.parse(String(reply.body)) as TicketAnswer;
    expect(given).toMatchObject({ minute: 1, called: false, page: `/r/evening/queue?code=${given.ticket}` });
    expect(reply.headers['set-cookie']).toMatch(
      /^earshot-ticket=q1\.evening.*; Path=\/r\/evening; .*SameSite=Lax$/,
    );
    expect(reply.headers['cache-control']).toBe('no-store');
    expect([...door.ticketCounts()]).toEqual([
      [
        'evening',
        { life: 'one', came: 0, buckets: [{ minute: 1, tickets: 1, came: 0, left: 0, ranks: [given.rank] }] },
      ],
    ]);
  });

  test('its cookie is for TLS alone where the door says that there is TLS, whatever the request says', async () => {
    const said = { 'x-forwarded-proto': 'https' };
    const plain = await ask('POST', '/r/evening/ticket', { headers: said });
    expect(plain.headers['set-cookie']).not.toContain('Secure');
    const safe = await ask('POST', '/r/evening/ticket', { secure: true });
    expect(safe.headers['set-cookie']).toMatch(/; Secure$/);
  });

  test('a second tab, a refresh and another door gain nothing', async () => {
    const first = await ticket();
    const { rank, minute } = first;
    const same = [
      await ticket({ ticket: first.ticket }),
      await ticket({}, { headers: { cookie: `a=b; earshot-ticket=${first.ticket}` } }),
      await ticket({}, { headers: { authorization: `Bearer ${first.ticket}` } }),
    ];
    for (const again of same) expect(again).toMatchObject({ rank, minute });
    const second = opened('two');
    second.told(queue(), 2);
    expect(await ticket({ ticket: first.ticket }, { at: second })).toMatchObject({ rank, minute });
    expect([...door.ticketCounts()][0]?.[1].buckets[0]?.tickets).toBe(1);
  });

  test('is renewed at the same place, at most once a minute, even after it has expired', async () => {
    const first = await ticket();
    clock.advance(59_000);
    expect((await ticket({ ticket: first.ticket })).ticket).toBe(first.ticket);
    clock.advance(120_000);
    const second = await ticket({ ticket: first.ticket });
    expect(second.ticket).not.toBe(first.ticket);
    clock.advance(700_000);
    expect(await ticket({ ticket: second.ticket })).toMatchObject({
      rank: first.rank,
      minute: 1,
      note: 'expired',
    });
    // A clock set an hour ahead makes it run out; the place stays.
    clock.stepWall(3_600_000);
    expect(await ticket({ ticket: second.ticket })).toMatchObject({ rank: first.rank, note: 'expired' });
  });

  test('that is forged or of another room is reported as such, and a new one is given', async () => {
    const first = await ticket();
    const forged = await ticket({ ticket: first.ticket.replace(/.$/, (c) => (c === 'A' ? 'B' : 'A')) });
    expect(forged).toMatchObject({ note: 'forged', minute: 1 });
    expect(forged.said).toMatch(/not from this server, or was altered/);
    expect(forged.rank).not.toBe(first.rank);
    const foreign = JSON.parse(
      String(
        (
          await (async () => {
            door.told(queue({ slug: 'other' }), 0);
            return ask('POST', '/r/other/ticket', { body: JSON.stringify({ ticket: first.ticket }) });
          })()
        ).body,
      ),
    ) as TicketAnswer;
    expect(foreign).toMatchObject({ note: 'foreign' });
    const elsewhere = opened('three', new Uint8Array(32));
    elsewhere.told(queue(), 0);
    expect(await ticket({ ticket: first.ticket }, { at: elsewhere })).toMatchObject({ note: 'forged' });
  });

  test('can be returned once', async () => {
    const { ticket: text } = await ticket();
    for (let i = 0; i < 3; i++)
      await ask('DELETE', '/r/evening/ticket', { body: JSON.stringify({ ticket: text }) });
    expect([...door.ticketCounts()][0]?.[1].buckets[0]).toMatchObject({ tickets: 1, left: 1, ranks: [] });
  });

  test('bad bodies are refused before anything is given out', async () => {
    expect((await ask('POST', '/r/evening/ticket', { body: '{' })).status).toBe(400);
    for (const method of ['POST', 'DELETE']) {
      const reply = await ask(method, '/r/evening/ticket', { body: 'x'.repeat(3_000) });
      expect(reply).toMatchObject({ status: 413, headers: { connection: 'close' } });
      expect(code(reply)).toBe('too-large');
    }
    const announced = { 'content-length': '3000' };
    expect((await ask('POST', '/r/evening/ticket', { headers: announced })).status).toBe(413);
    expect((await ask('POST', '/r/evening/ticket', { body: 'null' })).status).toBe(200);
    expect(code(await ask('POST', '/r/over/ticket'))).toBe('room-ended');
    expect(code(await ask('GET', '/r/nobody/queue.json'))).toBe('room-unknown');
    expect(code(await ask('PUT', '/r/evening/queue.json'))).toBe('method-not-allowed');
  });

  test('belongs to the next bucket when the cell has been silent for a minute', async () => {
    clock.advance(61_000);
    expect((await ticket()).minute).toBe(2);
  });
});

describe('who goes where', () => {
  test('to the live edge while this door has a place to give, else to the delayed stream', () => {
    live = 1;
    expect(door.place('evening').at).toBe('live');
    live = 2;
    expect(door.place('evening')).toEqual({ at: 'ring' });
    expect(door.place('uncapped-and-unknown').at).toBe('ring');
    cap = undefined;
    expect(door.place('uncapped-and-unknown')).toEqual({ at: 'live' });
  });

  test('called listeners move up while places are free, and no more than there are', async () => {
    const people = [await ticket(), await ticket(), await ticket()];
    for (const { ticket: text } of people) expect(door.place('evening', text).at).toBe('ring');
    door.told(queue({ seq: 2, admitted: { minute: 1, rank: LAST_RANK }, open: 2, free: 2 }), 2);
    const come = (person: TicketAnswer | undefined): string => {
      const { at } = door.place('evening', person?.ticket);
      if (at === 'live') live += 1;
      return at;
    };
    expect(people.map(come)).toEqual(['live', 'live', 'ring']);
    expect([...door.ticketCounts()][0]?.[1]).toMatchObject({ came: 2 });
    door.told(queue({ seq: 3, admitted: { minute: 1, rank: LAST_RANK }, open: 2, free: 1 }), 2);
    expect(come(people[2])).toBe('live');
    expect([...door.ticketCounts()][0]?.[1]).toMatchObject({ came: 3 });
  });

  test('many free places are shared among the doors, so that all of them together do not give out more', async () => {
    const people = await Promise.all(Array.from({ length: 20 }, () => ticket()));
    door.told(queue({ seq: 2, admitted: { minute: 1, rank: LAST_RANK }, open: 2, free: 20, places: 20 }), 0);
    for (const { ticket: text } of people) if (door.place('evening', text).at === 'live') live += 1;
    expect(live).toBe(2 + 11);
  });

  test('a called ticket that has run out must be renewed first; a forged one is like none', async () => {
    const { ticket: text } = await ticket();
    door.told(queue({ seq: 2, admitted: { minute: 1, rank: LAST_RANK }, open: 2, free: 2 }), 0);
    expect(door.place('evening', `${text.slice(0, -1)}!`).at).toBe('ring');
    clock.advance(700_000);
    expect(door.place('evening', text).at).toBe('ring');
    const renewed = await ticket({ ticket: text });
    expect(renewed.called).toBe(true);
    expect(door.place('evening', renewed.ticket).at).toBe('live');
  });

  test('a listener without a ticket moves up when nobody with one is waiting', () => {
    expect(door.spare('evening')).toBe(0);
    live = 1;
    expect(door.spare('evening')).toBe(1);
    door.told(queue({ seq: 2, places: undefined as never }), 0);
    expect(door.spare('evening')).toBe(500);
  });

  test('a seat brings a dropped connection back to a full room; an open connection with that seat is closed', () => {
    live = 1;
    const { seat, holder } = door.place('evening');
    live = 2;
    const closed: string[] = [];
    const closeOther = (one: string): boolean => closed.push(one) > 0;
    const back = door.place('evening', seat, closeOther);
    expect(back).toMatchObject({ at: 'live', holder });
    // Renewed or not, it is the same seat: a chain of them holds one connection.
    expect(door.place('evening', back.seat, closeOther)).toMatchObject({ at: 'live', holder });
    expect(door.place('evening', seat, closeOther)).toMatchObject({ at: 'live', holder });
    expect(closed).toEqual([holder, holder, holder]);
    expect(door.place('other', back.seat, closeOther).at).toBe('ring');
    expect(closed).toHaveLength(3);
    // Another person has another seat.
    live = 1;
    expect(door.place('evening').holder).not.toBe(holder);
  });

  test('a seat of another door, and a called ticket each time it is shown, take one of the free places', async () => {
    const { ticket: text } = await ticket();
    const { ticket: other } = await ticket();
    const elsewhere = opened('two');
    live = 0;
    const { seat } = elsewhere.place('evening');
    live = 2;
    const called = { admitted: { minute: 1, rank: LAST_RANK }, open: 2, places: 5 };
    door.told(queue({ seq: 2, ...called, free: 3 }), 2);
    const come = (shown: string | undefined): string => {
      const { at } = door.place('evening', shown);
      if (at === 'live') live += 1;
      return at;
    };
    expect([come(seat), come(text), come(text), come(text), come(other)]).toEqual([
      ...['live', 'live', 'live', 'ring', 'ring'],
    ]);
    expect([...door.ticketCounts()][0]?.[1]).toMatchObject({ came: 1 });
    // Whoever comes and goes again and again takes nobody's place.
    live -= 1;
    expect(come(other)).toBe('live');
  });

  test('a door that knows nothing of the queue yet gives out its share of the cap', () => {
    const fresh = opened('fresh');
    cap = 5;
    live = 1;
    expect(fresh.place('evening').at).toBe('live');
    live = 2;
    expect(fresh.place('evening').at).toBe('ring');
  });
});

describe('what everyone can read', () => {
  test('queue.json is the same for all, cacheable for a second, without cookies', async () => {
    const reply = await ask('GET', '/r/evening/queue.json', { headers: { cookie: 'earshot-ticket=x' } });
    expect(reply.headers).toMatchObject({
      'cache-control': 'public, max-age=1, stale-while-revalidate=5',
      'access-control-allow-origin': '*',
    });
    expect(reply.headers).not.toHaveProperty('set-cookie');
    expect(JSON.parse(String(reply.body))).toEqual(queue());
    const etag = reply.headers.etag ?? '';
    expect((await ask('GET', '/r/evening/queue.json', { headers: { 'if-none-match': etag } })).status).toBe(
      304,
    );
    door.over('evening');
    cap = undefined;
    expect(code(await ask('GET', '/r/evening/queue.json'))).toBe('wrong-moment');
  });

  test('a ticket of another room changes nothing where nobody waits, and no studio is reported as away', async () => {
    const { ticket: text } = await ticket();
    door.over('evening');
    cap = undefined;
    expect(code(await ask('POST', '/r/other/ticket', { body: JSON.stringify({ ticket: text }) }))).toBe(
      'wrong-moment',
    );
  });

  test('the history has the published lines unchanged', async () => {
    expect((await ask('GET', '/r/evening/queue.jsonl')).status).toBe(404);
    writeFileSync(join(dir, 'evening.jsonl'), '{"v":1}\n');
    const reply = await ask('GET', '/r/evening/queue.jsonl');
    let text = '';
    for await (const chunk of reply.body as AsyncIterable<Buffer>) text += chunk.toString();
    expect(text).toBe('{"v":1}\n');
  });
});

describe('without scripts', () => {
  test('without cookies: a button gives a place, and the place is in the address', async () => {
    const before = String((await ask('GET', '/r/evening/queue')).body);
    expect(before).toContain('<form method="post" action="/r/evening/ticket">');
    expect(before).toContain('A &lt;b&gt;talk');
    expect(before).not.toContain('<script');
    expect([...door.ticketCounts()][0]?.[1].buckets).toEqual([]);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const reply = await ask('POST', '/r/evening/ticket', { headers });
    expect(reply.status).toBe(303);
    const at = reply.headers.location ?? '';
    expect(at).toMatch(/^\/r\/evening\/queue\?code=q1\./);
    const page = String((await ask('GET', at)).body);
    expect(page).toContain('In line: \u2068A &lt;b&gt;talk');
    expect(page).toMatch(/<audio controls [^>]*src="\/r\/evening\/radio\.mp3\?ticket=q1\./);
    const frame = /<iframe src="([^"]+)"/.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const part = String((await ask('GET', frame)).body);
    expect(part).toMatch(/ ahead of you\./);
    const [, seconds, url] = /http-equiv="refresh" content="(\d+);url=([^"]+)"/.exec(part) ?? [];
    expect(Number(seconds)).toBeGreaterThanOrEqual(10);
    expect(Number(seconds)).toBeLessThanOrEqual(60);
    expect(url).toContain('part=place');
  });

  test('the line is a page for people too, and a break is announced to those who wait', async () => {
    const { ticket: text } = await ticket();
    const line = String((await ask('GET', '/r/evening/queue?part=line')).body);
    expect(line).toMatch(/<dt>People in line<\/dt><dd>4<\/dd>/);
    expect(line).toContain('href="/r/evening/queue.json"');
    expect(line).toContain('<h1 dir="auto">');
    const mine = async (): Promise<string> =>
      String((await ask('GET', `/r/evening/queue?code=${text}`)).body);
    expect(await mine()).toContain('href="/r/evening/queue?part=line"');
    expect(await mine()).not.toContain('A short break.');
    status = 'open';
    expect(await mine()).toContain('A short break. Music until it resumes.');
  });

  test('in French for people who prefer it to English', async () => {
    const page = async (accepted: string): Promise<string> =>
      String((await ask('GET', '/r/evening/queue', { headers: { 'accept-language': accepted } })).body);
    for (const accepted of ['fr-FR,fr;q=0.9,en;q=0.8', 'de, fr;q=0.7, en;q=0.3', 'fr'])
      expect(await page(accepted)).toContain('Prendre une place dans la file');
    for (const accepted of ['en-GB,en;q=0.9,fr;q=0.8', 'de', '', 'fr;q=0.2,en', 'fr;q=0'])
      expect(await page(accepted)).toContain('Take a place in line');
    const { ticket: text } = await ticket();
    const part = await ask('GET', `/r/evening/queue?part=place&code=${text}`, {
      headers: { 'accept-language': 'fr' },
    });
    expect(String(part.body)).toMatch(/<html lang="fr">[\s\S]*(?:devant vous|votre tour)/);
    expect(part.headers.vary).toBe('accept-language');
  });

  test('when it is your turn the page says so, with a link to the live sound', async () => {
    const { ticket: text } = await ticket();
    door.told(queue({ seq: 2, admitted: { minute: 1, rank: LAST_RANK }, open: 2, free: 1 }), 0);
    const part = String((await ask('GET', `/r/evening/queue?part=place&code=${text}`)).body);
    expect(part).toContain('It is your turn.');
    expect(part).toContain(`/r/evening/radio.mp3?ticket=${text}`);
  });

  test('a forged code is explained in plain words; a room without a queue lets everyone in', async () => {
    expect(String((await ask('GET', '/r/evening/queue?code=q1.evil"><script>')).body)).toContain(
      'was altered',
    );
    cap = undefined;
    door.over('evening');
    expect(String((await ask('GET', '/r/evening/queue')).body)).toContain('room for everyone');
  });
});
