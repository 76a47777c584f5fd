import { expect, test } from 'vitest';
import {
  act,
  ask,
  clock,
  code,
  connect,
  ear,
  events,
  heard,
  microphone,
  packets,
  room,
  sign,
  slug,
  useTheatre,
} from '../../../test/theatre.ts';
import { newSsrc, until } from '../../../test/webrtc.ts';
import type { BackstageLine } from '../../wire/stage/backstage.ts';
import type { Ban, RaisedHand } from '../../wire/stage/hands.ts';
import { writeRtp } from '../rtp/rtp.ts';

useTheatre();

const post = (path: string, body: object, from = '10.1.1.1') =>
  ask('POST', `/r/theatre${path}`, undefined, JSON.stringify(body), {
    'content-type': 'application/json',
    'x-forwarded-for': from,
  });
const device = (n: number) => `device-key-${String(n).padStart(8, '0')}`;
const raise = async (n: number, more: object = {}, from?: string): Promise<RaisedHand> => {
  const answer = await post('/hand', { name: `L${n}`, topic: 'Why?', device: device(n), ...more }, from);
  if (answer.status !== 201) throw new Error(await code(answer));
  return (await answer.json()) as RaisedHand;
};
const own = (hand: RaisedHand, what: string, more: object = {}) =>
  post(`/hand/${hand.id}/${what}`, { secret: hand.secret, ...more });
const open = (rules = {}) => room.raised.ruled(rules, true);
const host = () => sign('host', 'host');
const onStage = () => room.people().map(({ id, connected }) => [id, connected]);

/** The lines of a host's page from now on; `until` reads on until one fits. */
async function hostPage() {
  const answer = await ask('GET', '/r/theatre/backstage', await host());
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  let text = '';
  const lines: BackstageLine[] = [];
  return {
    lines,
    async until(fits: (line: BackstageLine) => boolean): Promise<BackstageLine> {
      for (;;) {
        const found = lines.find(fits);
        if (found) return found;
        clock.advance(100);
        const { value, done } = await reader.read();
        if (done) throw new Error('the stream ended');
        text += new TextDecoder().decode(value);
        const parts = text.split('\n');
        text = parts.pop() ?? '';
        for (const part of parts) lines.push(JSON.parse(part) as BackstageLine);
      }
    },
  };
}

/** Takes the call of a hand and opens its microphone. */
async function comeUp(hand: RaisedHand) {
  const taken = (await (await own(hand, 'take')).json()) as { token: string };
  const ssrc = newSsrc();
  const client = await connect('/r/theatre/whip', taken.token, [
    { mid: '0', direction: 'SendOnly', ssrc, level: true },
  ]);
  await until('they are on stage', () => onStage().some(([, connected]) => connected === true));
  const say = (sequence: number): void => {
    const head = { payloadType: 111, marker: false, sequence, timestamp: sequence * 960 };
    client.send(0, writeRtp({ ...head, ssrc, levelId: 1, level: 25 }, Uint8Array.from([0x78, sequence, 7])));
  };
  return { ...taken, say };
}

test('a hand is shown to the host at once, called, taken with its secret, and goes down when its owner leaves', async () => {
  open();
  const page = await hostPage();
  const hand = await raise(1);
  expect(hand).toMatchObject({ standing: 'up', place: 1, up: 1 });
  const line = await page.until((it) => it.kind === 'hands' && it.hands.length > 0);
  expect(line).toMatchObject({ up: 1, hands: [{ id: hand.id, name: 'L1', topic: 'Why?', standing: 'up' }] });
  expect(JSON.stringify(page.lines)).not.toContain(hand.secret);
  expect(await code(await own(hand, 'take'))).toBe('hand-over');
  expect(await act(await host(), { do: 'call', hand: hand.id })).toBe(204);
  expect(room.raised.told()).toMatchObject({ open: true, up: 0, called: [hand.id] });
  expect(await code(await post(`/hand/${hand.id}/take`, { secret: 'x'.repeat(24) }))).toBe('hand-over');
  await comeUp(hand);
  expect(room.people()).toMatchObject([{ name: 'L1', role: 'speaker', hand: true }]);
  expect(await (await own(hand, 'here')).json()).toMatchObject({ standing: 'stage' });
  expect((await own(hand, 'lower')).status).toBe(200);
  expect(room.people()).toEqual([]);
  expect(await code(await own(hand, 'take'))).toBe('hand-over');
});

test('a decline reaches the listener with its word; a microphone that is not allowed reaches the host', async () => {
  open();
  const [first, second] = [await raise(1), await raise(2)];
  await act(await host(), { do: 'decline', hand: first.id, word: 'After the break' });
  expect(room.raised.told().told).toEqual([first.id]);
  expect(await (await own(first, 'here')).json()).toMatchObject({
    standing: 'declined',
    word: 'After the break',
  });
  await act(await host(), { do: 'call', hand: second.id });
  await own(second, 'take');
  expect(await (await own(second, 'here', { trouble: 'denied' })).json()).toMatchObject({ standing: 'up' });
  const page = await hostPage();
  const line = await page.until((it) => it.kind === 'hands');
  expect(line).toMatchObject({ whole: true, hands: [{ id: second.id, trouble: 'denied', standing: 'up' }] });
});

test('moved to the listeners, the microphone ends and the grant is worth nothing until a host calls again', async () => {
  open();
  const hand = await raise(1);
  await act(await host(), { do: 'call', hand: hand.id });
  const { token } = await comeUp(hand);
  const [person] = room.people();
  expect(await act(await host(), { do: 'to-listener', who: person?.id })).toBe(204);
  expect(room.people()).toEqual([]);
  const offer = () => connect('/r/theatre/whip', token, [{ mid: '0', direction: 'SendOnly', ssrc: 9 }]);
  await expect(offer()).rejects.toThrow(/410.*hand-over/);
  expect(await (await own(hand, 'here')).json()).toMatchObject({ standing: 'listening' });
  await act(await host(), { do: 'call', hand: hand.id });
  await comeUp(hand);
  expect(onStage()).toEqual([[person?.id, true]]);
});

test('moved to the listeners, a page hears the stage for two seconds more, until the program has said the same', async () => {
  open();
  const hand = await raise(1);
  const page = await hostPage();
  await act(await host(), { do: 'call', hand: hand.id });
  const { token } = await comeUp(hand);
  await connect('/r/theatre/whep', token, [{ mid: '0', direction: 'RecvOnly', level: true }]);
  const [person] = room.people();
  const begun = clock.now();
  await act(await host(), { do: 'to-listener', who: person?.id });
  let since = page.lines.length;
  const after = (ears: number) => (it: BackstageLine) =>
    it.kind === 'roster' &&
    page.lines.indexOf(it) >= since &&
    it.people.length === 0 &&
    it.ears.length === ears;
  since = page.lines.indexOf(await page.until(after(1)));
  expect(clock.now() - begun).toBeLessThan(2_000);
  await page.until(after(0));
  expect(clock.now() - begun).toBeGreaterThanOrEqual(2_000);
});

test('a speaker with a link who was moved to the listeners cannot come back by themselves', async () => {
  await microphone('ana');
  await ear('ana');
  expect(await act(await host(), { do: 'to-listener', who: 'ana' })).toBe(204);
  expect(room.people()).toEqual([]);
  await expect(microphone('ana')).rejects.toThrow(/409.*moved-to-listeners/);
  expect(await act(await host(), { do: 'back-on-stage', who: 'ana' })).toBe(204);
  await microphone('ana');
  expect(onStage()).toEqual([['ana', true]]);
});

test('backstage only the hosts hear a speaker, until one of them puts them on air', async () => {
  open({ check: true });
  const hand = await raise(1);
  await act(await host(), { do: 'call', hand: hand.id });
  const { say } = await comeUp(hand);
  const listener = await ear('guest');
  const control = await connect(
    '/r/theatre/whep',
    await host(),
    [0, 1].map((mid) => ({ mid: String(mid), direction: 'RecvOnly' as const, level: true })),
  );
  const [person] = room.people();
  expect(person).toMatchObject({ backstage: true });
  for (let n = 0; n < 20; n += 1) say(n);
  await until('the host hears them', () => heard(control, 0).length > 10);
  expect([heard(listener, 0).length, packets.length]).toEqual([0, 0]);
  expect(events).not.toContain(`joined ${person?.id}`);
  expect(await act(await host(), { do: 'on-air', who: person?.id })).toBe(204);
  expect(events).toContain(`joined ${person?.id}`);
  for (let n = 20; n < 40; n += 1) say(n);
  await until('everybody hears them', () => heard(listener, 0).length > 10 && packets.length > 10);
  expect(await act(await host(), { do: 'backstage', who: person?.id })).toBe(204);
  expect(events).toContain(`left ${person?.id}`);
});

test('a ban meets the device, whatever hand or link it comes with, until a host takes it back', async () => {
  open();
  const hand = await raise(1);
  await act(await host(), { do: 'call', hand: hand.id });
  const { token } = await comeUp(hand);
  const [person] = room.people();
  expect(await act(await host(), { do: 'ban', who: person?.id, reason: 'Shouting' })).toBe(204);
  expect(room.people()).toEqual([]);
  expect(events).toContain('banned');
  expect(await code(await own(hand, 'take'))).toBe('banned');
  const refused = await post('/hand', { name: 'New name', device: device(1) });
  expect(await refused.json()).toMatchObject({ code: 'banned', detail: 'The host wrote: Shouting' });
  await expect(
    connect('/r/theatre/whip', token, [{ mid: '0', direction: 'SendOnly', ssrc: 9 }]),
  ).rejects.toThrow(/403.*banned/);
  const invited = (headers = {}) => ask('GET', '/r/theatre/backstage', undefined, undefined, headers);
  const link = `Bearer ${await sign('fresh')}`;
  const withLink = await invited({ authorization: link, 'earshot-device': device(1) });
  expect(await code(withLink)).toBe('banned');
  expect((await invited({ authorization: link, 'earshot-device': device(2) })).status).toBe(200);
  // The site keeps it, and says so after a restart of the cell.
  const [ban] = room.raised.unconfirmed.added as [Ban];
  room.revoke({ generation: 0, barred: [], bans: [ban] });
  expect(room.raised.unconfirmed.added).toEqual([]);
  expect(await code(await post('/hand', { name: 'L1', device: device(1) }))).toBe('banned');
  expect(await act(await host(), { do: 'unban', ban: ban.id })).toBe(204);
  expect(room.raised.unconfirmed.lifted).toEqual([ban.id]);
  await raise(1);
  room.revoke(undefined);
  expect(room.raised.unconfirmed.lifted).toEqual([]);
});

test('only invited people speak where the host says so, and the limit of speakers is named', async () => {
  open({ invitedOnly: true });
  expect(await code(await post('/hand', { name: 'A', device: device(1) }))).toBe('hands-closed');
  expect(room.raised.told().open).toBe(false);
  open({ speakers: 1 });
  const hand = await raise(1);
  await microphone('ana');
  const full = await ask(
    'POST',
    '/r/theatre/backstage',
    await host(),
    JSON.stringify({ do: 'call', hand: hand.id }),
    {
      'content-type': 'application/json',
    },
  );
  expect(await full.json()).toMatchObject({
    code: 'stage-full',
    detail: expect.stringContaining('At most 1 '),
  });
  await expect(microphone('bob')).rejects.toThrow(/503.*stage-full/);
});

test('a thousand hands a second from one network are bounded by name; another network is not concerned', async () => {
  open();
  const answers = await Promise.all(
    Array.from({ length: 1_000 }, (_, n) => post('/hand', { name: 'A', device: device(n) }, '10.9.9.9')),
  );
  const made = answers.filter(({ status }) => status === 201).length;
  expect(made).toBe(150);
  const refused = answers.find(({ status }) => status === 429);
  expect(refused?.headers.get('retry-after')).toBe('1');
  expect(await refused?.json()).toMatchObject({
    code: 'too-often',
    detail: expect.stringContaining('one network'),
  });
  expect((await raise(2_000, {}, '10.9.9.10')).place).toBe(made + 1);
});

test.each([
  ['{', 'not JSON'],
  ['[]', 'object'],
  ['{"name":"A"}', 'device'],
  [`{"name":" ","device":"${'d'.repeat(20)}"}`, 'name'],
  [`{"name":"A","topic":"${'t'.repeat(141)}","device":"${'d'.repeat(20)}"}`, 'topic'],
  [`{"name":"A","device":"${'d'.repeat(20)}","__proto__":{},"x":1}`, 'no field'],
])('a body that is no hand is refused in words: %s', async (body, word) => {
  open();
  const answer = await ask('POST', '/r/theatre/hand', undefined, body, {
    'content-type': 'application/json',
  });
  expect(answer.status).toBe(422);
  expect(((await answer.json()) as { detail: string }).detail).toContain(word);
});

test('whoever only reads the id of a called hand cannot keep its page from coming up', async () => {
  open();
  const hand = await raise(1);
  expect(await act(await host(), { do: 'call', hand: hand.id })).toBe(204);
  expect(room.raised.told().called).toEqual([hand.id]);
  const guess = () => post(`/hand/${hand.id}/take`, { secret: 'x'.repeat(24) }, '10.6.6.6');
  const guesses = await Promise.all(Array.from({ length: 200 }, guess));
  expect(new Set(guesses.map(({ status }) => status))).toEqual(new Set([410, 429]));
  expect((await own(hand, 'take')).status).toBe(200);
});

test('a room that is not open takes no hand', async () => {
  const answer = await ask('POST', '/r/other/hand', undefined, '{}', { 'content-type': 'application/json' });
  expect(await code(answer)).toBe('room-not-open');
  expect(slug).toBe('theatre');
});

test('no answer about a hand can be read by pages of other origins', async () => {
  for (const method of ['POST', 'GET', 'OPTIONS'])
    for (const path of ['/hand', '/hand/aB-3/take']) {
      const answer = await ask(method, `/r/theatre${path}`, undefined);
      expect([method, path, answer.headers.get('access-control-allow-origin')]).toEqual([method, path, null]);
    }
});

test('a moderator keeps out link and device: they leave, read why and where to object, and come back when it is lifted', async () => {
  open();
  const hand = await raise(1);
  const seen = await (await hostPage()).until((line) => line.kind === 'hands' && line.hands.length > 0);
  const speaker = seen.kind === 'hands' ? (seen.hands[0]?.speaker ?? '') : '';
  const ban: Ban = {
    ...{ id: 'b1', name: 'L1', reason: 'Insults', by: 'Ana', at: 1, role: 'operator' },
    ...{
      notice: '/notice/abc',
      until: Date.UTC(2026, 11, 1),
      speaker,
    },
  };
  room.revoke({ generation: 0, barred: [], bans: [ban] });
  const told = (await (await own(hand, 'here')).json()) as { standing: string; word: string };
  expect(told.standing).toBe('banned');
  expect(told.word).toBe(
    'The operator of this server wrote: Insults. Until 2026-12-01 00:00 UTC. What was decided, and how to object: /notice/abc',
  );
  // Their device was known here: the site is told.
  const [whole] = room.raised.unconfirmed.added;
  expect(whole).toMatchObject({ id: 'b1', device: expect.stringMatching(/./) });
  const again = await post('/hand', { name: 'Other', topic: '', device: device(1) });
  expect([again.status, await again.text()]).toEqual([403, expect.stringContaining('/notice/abc')]);
  room.revoke({ generation: 0, barred: [], bans: [whole ?? ban] });
  expect(room.raised.unconfirmed.added).toEqual([]);
  room.revoke(undefined);
  expect((await post('/hand', { name: 'L1', topic: '', device: device(1) })).status).toBe(201);
});
