import { describe, expect, test } from 'vitest';
import { HOUR, inMs, NOW, refusal, roomsRig, tokens } from '../../test/rooms.ts';
import { RUN_UP_MS } from '../wire/room.ts';

const OPERATOR = 'operator-key-of-some-length';

const rig = roomsRig();
const { ask, card, create } = rig;

describe('starting a room', () => {
  test('without a start it opens at once, with a program that begins now in the emptiest cell', async () => {
    await create({ title: 'First' });
    await create({ title: 'Second' });
    expect(card('first')).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      slug: 'first',
      title: 'First',
      hosts: [],
      status: 'open',
      clocks: { opened: NOW },
      zero: NOW - RUN_UP_MS,
      cell: 0,
    });
    expect(card('second').cell).toBe(1);
  });

  test('gives a host link whose token is the host of this room only', async () => {
    const { slug, token, studio } = await create({ title: 'Town hall', host: 'Ana' });
    expect(studio).toBe(`https://x.example/r/town-hall/studio#token=${token}`);
    expect(await tokens.check(token, slug)).toMatchObject({ slug, role: 'host', name: 'Ana' });
    expect(await tokens.check(token, 'another')).toBe('token-other-room');
    expect(card(slug).hosts).toEqual(['Ana']);
  });

  test('the host link of a room a year ahead still works on the day', async () => {
    const ahead = 360 * 24 * HOUR;
    const { token } = await create({ title: 'Far', start: inMs(ahead) });
    const { exp = 0, iat = 0 } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    expect((exp - iat) * 1000).toBeGreaterThan(ahead);
  });

  test('an address is never used twice, not even after its room is over', async () => {
    const { token } = await create({ title: 'Again' });
    await ask('POST', '/api/rooms/again/end', undefined, token);
    const second = await create({ title: 'Again' });
    expect(second.slug).toMatch(/^again-[a-z2-9]{4}$/);
    expect(refusal(await ask('POST', '/api/rooms', { title: 'x', slug: 'again' }))).toEqual([
      409,
      'slug-taken',
    ]);
    expect((await create({ title: 'x', slug: 'my-own' })).slug).toBe('my-own');
  });

  test('nobody can take the address of the demo room', async () => {
    expect((await create({ title: 'Welcome' })).slug).toMatch(/^welcome-/);
    expect(refusal(await ask('POST', '/api/rooms', { title: 'x', slug: 'welcome' }))).toEqual([
      409,
      'slug-taken',
    ]);
  });

  test('a dozen at once with one title get a dozen addresses', async () => {
    const made = await Promise.all(
      Array.from({ length: 12 }, (_, i) => create({ title: 'Same', start: inMs(HOUR + i) })),
    );
    expect(new Set(made.map((m) => m.slug)).size).toBe(12);
  });

  test('a form is answered with the way to the studio', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' };
    const answer = await ask('POST', '/api/rooms', 'title=Caf%C3%A9+talk&host=&start=', undefined, form);
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toMatch(/^\/r\/cafe-talk\/studio#token=/);
    expect(card('cafe-talk').hosts).toEqual([]);
  });

  test.each([
    ['application/json', '{"title":"Town hall"}', 201],
    ['application/x-www-form-urlencoded', 'title=Town+hall', 303],
  ])('doors and cells know of the room before %s is answered', async (type, body, status) => {
    const told = Promise.withResolvers<void>();
    await rig.restart({ told: () => told.promise });
    let answered = false;
    const answer = ask('POST', '/api/rooms', body, undefined, {
      'content-type': type,
      'sec-fetch-site': 'same-origin',
    }).then((it) => {
      answered = true;
      return it;
    });
    await expect.poll(() => card('town-hall')).toBeDefined();
    await rig.settle();
    expect(answered).toBe(false);
    told.resolve();
    expect((await answer).status).toBe(status);
  });

  test('a form without scripts gives its time in UTC', async () => {
    const at = new Date(Math.ceil(Date.parse(inMs(HOUR)) / 60_000) * 60_000).toISOString();
    const form = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' };
    const body = `title=Later&host=&start=${encodeURIComponent(at.slice(0, 16))}`;
    const answer = await ask('POST', '/api/rooms', body, undefined, form);
    expect(answer.status).toBe(303);
    expect(card('later').clocks.scheduled).toBe(Date.parse(at));
  });

  const FORM = 'application/x-www-form-urlencoded';
  const sent = (body: string) => ask('POST', '/api/rooms', body, undefined, { 'content-type': FORM });
  const settings = async (answer: Awaited<ReturnType<typeof sent>>) => {
    const [, slug, token] = /^\/r\/(.+)\/studio#token=(.+)$/.exec(answer.headers.get('location') ?? '') ?? [];
    return { slug, token, set: (await ask('GET', `/api/rooms/${slug}/settings`, undefined, token)).body };
  };

  test('a form says who may come, and the password of a private room', async () => {
    const open = await settings(await sent('title=Hall&access=public&password='));
    expect(open.set).toEqual({ access: 'public', draft: false, password: false });
    const unlisted = await settings(await sent('title=Hall&access=unlisted&password='));
    expect(unlisted.set).toEqual({ access: 'unlisted', draft: false, password: false });
    const closed = await settings(await sent('title=Hall&access=private&password=correct+horse'));
    expect(closed.set).toEqual({ access: 'private', draft: false, password: true });
    expect((await ask('GET', `/api/rooms/${closed.slug}`)).status).toBe(404);
  });

  test('a form makes a draft, which its hosts announce', async () => {
    const { slug, token, set } = await settings(await sent('title=Hall&access=public&password=&draft=yes'));
    expect(set).toEqual({ access: 'public', draft: true, password: false });
    expect((await ask('GET', `/api/rooms/${slug}`)).status).toBe(404);
    expect((await ask('POST', `/api/rooms/${slug}/publish`, {}, token)).body.status).toBe('open');
    expect((await ask('GET', `/api/rooms/${slug}`)).status).toBe(200);
  });

  test.each([
    'title=Hall&access=public&password=correct+horse',
    'title=Hall&access=private&password=short',
    'title=Hall&access=nobody',
    'title=Hall&draft=true',
  ])('a form that asks for what there is not makes no room: %s', async (body) => {
    expect((await sent(body)).status).toBe(422);
    expect(rig.rooms.cards()).toEqual([]);
  });

  test.each([
    [FORM, { 'sec-fetch-site': 'cross-site' }],
    [FORM, { 'sec-fetch-site': 'cross-site', origin: 'https://x.example' }],
    [FORM, { origin: 'https://evil.example' }],
    [FORM, { origin: 'https://x.example.evil.example' }],
    [FORM, { origin: 'null' }],
    ['text/plain', { 'sec-fetch-site': 'cross-site' }],
    ['text/plain', { origin: 'https://evil.example' }],
  ])('a page of another site starts no room with %s and %j', async (type, said) => {
    const text = type === FORM ? 'title=x' : '{"title":"x"}';
    const answer = await ask('POST', '/api/rooms', text, undefined, { 'content-type': type, ...said });
    expect(refusal(answer)).toEqual([403, 'foreign-page']);
    expect(rig.rooms.cards()).toEqual([]);
  });

  test.each([
    {},
    { 'sec-fetch-site': 'same-origin', origin: 'null' },
    { origin: 'https://x.example' },
    { origin: 'http://door.internal' },
    { origin: 'https://rooms.example:8443', 'x-forwarded-host': 'rooms.example:8443' },
  ])('a form of this site, or of no browser, starts a room: %j', async (said) => {
    const answer = await ask('POST', '/api/rooms', 'title=x', undefined, { 'content-type': FORM, ...said });
    expect(answer.status).toBe(303);
  });

  test('a full server says so and takes rooms again when one has ended', async () => {
    await rig.restart({ cells: 1, roomsPerCell: 2 });
    const { token } = await create({ title: 'One' });
    await create({ title: 'Two' });
    const full = await ask('POST', '/api/rooms', { title: 'Three' });
    expect(refusal(full)).toEqual([503, 'rooms-full']);
    expect(full.headers.get('retry-after')).toBeTruthy();
    await create({ title: 'Later', start: inMs(HOUR) });
    await ask('POST', '/api/rooms/one/end', undefined, token);
    await create({ title: 'Three' });
  });

  test('a burst of new rooms is slowed down, and may go on after a while', async () => {
    for (let i = 0; i < 30; i++) await create({ title: `r${i}`, start: inMs(HOUR) });
    const answer = await ask('POST', '/api/rooms', { title: 'r30', start: inMs(HOUR) });
    expect(refusal(answer)).toEqual([429, 'too-many-rooms']);
    rig.clock.advance(2000);
    await create({ title: 'r30', start: inMs(HOUR) });
  });

  test('where only the operator starts rooms, the key is needed and suffices', async () => {
    await rig.restart({ create: 'operator', operatorKey: OPERATOR });
    expect(refusal(await ask('POST', '/api/rooms', { title: 'x' }))).toEqual([401, 'token-missing']);
    expect(refusal(await ask('POST', '/api/rooms', { title: 'x' }, 'wrong'))).toEqual([403, 'operator-only']);
    expect((await ask('POST', '/api/rooms', { title: 'x y z' }, OPERATOR)).status).toBe(201);
    expect((await ask('POST', '/api/rooms/x-y-z/live', undefined, OPERATOR)).status).toBe(200);
  });
});

describe('what a request may hold', () => {
  test.each([
    ['no title', {}],
    ['an empty title', { title: '   ' }],
    ['a title of controls only', { title: '\u0000\u202e\u200f' }],
    ['a title of which nothing can be seen', { title: '\u200b\u2060\u3164\u200d' }],
    ['a title of 141', { title: 'a'.repeat(141) }],
    ['a title that is a list', { title: ['x'] }],
    ['a torn character', '{"title":"\\ud83d"}'],
    ['a start in the past', { title: 'x', start: inMs(-1) }],
    ['a start after more than a year', { title: 'x', start: inMs(367 * 24 * HOUR) }],
    ['a start without offset', { title: 'x', start: '2026-02-01T20:00:00' }],
    ['a start that is a number', { title: 'x', start: NOW + HOUR }],
    ['an address with a slash', { title: 'x', slug: '../etc' }],
    ['a short address', { title: 'x', slug: 'ab' }],
    ['an unknown field', { title: 'x', status: 'live' }],
    ['a prototype', '{"title":"x","__proto__":{"welcome":true}}'],
    ['a list', []],
    ['null', 'null'],
    ['nothing', ''],
  ])('%s is refused with the reason', async (_, body) => {
    const answer = await ask('POST', '/api/rooms', body);
    expect(refusal(answer)).toEqual([422, 'unprocessable']);
    expect(String(answer.body.detail).length).toBeGreaterThan(5);
    expect(rig.rooms.cards()).toEqual([]);
  });

  test.each([
    ['half a JSON', '{"title":'],
    ['not UTF-8', new Uint8Array([0x22, 0xff, 0xfe, 0x22])],
  ])('%s is not understood', async (_, body) => {
    expect(refusal(await ask('POST', '/api/rooms', body))).toEqual([400, 'bad-request']);
  });

  test('lists nested thousands deep are refused, not followed', async () => {
    const deep = `{"title":${'['.repeat(7000)}${']'.repeat(7000)}}`;
    expect(refusal(await ask('POST', '/api/rooms', deep))).toEqual([400, 'bad-request']);
  });

  test('16 kB are read and no more', async () => {
    expect(refusal(await ask('POST', '/api/rooms', `"${'a'.repeat(17_000)}"`))).toEqual([413, 'too-large']);
    const endless = new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(4096).fill(0x20)) });
    const request = new Request('http://x/api/rooms', {
      ...{ method: 'POST', body: endless, duplex: 'half', headers: { 'content-type': 'application/json' } },
    });
    expect((await rig.rooms.fetch(request)).status).toBe(413);
  });

  test('other content types are refused', async () => {
    const answer = await ask('POST', '/api/rooms', '{"title":"x"}', undefined, {
      'content-type': 'text/plain',
    });
    expect(refusal(answer)).toEqual([415, 'unsupported-media-type']);
  });

  test('140 characters outside the basic plane are a title; spaces and controls are tidied', async () => {
    const { slug } = await create({ title: '𝄞'.repeat(140) });
    expect(card(slug).title).toBe('𝄞'.repeat(140));
    const { slug: tidy } = await create({ title: ' Good\u202e\n\t evening\u0007 ' });
    expect(card(tidy).title).toBe('Good evening');
  });
});
