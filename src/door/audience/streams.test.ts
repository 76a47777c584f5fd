import { expect, test } from 'vitest';
import { ask, beaconFor, get, openCountingDoor, post, sessionOfAnswer } from '../../../test/audience.ts';
import { manualClock } from '../../../test/clock.ts';
import { until, wire } from '../../../test/door.ts';
import { type NetworkKeyChange, readNetworkKeys } from '../../wire/listening/network-keys.ts';
import { FLAG } from '../../wire/session-record.ts';
import { ProofSampling } from './proof-sampling.ts';

const STREAM = '/r/room/stream?margin=0&session=new';

test('what listeners of a stream have received is told in slots of 10 s, also of one who leaves', async () => {
  await using counting = await openCountingDoor();
  const { door, play, tell, sessions, origin } = counting;
  origin.tick();
  const stays = wire(door.port, get(STREAM));
  const leaves = wire(door.port, get(STREAM, 'VLC/3.0.20 LibVLC/3.0.20'));
  await until(() => door.presence().get('room') === 2);
  await play(12);
  await leaves.has(1);
  leaves.socket.end();
  await until(() => door.presence().get('room') === 1);
  await play(78);
  await stays.has(1);
  await tell();
  const [first, second] = sessions().sort((a, b) => b.delivered - a.delivered);
  expect(sessions()).toHaveLength(2);
  expect(first?.delivered).toBeGreaterThanOrEqual(88);
  expect(first?.delivered).toBeLessThanOrEqual(91);
  expect(second?.delivered).toBeGreaterThanOrEqual(11);
  expect(second?.delivered).toBeLessThanOrEqual(13);
  expect([first?.transport, first?.exclusion, first?.flags, first?.room]).toEqual([
    'stream',
    'none',
    0,
    'room',
  ]);
  expect(first?.key).not.toBe(second?.key);
  expect(first?.proven).toBe(0);
});

test('a listener who does not read has not heard what waits for it', async () => {
  await using counting = await openCountingDoor();
  const { door, play, tell, sessions, origin, clock } = counting;
  origin.tick(60_000);
  const reads = wire(door.port, get(STREAM));
  const sleeps = wire(door.port, get(STREAM, 'VLC/3.0.20 LibVLC/3.0.20'));
  await until(() => door.presence().get('room') === 2);
  sleeps.socket.pause();
  for (let i = 0; i < 60; i += 1) {
    clock.advance(320);
    origin.tick(60_000);
    await until(() => reads.bytes().length > (i + 1) * 55_000);
  }
  await tell();
  await play(0);
  const [first, second] = sessions().sort((a, b) => b.delivered - a.delivered);
  expect(first?.delivered).toBeGreaterThanOrEqual(18);
  // What the two kernels hold between them is some megabytes at most; all of it would be 19 s.
  expect(second?.delivered ?? 0).toBeLessThan(14);
});

test('a session goes on over a reconnect, and a radio has one of its own that proves nothing', async () => {
  await using counting = await openCountingDoor();
  const { door, play, tell, sessions, origin } = counting;
  origin.tick();
  const before = wire(door.port, get(STREAM));
  await before.has(1);
  const token = sessionOfAnswer(before.text());
  expect(token).toMatch(/^[\w-]{32}$/);
  await play(20);
  before.socket.end();
  await until(() => door.presence().get('room') === undefined);
  const after = wire(door.port, get(`/r/room/stream?margin=0&session=${token}`));
  const radio = wire(door.port, get('/r/room/radio.mp3?margin=0&session=new', 'VLC/3'));
  await until(() => door.presence().get('room') === 2);
  await Promise.all([after.has(1), radio.has(1)]);
  expect(sessionOfAnswer(after.text())).not.toBe('');
  expect(sessionOfAnswer(radio.text())).toBe('');
  await play(20);
  await tell();
  const told = sessions();
  expect(told).toHaveLength(2);
  const stream = told.find(({ transport }) => transport === 'stream');
  expect(Math.abs((stream?.delivered ?? 0) - 40)).toBeLessThanOrEqual(2);
  const own = told.find(({ transport }) => transport === 'radio');
  expect([own?.flags, own?.exclusion]).toEqual([FLAG.silent, 'none']);
});

test('who only looks whether a radio is there is nobody: HEAD, the first bytes, or gone within a second', async () => {
  await using counting = await openCountingDoor();
  const { door, play, tell, sessions, origin } = counting;
  origin.tick();
  const radio = '/r/room/radio.mp3';
  expect(await ask(door.port, get(radio, 'Sonos/83.1').replace('GET', 'HEAD'))).toMatch(/^HTTP\/1\.1 200 /);
  for (const range of ['0-1', '0-999'])
    wire(door.port, get(radio, `Probe ${range}`, `Range: bytes=${range}\r\n`));
  wire(door.port, get(radio, 'Sonos/83.1', 'Range: bytes=0-\r\n'));
  const leaver = wire(door.port, get(radio, 'Leaver/1'));
  await until(() => door.presence().get('room') === 4);
  await play(0.96);
  leaver.socket.end();
  await until(() => door.presence().get('room') === 3);
  await play(19);
  await tell();
  expect(sessions()).toMatchObject([{ transport: 'radio', exclusion: 'none' }]);
  expect(sessions()[0]?.delivered).toBeGreaterThanOrEqual(19);
});

test('a token on two connections at once: the newer one counts, what goes on at the older one is named', async () => {
  await using counting = await openCountingDoor();
  const { door, play, tell, sessions, origin } = counting;
  origin.tick();
  const first = wire(door.port, get(STREAM));
  await first.has(1);
  const token = sessionOfAnswer(first.text());
  await play(10);
  const others = Array.from({ length: 3 }, () =>
    wire(door.port, get(`/r/room/stream?margin=0&session=${token}`)),
  );
  await until(() => door.presence().get('room') === 4);
  await Promise.all(others.map((other) => other.has(1)));
  await play(20);
  await tell();
  const told = sessions();
  expect(told.map(({ exclusion }) => exclusion).sort()).toEqual([
    'none',
    'replayed-token',
    'replayed-token',
    'replayed-token',
  ]);
  const counted = told.find(({ exclusion }) => exclusion === 'none')?.delivered ?? 0;
  expect(Math.abs(counted - 30)).toBeLessThanOrEqual(2);
  // Nobody was refused sound for it.
  for (const other of [first, ...others]) expect(other.bytes().length).toBeGreaterThan(10_000);
});

test.each([
  ['forged', 'A'.repeat(32), 'bad-token'],
  ['made up', 'hello', 'bad-token'],
])('a %s token is heard and not counted', async (_, token, why) => {
  await using counting = await openCountingDoor();
  const { door, play, tell, sessions, origin } = counting;
  origin.tick();
  const one = wire(door.port, get(`/r/room/stream?margin=0&session=${token}`));
  await one.has(1);
  expect(sessionOfAnswer(one.text())).toMatch(/^[\w-]{32}$/);
  await play(20);
  await tell();
  expect(sessions().map(({ exclusion }) => exclusion)).toEqual([why]);
});

test('who does not count is heard, and named', async () => {
  const staff = (token: string): boolean => token === 'a.b.c';
  await using counting = await openCountingDoor({ knowsToken: staff });
  const { door, play, tell, sessions, origin } = counting;
  origin.tick();
  const agents: readonly (readonly [string, string, string])[] = [
    ['', '', 'no-agent'],
    ['curl/8', '', 'bot-library'],
    ['Googlebot/2.1', '', 'bot'],
    ['Mozilla/5.0 HeadlessChrome/140', '', 'headless'],
    ['earshot-crowd', '', 'rehearsal'],
    ['Mozilla/5.0 host', 'Authorization: Bearer a.b.c\r\n', 'staff'],
    ['Mozilla/5.0 early', 'Sec-Purpose: prefetch\r\n', 'preview'],
    ['Mozilla/5.0 quiet', 'DNT: 1\r\n', 'none'],
  ];
  const wires = agents.map(([agent, headers]) => wire(door.port, get(STREAM, agent, headers)));
  await until(() => door.presence().get('room') === agents.length);
  await play(20);
  await tell();
  expect(
    sessions()
      .map(({ exclusion }) => exclusion)
      .sort(),
  ).toEqual(agents.map(([, , why]) => why).sort());
  expect(sessions().find(({ exclusion }) => exclusion === 'none')?.key).toBe(0n);
  for (const one of wires) expect(one.body().length).toBeGreaterThan(5_000);
});

test('sessions of one listener are the tally’s to judge; of those who are not to be tracked three count at a door', async () => {
  await using counting = await openCountingDoor();
  const { door, play, tell, sessions, origin } = counting;
  origin.tick();
  for (let i = 0; i < 10; i += 1) wire(door.port, get(STREAM, 'VLC/3'));
  for (let i = 0; i < 10; i += 1) wire(door.port, get(STREAM, 'VLC/3 quiet', 'DNT: 1\r\n'));
  await until(() => door.presence().get('room') === 20);
  await play(12);
  await tell();
  const count = (tracked: boolean, why: string): number =>
    sessions().filter(({ key, exclusion }) => (key !== 0n) === tracked && exclusion === why).length;
  expect([count(true, 'none'), count(false, 'none'), count(false, 'many-sessions')]).toEqual([10, 3, 7]);
});

test('of a hundred listeners in one network none counts, and of twenty none either when other doors have more', async () => {
  const { openNetworkList } = await import('../index.ts');
  const changes: NetworkKeyChange[] = [];
  const outlet = {
    ...{ records() {}, events() {}, keys() {}, postCounts() {}, reachable: true },
    networks: (bytes: Uint8Array) => void changes.push(...readNetworkKeys(bytes)),
  };
  await using counting = await openCountingDoor({}, { shared: openNetworkList([]) });
  const { door, play, tell, sessions, origin } = counting;
  origin.tick();
  const listen = async (from: number, to: number): Promise<void> => {
    for (let i = from; i < to; i += 1) wire(door.port, get(STREAM, `VLC/3 ${i}`));
    await until(() => door.presence().get('room') === to);
    await play(12);
    await tell();
  };
  const count = (why: string): number => sessions().filter(({ exclusion }) => exclusion === why).length;
  await listen(0, 20);
  expect([count('none'), count('dense-ip')]).toEqual([20, 0]);
  await using other = await openCountingDoor({}, { shared: openNetworkList([]), outlet });
  other.origin.tick();
  wire(other.door.port, get(STREAM, 'VLC/3 0'));
  await until(() => other.door.presence().get('room') === 1);
  await other.play(2);
  expect(changes).toMatchObject([{ came: true }]);
  // The doors of this test have salts of their own, so each names the network in its own way.
  door.crowdedNetworks(counting.networks());
  await play(2);
  await tell();
  expect([count('none'), count('dense-ip')]).toEqual([0, 20]);
  await listen(20, 100);
  expect([count('none'), count('dense-ip')]).toEqual([0, 100]);
});

test('sessions that come and go in the same milliseconds are named; when the room is over, all leave at once', async () => {
  await using counting = await openCountingDoor();
  const { door, play, tell, sessions, origin, clock } = counting;
  origin.tick();
  const alike = Array.from({ length: 6 }, (_, i) => wire(door.port, get(STREAM, `VLC/3 a ${i}`)));
  await until(() => door.presence().get('room') === 6);
  clock.advance(7);
  const others: ReturnType<typeof wire>[] = [];
  for (let i = 0; i < 6; i += 1) {
    others.push(wire(door.port, get(STREAM, `VLC/3 b ${i}`)));
    await until(() => door.presence().get('room') === 7 + i);
    clock.advance(3);
  }
  await play(20);
  for (const one of [...alike, ...others]) one.socket.end();
  await until(() => door.presence().get('room') === undefined);
  const last = Array.from({ length: 6 }, (_, i) => wire(door.port, get(STREAM, `VLC/3 c ${i}`)));
  await until(() => door.presence().get('room') === 6);
  await play(12);
  const card = origin.rooms.get('room');
  if (card) origin.rooms.set('room', { ...card, status: 'ended' });
  for (const one of last) one.socket.end();
  await until(() => door.presence().get('room') === undefined);
  await tell();
  const count = (why: string): number => sessions().filter(({ exclusion }) => exclusion === why).length;
  expect([count('identical-times'), count('none')]).toEqual([6, 12]);
});

test('in a crowd a door tells whom it asks, in the head and in the record, and follows the tally', async () => {
  const clock = manualClock();
  let share = 1 / 2;
  const sampling = new ProofSampling({ clock, key: new Uint8Array(32).fill(1), share: () => share });
  await using counting = await openCountingDoor({}, { sampling });
  const { door, play, tell, sessions, origin } = counting;
  origin.tick();
  const wires = Array.from({ length: 40 }, (_, i) => wire(door.port, get(STREAM, `VLC/3 ${i}`)));
  await until(() => door.presence().get('room') === 40);
  await Promise.all(wires.map((one) => one.has(1)));
  const excused = wires.filter((one) => one.text().includes('\r\nearshot-proofs: no\r\n')).length;
  expect(excused).toBeGreaterThan(8);
  expect(excused).toBeLessThan(32);
  await play(12);
  await tell();
  const unsampled = (): number => sessions().filter(({ flags }) => flags === FLAG.unsampled).length;
  expect(unsampled()).toBe(excused);
  share = 1;
  await play(2);
  await tell();
  expect(unsampled()).toBe(excused);
  clock.advance(50_000);
  await play(2);
  await tell();
  expect(unsampled()).toBe(0);
  const given = await ask(door.port, post('/r/room/session', '{"way":"hls"}'));
  expect(given).not.toContain('proofs');
});

test('proofs are counted within what was delivered and the time that passed, whatever a player says', async () => {
  await using counting = await openCountingDoor();
  const { door, play, tell, sessions, origin, clock } = counting;
  origin.tick();
  const one = wire(door.port, get(STREAM));
  await one.has(1);
  const token = sessionOfAnswer(one.text());
  const zero = origin.card('room')?.zero ?? 0;
  const newest = (): number => Math.floor((clock.wall() - zero) / 5120) - 1;
  for (let turn = 0; turn < 3; turn += 1) {
    await play(30.72);
    const beacon = beaconFor(token, newest(), { seconds: 100 });
    expect(await ask(door.port, post('/r/room/beacon', JSON.stringify(beacon)))).toContain('204 No Content');
    // The same once more changes nothing.
    await ask(door.port, post('/r/room/beacon', JSON.stringify(beacon)));
  }
  await play(5);
  await tell();
  const [told] = sessions();
  expect(told?.proofs).toBeGreaterThanOrEqual(2);
  expect(told?.proven).toBeGreaterThan(55);
  expect(told?.proven).toBeLessThanOrEqual(told?.delivered ?? 0);
});

test('after the tally was away everything of the last three minutes is told again, and the same', async () => {
  await using counting = await openCountingDoor();
  const { door, play, tell, sessions, origin, records } = counting;
  origin.tick();
  wire(door.port, get(STREAM));
  await until(() => door.presence().get('room') === 1);
  await play(100);
  await tell();
  const before = sessions();
  records.clear();
  door.tellAudience();
  await play(2);
  await tell();
  expect(sessions()[0]?.delivered).toBeGreaterThanOrEqual(before[0]?.delivered ?? 1_000);
  expect(sessions()[0]?.session).toBe(before[0]?.session);
});

test('a player that opens two connections for one playback is one session, whichever of them goes on', async () => {
  await using counting = await openCountingDoor();
  const { door, play, tell, sessions, origin } = counting;
  origin.tick();
  const agent = 'AppleCoreMedia/1.0.0.21E236 (iPhone; U; CPU OS 17_4_1 like Mac OS X; fr_fr)';
  const open = () => wire(door.port, get('/r/room/radio.mp3?margin=0', agent));
  const [first, second] = [open(), open()];
  await until(() => door.presence().get('room') === 2);
  await play(30);
  first.socket.end();
  await until(() => door.presence().get('room') === 1);
  await play(60);
  await second.has(1);
  await tell();
  expect(sessions()).toHaveLength(1);
  expect(sessions()[0]?.delivered).toBeGreaterThanOrEqual(85);
  expect(sessions()[0]?.delivered).toBeLessThanOrEqual(94);
  // Whoever comes later is somebody else, in the same house.
  open();
  await until(() => door.presence().get('room') === 2);
  await play(30);
  await tell();
  expect(sessions()).toHaveLength(2);
  second.socket.end();
  await until(() => door.presence().get('room') === 1);
});

test('two radios of other makes behind one address are two sessions, however fast they come', async () => {
  await using counting = await openCountingDoor();
  const { door, play, tell, sessions, origin } = counting;
  origin.tick();
  for (let n = 0; n < 2; n += 1)
    wire(door.port, get('/r/room/radio.mp3?margin=0', 'VLC/3.0.20 LibVLC/3.0.20'));
  await until(() => door.presence().get('room') === 2);
  await play(30);
  await tell();
  expect(sessions()).toHaveLength(2);
});
