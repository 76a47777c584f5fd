import { describe, expect, test } from 'vitest';
import { HOUR, inMs, NOW, roomsRig } from '../../test/rooms.ts';
import { ics } from './ics.ts';
import { NOTHING_REVOKED, type RoomOnSite } from './rows.ts';

const start = Date.UTC(2026, 11, 1, 19, 0);
const created = Date.UTC(2026, 10, 1);
const entry: RoomOnSite = {
  ...{ id: '0195-room', created, revoked: NOTHING_REVOKED, sequence: 0 },
  card: {
    slug: 'town-hall',
    title: 'Town hall; budget, schools\\roads',
    hosts: ['Ana "A" Díaz', 'Bo'],
    status: 'scheduled',
    clocks: { scheduled: start },
  },
};
const lines = (text: string): string[] => text.replaceAll('\r\n ', '').split('\r\n');

test('a calendar entry says when, what and where, in UTC and escaped', () => {
  const text = ics(entry, 'https://rooms.example.org');
  expect(text.endsWith('END:VCALENDAR\r\n')).toBe(true);
  expect(text.replaceAll('\r\n', '')).not.toContain('\n');
  const said = lines(text);
  for (const line of [
    'METHOD:PUBLISH',
    'UID:0195-room@earshot',
    'SEQUENCE:0',
    'DTSTART:20261201T190000Z',
    'DTSTAMP:20261101T000000Z',
    'LAST-MODIFIED:20261101T000000Z',
    'SUMMARY:Town hall\\; budget\\, schools\\\\roads',
    'URL:https://rooms.example.org/r/town-hall',
    `ORGANIZER;CN="Ana ^'A^' Díaz, Bo":mailto:no-reply@earshot.invalid`,
    'STATUS:CONFIRMED',
    'BEGIN:VALARM',
    'TRIGGER:-PT10M',
  ])
    expect(said).toContain(line);
});

test('a cancelled room cancels its entry, and reminds nobody', () => {
  const text = ics({ ...entry, card: { ...entry.card, status: 'cancelled' } }, 'http://x');
  expect(text).toContain('STATUS:CANCELLED');
  expect(text).not.toContain('VALARM');
});

test('why a room is cancelled stands in its entry', () => {
  const arrangements = { plans: { cancelled: { reason: 'Ana is ill; we are sorry' } } };
  const text = ics({ ...entry, arrangements, card: { ...entry.card, status: 'cancelled' } }, 'http://x');
  expect(lines(text)).toContain('COMMENT:Ana is ill\\; we are sorry');
  expect(lines(text)).toContain('DESCRIPTION:Ana is ill\\; we are sorry\\nhttp://x/r/town-hall');
  expect(ics({ ...entry, arrangements }, 'http://x')).not.toContain('ill');
});

test('long lines are folded at 75 octets without cutting a character, and unfold to what they were', () => {
  const title = '语'.repeat(100);
  const text = ics({ ...entry, card: { ...entry.card, title } }, 'http://x');
  const raw = text.split('\r\n');
  expect(Math.max(...raw.map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(75);
  expect(lines(text)).toContain(`SUMMARY:${title}`);
});

describe('of a room', () => {
  const rig = roomsRig();
  const fetched = async (headers: Record<string, string> = {}) => {
    const { body } = await rig.ask('GET', '/r/talk/event.ics', undefined, undefined, headers);
    const said = lines(String(body.text));
    const of = (name: string): string => said.find((line) => line.startsWith(name))?.slice(name.length) ?? '';
    return { uid: of('UID:'), sequence: Number(of('SEQUENCE:')), modified: of('LAST-MODIFIED:'), of };
  };

  test('the entry is the same whatever name the server is asked by', async () => {
    await rig.restart({ publicUrl: undefined });
    await rig.create({ title: 'Talk', start: inMs(HOUR) });
    const [here, there] = [await fetched(), await fetched({ 'x-forwarded-host': 'other.example:8443' })];
    expect(here.uid).toMatch(/^[0-9a-f-]{36}@/);
    expect(there.uid).toBe(here.uid);
    expect(there.of('URL:')).not.toBe(here.of('URL:'));
  });

  test.each([
    // The hour before and after the change, and the hour that is there twice.
    ['Europe/Paris', '2026-03-29T01:30:00+01:00', '20260329T003000Z'],
    ['Europe/Paris', '2026-03-29T03:30:00+02:00', '20260329T013000Z'],
    ['Europe/Paris', '2026-10-25T02:30:00+02:00', '20261025T003000Z'],
    ['Europe/Paris', '2026-10-25T02:30:00+01:00', '20261025T013000Z'],
    ['America/New_York', '2026-03-08T01:30:00-05:00', '20260308T063000Z'],
    ['America/New_York', '2026-03-08T03:30:00-04:00', '20260308T073000Z'],
    ['America/New_York', '2026-11-01T01:30:00-04:00', '20261101T053000Z'],
    ['America/New_York', '2026-11-01T01:30:00-05:00', '20261101T063000Z'],
  ])('around a change of clocks in %s, %s is the same instant for everybody', async (_, start, stamp) => {
    const { token } = await rig.create({ title: 'Talk', start: inMs(24 * HOUR) });
    await rig.ask('PATCH', '/api/rooms/talk', { start }, token);
    const said = await fetched();
    expect(said.of('DTSTART:')).toBe(stamp);
    expect(said.of('STATUS:')).toBe('CONFIRMED');
    expect(said.sequence).toBe(1);
    expect(rig.card('talk').clocks.scheduled).toBe(Date.parse(start));
    // Moved back it is another revision, and cancelled another one.
    await rig.ask('PATCH', '/api/rooms/talk', { start: inMs(24 * HOUR) }, token);
    await rig.ask('POST', '/api/rooms/talk/cancel', { reason: 'Later' }, token);
    const over = await fetched();
    expect([over.sequence, over.of('STATUS:'), over.of('COMMENT:')]).toEqual([3, 'CANCELLED', 'Later']);
  });

  test('each change that a calendar shows increases the sequence, and no other', async () => {
    const { token } = await rig.create({ title: 'Talk', start: inMs(24 * HOUR) });
    const first = await fetched();
    rig.clock.advance(HOUR);
    await rig.ask('PATCH', '/api/rooms/talk', { cap: 9 }, token);
    expect(await fetched()).toMatchObject({ sequence: 0, modified: first.modified });
    await rig.ask('PATCH', '/api/rooms/talk', { start: inMs(25 * HOUR) }, token);
    const moved = await fetched();
    expect(moved).toMatchObject({ uid: first.uid, sequence: 1 });
    expect(moved.of('DTSTART:')).toBe(new Date(NOW + 25 * HOUR).toISOString().replace(/[-:]|\.\d+/g, ''));
    expect(moved.modified > first.modified).toBe(true);
    await rig.ask('PATCH', '/api/rooms/talk', { title: 'Talks', start: inMs(25 * HOUR) }, token);
    expect(await fetched()).toMatchObject({ sequence: 2 });
    await rig.restart();
    await rig.ask('POST', '/api/rooms/talk/cancel', undefined, token);
    const over = await fetched();
    expect(over).toMatchObject({ uid: first.uid, sequence: 3 });
    expect(over.of('STATUS:')).toBe('CANCELLED');
  });

  test('a reason for being late increases the sequence, another one again, and none does not', async () => {
    const { token } = await rig.create({ title: 'Talk', start: inMs(24 * HOUR) });
    const late = (reason: string | null) => rig.ask('PATCH', '/api/rooms/talk', { late: reason }, token);
    const first = await fetched();
    await late('The train; it stands');
    const said = await fetched();
    expect([said.uid, said.sequence]).toEqual([first.uid, 1]);
    expect(said.of('DESCRIPTION:')).toBe('The train\\; it stands\\nListen at https://x.example/r/talk');
    expect(said.of('STATUS:')).toBe('CONFIRMED');
    await late('The train; it stands');
    expect(await fetched()).toMatchObject({ sequence: 1 });
    await late('No platform');
    expect(await fetched()).toMatchObject({ sequence: 2 });
    await late(null);
    const none = await fetched();
    expect([none.sequence, none.of('DESCRIPTION:')]).toEqual([3, 'Listen at https://x.example/r/talk']);
  });

  test('of two changes within one second each is a revision, and a copy of the first is not taken for the second', async () => {
    const { token } = await rig.create({ title: 'Talk', start: inMs(24 * HOUR) });
    const ask = (headers: Record<string, string> = {}) =>
      rig.ask('GET', '/r/talk/event.ics', undefined, undefined, headers);
    rig.clock.advance(HOUR);
    await rig.ask('PATCH', '/api/rooms/talk', { start: inMs(25 * HOUR) }, token);
    const moved = await ask();
    expect(moved.headers.get('last-modified')).toBeNull();
    rig.clock.advance(300);
    await rig.ask('PATCH', '/api/rooms/talk', { late: 'The train' }, token);
    expect(await fetched()).toMatchObject({ sequence: 2 });
    const since = new Date(NOW + HOUR).toUTCString();
    const asked = await Promise.all([
      ask({ 'if-none-match': moved.headers.get('etag') ?? '' }),
      ask({ 'if-modified-since': since }),
    ]);
    expect(asked.map(({ status }) => status)).toEqual([200, 200]);
    // A second later nothing more can come in that one.
    rig.clock.advance(1_000);
    const still = await ask();
    expect(still.headers.get('last-modified')).toBe(since);
    const known = { 'if-none-match': still.headers.get('etag') ?? '' };
    for (const headers of [known, { 'if-modified-since': since }])
      expect(await ask(headers)).toMatchObject({ status: 304, body: { text: '' } });
    // Whoever names a tag is answered by it alone.
    expect((await ask({ 'if-none-match': '"other"', 'if-modified-since': since })).status).toBe(200);
  });
});
