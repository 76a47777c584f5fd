import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ManualClock, manualClock } from '../../test/clock.ts';
import {
  type Client,
  isMedia,
  type Line,
  newSsrc,
  openClient,
  openNetwork,
  until,
} from '../../test/webrtc.ts';
import type { Slug, SpeakerId } from '../base/ids.ts';
import { silentLog } from '../base/log.ts';
import type { Packet } from '../base/media.ts';
import { type Grant, openTokens } from '../base/token.ts';
import type { BackstageLine } from '../wire/backstage.ts';
import { open, type Stage, type StageRoom } from './index.ts';
import { wrapRed } from './red.ts';
import { nack, readRtcp, receiverReport } from './rtcp.ts';
import { isRtcp, readRtp, writeRtp } from './rtp.ts';

const slug = 'theatre' as Slug;
const tokens = openTokens(Buffer.alloc(32, 9));

let clock: ManualClock;
let stage: Stage;
let room: StageRoom;
let packets: Packet[];
let events: string[];
let clients: Client[];

const hooks = {
  packet: (packet: Packet) => void packets.push(packet),
  joined: (id: SpeakerId) => void events.push(`joined ${id}`),
  left: (id: SpeakerId) => void events.push(`left ${id}`),
  muted: (id: SpeakerId, muted: boolean) => void events.push(`${muted ? 'muted' : 'unmuted'} ${id}`),
  changed: () => undefined,
};

beforeEach(async () => {
  clock = manualClock();
  packets = [];
  events = [];
  clients = [];
  stage = await open({
    clock,
    log: silentLog,
    tokens,
    udpPort: 0,
    bindAddress: '127.0.0.1',
    iceServers: [{ urls: 'turn:turn.example:3478?transport=udp', username: 'u', credential: 'c"d' }],
    maxSpeakers: 12,
  });
  room = stage.openRoom(slug, hooks);
});
afterEach(async () => {
  for (const client of clients) client[Symbol.dispose]();
  await stage[Symbol.asyncDispose]();
});

const sign = (speaker: string, role: Grant['role'] = 'speaker', at: Slug = slug): Promise<string> =>
  tokens.sign({ slug: at, speaker: speaker as SpeakerId, role, name: speaker.toUpperCase() });

/** The stage's side of a handshake ends a moment after the client's. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));

/** A client whose connection stands. */
async function connect(path: string, token: string, lines: readonly Line[]): Promise<Client> {
  const client = await openClient(stage.fetch, path, token, lines);
  clients.push(client);
  if (client.response.status !== 201) throw new Error(`${client.response.status} ${client.answer}`);
  await client.connected();
  await settled();
  return client;
}

/** A microphone that sends numbered packets. */
async function microphone(
  who: string,
  more: Partial<Line> = {},
  query = '',
  role: Grant['role'] = 'speaker',
) {
  const ssrc = newSsrc();
  const client = await connect(`/r/theatre/whip${query}`, await sign(who, role), [
    { mid: '0', direction: 'SendOnly', ssrc, level: true, ...more },
  ]);
  await until(`${who} is on stage`, () => room.people().some((one) => one.id === who && one.connected));
  return {
    client,
    ssrc,
    say(
      sequence: number,
      payload: Uint8Array = Uint8Array.from([0x78, sequence & 255, 7]),
      level = 25,
      from = ssrc,
    ) {
      client.send(
        0,
        writeRtp(
          {
            payloadType: 111,
            marker: false,
            sequence: sequence & 0xffff,
            timestamp: (sequence * 960) >>> 0,
            ssrc: from,
            levelId: 1,
            level,
          },
          payload,
        ),
      );
    },
  };
}

const ear = async (who: string, slots = 3, more: Partial<Line> = {}): Promise<Client> =>
  connect(
    '/r/theatre/whep',
    await sign(who),
    Array.from({ length: slots }, (_, index) => ({
      mid: String(index),
      direction: 'RecvOnly' as const,
      level: true,
      ...more,
    })),
  );

const heard = (client: Client, line: number) =>
  (client.received[line] ?? []).filter((bytes) => !isRtcp(bytes)).map((bytes) => readRtp(bytes, 1));
const lineOf = (client: Client, text: string): string =>
  client.answer.split('\r\n').find((l) => l.startsWith(text)) ?? '';

/** Sends a request to the stage. */
async function ask(
  method: string,
  path: string,
  token?: string,
  body?: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return stage.fetch(
    new Request(`http://stage.test${path}`, {
      method,
      headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
      ...(body === undefined ? {} : { body }),
    }),
  );
}
const act = async (token: string, action: object): Promise<number> =>
  (
    await ask('POST', '/r/theatre/backstage', token, JSON.stringify(action), {
      'content-type': 'application/json',
    })
  ).status;
const code = async (response: Response): Promise<string> =>
  ((await response.json()) as { code: string }).code;

describe('a microphone', () => {
  test('is answered with 201, a session, its ETag and the TURN server; its packets are handed on with level', async () => {
    const ann = await microphone('ann');
    const { headers } = ann.client.response;
    expect(headers.get('location')).toMatch(/^\/r\/theatre\/whip\/[\w-]{22}$/);
    expect(headers.get('etag')).toMatch(/^"[0-9a-f]+"$/);
    expect(headers.get('content-type')).toBe('application/sdp');
    expect(headers.get('accept-patch')).toBe('application/trickle-ice-sdpfrag');
    expect(headers.get('link')).toBe(
      '<turn:turn.example:3478?transport=udp>; rel="ice-server"; username="u"; credential="c\\"d"; credential-type="password"',
    );
    expect(lineOf(ann.client, 'a=fmtp:111')).toContain('usedtx=1');
    expect(ann.client.answer).toContain('a=rtcp-fb:111 nack');
    expect(ann.client.answer).toContain('a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level');
    expect(ann.client.answer).toContain(`127.0.0.1 ${stage.udpPort} typ host`);
    for (let i = 0; i < 5; i += 1) ann.say(65_533 + i);
    await until('five packets', () => packets.length === 5);
    expect(packets.map((packet) => packet.sequence)).toEqual([65_533, 65_534, 65_535, 0, 1]);
    expect(packets[0]).toMatchObject({ speaker: 'ann', level: 25, timestamp: (65_533 * 960) >>> 0 });
    expect([...(packets[0]?.payload ?? [])]).toEqual([0x78, 65_533 & 255, 7]);
    expect(events).toEqual(['joined ann']);
    expect(room.people()[0]).toMatchObject({ id: 'ann', name: 'ANN', role: 'speaker', connected: true });
  });

  test('counts as speaking while it is loud, and 700 ms longer', async () => {
    const ann = await microphone('ann');
    for (let i = 0; i < 4; i += 1) ann.say(i, undefined, 20);
    await until('four packets', () => packets.length === 4);
    expect(room.people()[0]?.speaking).toBe(true);
    clock.advance(650);
    expect(room.people()[0]?.speaking).toBe(true);
    clock.advance(100);
    expect(room.people()[0]?.speaking).toBe(false);
  });

  test('that sends RED is unwrapped, and a lost packet comes from the next one', async () => {
    const ann = await microphone('ann', { red: 'first' });
    expect(lineOf(ann.client, 'm=audio')).toMatch(/ 63 111$/);
    const send = (sequence: number): boolean =>
      ann.client.send(
        0,
        writeRtp(
          {
            payloadType: 63,
            marker: false,
            sequence,
            timestamp: sequence * 960,
            ssrc: ann.ssrc,
            levelId: 1,
            level: 30,
          },
          wrapRed(111, Uint8Array.from([0x78, sequence - 1]), 960, Uint8Array.from([0x78, sequence])),
        ),
      );
    for (const sequence of [10, 11, 13]) send(sequence);
    await until('the packets', () => packets.length >= 5);
    expect(
      packets.map(({ sequence, timestamp, payload }) => [sequence, timestamp / 960, payload[1]]),
    ).toEqual(
      [
        [9, 9, 9],
        [10, 10, 10],
        [11, 11, 11],
        [12, 12, 12],
        [13, 13, 13],
      ].slice(packets[0]?.sequence === 9 ? 0 : 1),
    );
    expect(room.link('ann' as SpeakerId)).toMatchObject({ redundant: 3 });
  });

  test('is asked for lost packets and told of the loss that its listeners have', async () => {
    const ann = await microphone('ann');
    const bob = await ear('bob', 1);
    const asked: number[] = [];
    const told: number[] = [];
    ann.client.heard((_, bytes) => {
      if (!isRtcp(bytes)) return;
      const { nacks, reports } = readRtcp(bytes);
      for (const item of nacks) asked.push(...item.sequences);
      for (const block of reports) if (block.ssrc === ann.ssrc) told.push(block.fraction);
    });
    for (const sequence of [1, 2, 5]) ann.say(sequence);
    await until('three packets', () => packets.length === 3);
    clock.advance(50);
    await until('a NACK', () => asked.length === 2);
    expect(asked).toEqual([3, 4]);
    ann.say(3);
    ann.say(4);
    await until('the repair', () => packets.length === 5);
    clock.advance(5_000);
    for (let i = 6; i < 12; i += 1) ann.say(i);
    await until('more packets', () => packets.length === 11);
    clock.advance(1_000);
    await until('a report', () => told.length > 0);
    // Bob reports 30 % on his slot: Ann hears of it, so that her browser adds FEC.
    const slot = readRtp(bob.received[0]?.find((bytes) => !isRtcp(bytes)) ?? Buffer.alloc(0));
    const lost = { fraction: 0.3, lost: 0, highest: 0, jitter: 0, lastReport: 0, delay: 0 };
    bob.send(0, receiverReport(5, { ssrc: slot?.ssrc ?? 0, ...lost }));
    await until('the loss arrives', () => {
      clock.advance(1_000);
      ann.say(packets.length + 10);
      return told.some((fraction) => fraction > 0.28);
    });
  });

  test('garbage in its RTP and RTCP hurts nobody', async () => {
    const ann = await microphone('ann');
    const ben = await microphone('ben');
    const noise = (length: number, seed: number): Buffer => {
      const bytes = Buffer.alloc(length);
      let state = seed;
      for (let i = 0; i < length; i += 1) {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
        bytes[i] = state >>> 24;
      }
      return bytes;
    };
    for (let i = 0; i < 200; i += 1) {
      const bytes = noise(12 + (i % 80), i);
      // Version 2, so that it passes the transport; every second one with RTCP's packet types.
      bytes[0] = 0x80 | ((bytes[0] ?? 0) % 64);
      if (i % 2) bytes[1] = 200 + (i % 8);
      ann.client.send(0, bytes);
    }
    ann.client.send(
      0,
      writeRtp({ payloadType: 8, marker: false, sequence: 1, timestamp: 1, ssrc: ann.ssrc }, noise(9, 1)),
    );
    for (let i = 0; i < 10; i += 1) ben.say(i);
    await until('Ben is heard', () => packets.filter((packet) => packet.speaker === 'ben').length === 10);
    expect(packets.filter((packet) => packet.speaker === 'ann' && packet.payload.length > 1_450)).toEqual([]);
  });

  test('a flood of sources ends the session that sends it', async () => {
    const ann = await microphone('ann');
    ann.say(1);
    await until('a packet', () => packets.length === 1);
    for (let i = 0; i < 40; i += 1) ann.say(i, undefined, 20, 1_000_000 + i);
    await until('the session is closed', () => room.people()[0]?.connected === false);
    expect(packets).toHaveLength(1);
  });

  test('more packets than any Opus stream has are dropped', async () => {
    const ann = await microphone('ann');
    for (let i = 0; i < 700; i += 1) ann.say(i);
    await until('the flood is over', () => (room.link('ann' as SpeakerId)?.dropped ?? 0) > 100);
    expect(packets.length).toBeLessThanOrEqual(500);
  });
});

describe('the others', () => {
  test('hear a speaker on a slot of their own, packet by packet, and nobody hears themselves', async () => {
    const ann = await microphone('ann');
    const ben = await microphone('ben');
    const bob = await ear('bob');
    const self = await ear('ann');
    for (let i = 0; i < 10; i += 1) {
      ann.say(100 + i);
      ben.say(40_000 + i, Uint8Array.from([0x78, 200, i]));
    }
    await until('20 packets', () => heard(bob, 0).length + heard(bob, 1).length === 20);
    expect(heard(bob, 2)).toHaveLength(0);
    for (const line of [0, 1]) {
      const got = heard(bob, line);
      const first = got[0]?.sequence ?? 0;
      expect(got.map((packet) => packet?.sequence)).toEqual(got.map((_, index) => (first + index) & 0xffff));
      expect(new Set(got.map((packet) => packet?.ssrc)).size).toBe(1);
      expect(got.every((packet) => packet?.level === 25)).toBe(true);
      expect(bob.answer).toContain(`a=ssrc:${got[0]?.ssrc} cname:stage`);
    }
    const mine = heard(self, 0).concat(heard(self, 1), heard(self, 2));
    expect(mine).toHaveLength(10);
    expect(mine.every((packet) => packet?.payload[1] === 200)).toBe(true);
  });

  test('get a packet again when they ask for it', async () => {
    const ann = await microphone('ann');
    using network = await openNetwork(stage.udpPort);
    const bob = await openClient(
      stage.fetch,
      '/r/theatre/whep',
      await sign('bob'),
      [{ mid: '0', direction: 'RecvOnly' }],
      {
        offer: (sdp) => sdp.replace(/a=candidate.*\r\n/g, ''),
        answer: (sdp) => sdp.replaceAll(` ${stage.udpPort} typ`, ` ${network.port} typ`),
      },
    );
    clients.push(bob);
    await bob.connected();
    await settled();
    ann.say(0);
    await until('the first packet', () => heard(bob, 0).length === 1);
    const first = heard(bob, 0)[0]?.sequence ?? 0;
    const missing = (first + 3) & 0xffff;
    let lost = 0;
    // The header of SRTP is in the clear.
    network.lose = (bytes, down) =>
      down && isMedia(bytes) && bytes.readUInt16BE(2) === missing && lost++ === 0;
    for (let i = 1; i < 6; i += 1) ann.say(i);
    await until('four of five', () => heard(bob, 0).length === 5);
    expect(heard(bob, 0).map((packet) => packet?.payload[1])).toEqual([0, 1, 2, 4, 5]);
    bob.send(0, nack(1, heard(bob, 0)[0]?.ssrc ?? 0, [missing]));
    await until('the fifth', () => heard(bob, 0).length === 6);
    expect(heard(bob, 0)[5]).toMatchObject({ sequence: missing });
    expect(heard(bob, 0)[5]?.payload[1]).toBe(3);
  });

  test('with one slot hear whoever speaks', async () => {
    const ann = await microphone('ann');
    const ben = await microphone('ben');
    const bob = await ear('bob', 1);
    for (let i = 0; i < 3; i += 1) ann.say(i, Uint8Array.from([0x78, 1]), 20);
    await until('Ann', () => heard(bob, 0).length === 3);
    ben.say(1, Uint8Array.from([0x78, 2]), 20);
    await until('Ben is known', () => packets.length === 4);
    clock.advance(700);
    ben.say(2, Uint8Array.from([0x78, 2]), 20);
    await until('Ben', () => heard(bob, 0).length === 4);
    expect(heard(bob, 0).map((packet) => packet?.payload[1])).toEqual([1, 1, 1, 2]);
    expect(new Set(heard(bob, 0).map((packet) => packet?.ssrc)).size).toBe(1);
  });

  test('are twelve at once, and each hears the eleven others', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `p${index}`);
    const mics = await Promise.all(names.map((name) => microphone(name)));
    const ears = await Promise.all(names.map((name) => ear(name, 12)));
    for (let i = 0; i < 20; i += 1) {
      for (const [index, mic] of mics.entries()) mic.say(index * 3_000 + i, Uint8Array.from([0x78, index]));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const total = (client: Client): number => client.received.flat().filter((bytes) => !isRtcp(bytes)).length;
    await until('everything arrives', () => ears.every((one) => total(one) === 220), 8_000);
    ears.forEach((one, index) => {
      const voices = new Set(
        one.received.flat().map((bytes) => (isRtcp(bytes) ? -1 : (readRtp(bytes)?.payload[1] ?? -1))),
      );
      voices.delete(-1);
      expect([...voices].sort((a, b) => a - b)).toEqual(names.map((_, n) => n).filter((n) => n !== index));
    });
    expect(packets).toHaveLength(240);
  });
});

describe('a place', () => {
  test('is kept over a quick reconnect: no leave, the same order', async () => {
    const ann = await microphone('ann');
    clock.advance(10);
    await microphone('ben');
    ann.client.connection.close();
    clock.advance(5_050);
    expect(room.people()[0]?.connected).toBe(false);
    clock.advance(2_500);
    await microphone('ann');
    expect(events).toEqual(['joined ann', 'joined ben']);
    expect(room.people().map((one) => one.id)).toEqual(['ann', 'ben']);
  });

  test('is left after 3 s and forgotten after 60 s', async () => {
    const ann = await microphone('ann');
    ann.client.connection.close();
    clock.advance(5_050);
    expect(room.people()[0]?.connected).toBe(false);
    clock.advance(2_900);
    expect(events).toEqual(['joined ann']);
    clock.advance(200);
    expect(events).toEqual(['joined ann', 'left ann']);
    expect(room.people()).toHaveLength(1);
    clock.advance(57_000);
    expect(room.people()).toHaveLength(0);
    expect(events).toEqual(['joined ann', 'left ann']);
  });

  test('of a browser that died without a word is away after 5 s', async () => {
    const ann = await microphone('ann');
    ann.say(1);
    await until('a packet', () => packets.length === 1);
    clock.advance(4_900);
    expect(room.people()[0]?.connected).toBe(true);
    clock.advance(200);
    expect(room.people()[0]?.connected).toBe(false);
  });

  test('of a paused microphone that only reports is not lost', async () => {
    const ann = await microphone('ann');
    ann.say(1);
    await until('a packet', () => packets.length === 1);
    const report = receiverReport(ann.ssrc, {
      ssrc: 1,
      fraction: 0,
      lost: 0,
      highest: 0,
      jitter: 0,
      lastReport: 0,
      delay: 0,
    });
    clock.advance(3_000);
    ann.client.send(0, report);
    await new Promise((resolve) => setTimeout(resolve, 100));
    clock.advance(7_500);
    expect(room.people()[0]?.connected).toBe(true);
    clock.advance(3_000);
    expect(room.people()[0]?.connected).toBe(false);
  });

  test('has one microphone: a second is refused while the first is alive, unless it takes over', async () => {
    const first = await microphone('ann');
    const second = await openClient(stage.fetch, '/r/theatre/whip', await sign('ann'), [
      { mid: '0', direction: 'SendOnly', ssrc: newSsrc() },
    ]);
    clients.push(second);
    expect(second.response.status).toBe(409);
    expect(JSON.parse(second.answer).code).toBe('already-on-stage');
    const third = await microphone('ann', {}, '?takeover=1');
    first.say(1);
    third.say(2);
    await until('the new microphone', () => packets.length > 0);
    expect(packets.map((packet) => packet.sequence)).toEqual([2]);
    expect(events).toEqual(['joined ann']);
  });

  test('may be taken again at once when the client’s network changed', async () => {
    const ann = await microphone('ann');
    const restart = await ask(
      'PATCH',
      ann.client.location,
      await sign('ann'),
      'a=ice-ufrag:new1\r\na=ice-pwd:x\r\n',
      {
        'content-type': 'application/trickle-ice-sdpfrag',
        'if-match': '*',
      },
    );
    expect(restart.status).toBe(422);
    await microphone('ann');
    expect(events).toEqual(['joined ann']);
  });

  test('is given up by DELETE, at once', async () => {
    const ann = await microphone('ann');
    expect((await ask('DELETE', ann.client.location, await sign('ben'))).status).toBe(404);
    expect((await ask('DELETE', ann.client.location, await sign('ann'))).status).toBe(200);
    expect(events).toEqual(['joined ann', 'left ann']);
    expect(room.people()).toEqual([]);
    expect((await ask('DELETE', ann.client.location, await sign('ann'))).status).toBe(404);
  });

  test('is refused with 503 and Retry-After when the stage is full; the host comes in', async () => {
    await stage[Symbol.asyncDispose]();
    stage = await open({
      clock,
      log: silentLog,
      tokens,
      udpPort: 0,
      bindAddress: '127.0.0.1',
      iceServers: [],
      maxSpeakers: 1,
    });
    room = stage.openRoom(slug, hooks);
    await microphone('ann');
    const late = await openClient(stage.fetch, '/r/theatre/whip', await sign('ben'), [
      { mid: '0', direction: 'SendOnly', ssrc: newSsrc() },
    ]);
    clients.push(late);
    expect(late.response.status).toBe(503);
    expect(late.response.headers.get('retry-after')).toBe('10');
    await microphone('zoe', {}, '', 'host');
    expect(room.people().map((one) => one.role)).toEqual(['speaker', 'host']);
  });

  test('of a client that never connects is closed after 20 s', async () => {
    const ghost = await openClient(stage.fetch, '/r/theatre/whip', await sign('ghost'), [
      { mid: '0', direction: 'SendOnly', ssrc: newSsrc() },
    ]);
    ghost[Symbol.dispose]();
    clock.advance(21_000);
    const gone = await ask('DELETE', ghost.location, await sign('ghost'));
    expect(gone.status).toBe(404);
    expect(room.people()).toEqual([]);
  });
});

describe('a request', () => {
  test('is refused by token, room and type', async () => {
    const ann = await sign('ann');
    const sdp = { 'content-type': 'application/sdp' };
    const expired = await tokens.sign({ slug, speaker: 'x' as SpeakerId, role: 'speaker', name: '' }, -5);
    expect((await ask('POST', '/r/theatre/whip', undefined, 'v=0', sdp)).status).toBe(401);
    expect(await code(await ask('POST', '/r/theatre/whip', `${ann}x`, 'v=0', sdp))).toBe('token-invalid');
    expect(await code(await ask('POST', '/r/theatre/whip', expired, 'v=0', sdp))).toBe('token-expired');
    expect((await ask('POST', '/r/another/whip', ann, 'v=0', sdp)).status).toBe(403);
    const other = await sign('ann', 'speaker', 'closed-room' as Slug);
    expect(await code(await ask('POST', '/r/closed-room/whip', other, 'v=0', sdp))).toBe('room-not-open');
    expect((await ask('POST', '/r/theatre/whip', ann, 'v=0', { 'content-type': 'text/plain' })).status).toBe(
      415,
    );
    expect((await ask('POST', '/r/theatre/whip', ann, 'v=0\r\n'.repeat(14_000), sdp)).status).toBe(413);
    const bad = await ask('POST', '/r/theatre/whip', ann, 'v=0\r\n', sdp);
    expect(bad.status).toBe(400);
    expect(bad.headers.get('content-type')).toBe('application/problem+json');
    expect(await code(bad)).toBe('bad-sdp');
    expect((await ask('GET', '/r/theatre/whip', ann)).status).toBe(405);
  });

  test('from another origin is allowed by OPTIONS, which names the TURN servers', async () => {
    const response = await ask('OPTIONS', '/r/theatre/whip');
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-methods')).toContain('PATCH');
    expect(response.headers.get('access-control-allow-headers')).toContain('Authorization');
    expect(response.headers.get('accept-post')).toBe('application/sdp');
    expect(response.headers.get('link')).toContain('rel="ice-server"');
  });

  test('that trickles needs the right ETag', async () => {
    const ann = await microphone('ann');
    const token = await sign('ann');
    const body = 'a=mid:0\r\na=candidate:1 1 udp 2122 127.0.0.1 50000 typ host\r\n';
    const type = { 'content-type': 'application/trickle-ice-sdpfrag' };
    const patch = (more: Record<string, string>, text = body) =>
      ask('PATCH', ann.client.location, token, text, more);
    expect((await patch({ ...type, 'if-match': ann.client.etag })).status).toBe(204);
    expect((await patch({ ...type, 'if-match': '"other"' })).status).toBe(412);
    expect((await patch(type)).status).toBe(428);
    expect((await patch({ 'content-type': 'text/plain', 'if-match': '*' })).status).toBe(415);
    expect((await patch({ ...type, 'if-match': ann.client.etag }, 'hello')).status).toBe(400);
  });

  test('with video as well is answered for the voice alone', async () => {
    const ssrc = newSsrc();
    const client = await openClient(
      stage.fetch,
      '/r/theatre/whip',
      await sign('obs'),
      [{ mid: '0', direction: 'SendOnly', ssrc }],
      {
        offer: (sdp) =>
          `${sdp.replace('BUNDLE 0', 'BUNDLE 0 1')}m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\na=sendonly\r\na=rtpmap:96 H264/90000\r\n`,
      },
    );
    clients.push(client);
    expect(client.response.status).toBe(201);
    expect(client.answer).toContain('m=video 0 UDP/TLS/RTP/SAVPF 96');
    expect(client.answer).toContain('a=group:BUNDLE 0\r\n');
  });
});

describe('backstage', () => {
  /** Reads lines of a stream until `enough`. */
  async function lines(
    response: Response,
    enough: (all: BackstageLine[]) => boolean,
  ): Promise<BackstageLine[]> {
    const all: BackstageLine[] = [];
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (reader && !enough(all)) {
      const { value, done } = await reader.read();
      if (done) break;
      text += value;
      const parts = text.split('\n');
      text = parts.pop() ?? '';
      all.push(...parts.map((part) => JSON.parse(part) as BackstageLine));
    }
    return all;
  }

  test('tells who one is, who is there, the program and the levels', async () => {
    const ann = await microphone('ann');
    room.show({
      kind: 'program',
      status: 'open',
      program: { carries: 'standby', since: 1 },
      streams: 3,
      gaps: 0,
      recordingFailed: false,
    });
    const response = await ask('GET', '/r/theatre/backstage', await sign('host', 'host'));
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    room.programLevel = -12;
    for (let i = 0; i < 4; i += 1) ann.say(i, undefined, 18);
    await until('four packets', () => packets.length === 4);
    clock.advance(100);
    const all = await lines(response, (so) =>
      so.some((line) => line.kind === 'levels' && line.people.ann === 18),
    );
    expect(all.map((line) => line.kind).slice(0, 3)).toEqual(['you', 'roster', 'program']);
    expect(all[0]).toEqual({ kind: 'you', id: 'host', name: 'HOST', role: 'host' });
    expect(all.at(-1)).toMatchObject({ kind: 'levels', program: -12 });
    expect(all.findLast((line) => line.kind === 'roster')).toMatchObject({
      people: [{ id: 'ann', speaking: true }],
    });
  });

  test('a host mutes: nothing of the speaker is heard until the host asks them again', async () => {
    const ann = await microphone('ann');
    const bob = await ear('bob', 1);
    const [host, own] = [await sign('host', 'host'), await sign('ann')];
    const stream = await ask('GET', '/r/theatre/backstage', own);
    expect(await act(host, { do: 'mute', who: 'ann' })).toBe(204);
    ann.say(1);
    await until('the muted packet', () => room.link('ann' as SpeakerId)?.packets === 1);
    expect(await act(own, { do: 'muted', muted: false })).toBe(403);
    expect(room.people()[0]?.muted).toBe(true);
    expect(await act(host, { do: 'ask-unmute', who: 'ann' })).toBe(204);
    expect(room.people()[0]?.muted).toBe(true);
    expect(await act(own, { do: 'muted', muted: false })).toBe(204);
    ann.say(2);
    await until('the second packet', () => heard(bob, 0).length === 1);
    expect(packets.map((packet) => packet.sequence)).toEqual([2]);
    expect(events).toEqual(['joined ann', 'muted ann', 'unmuted ann']);
    const asked = await lines(stream, (all) => all.filter((line) => line.kind === 'asked').length === 2);
    expect(asked.filter((line) => line.kind === 'asked').map((line) => line.what)).toEqual([
      'mute',
      'unmute',
    ]);
  });

  test('a host removes: the session ends and the link does not come in again', async () => {
    await microphone('ann');
    expect(await act(await sign('host', 'host'), { do: 'remove', who: 'ann' })).toBe(204);
    expect(room.people()).toEqual([]);
    expect(events).toEqual(['joined ann', 'left ann']);
    const again = await openClient(stage.fetch, '/r/theatre/whip', await sign('ann'), [
      { mid: '0', direction: 'SendOnly', ssrc: newSsrc() },
    ]);
    clients.push(again);
    expect(again.response.status).toBe(403);
    expect((await ask('GET', '/r/theatre/backstage', await sign('ann'))).status).toBe(403);
  });

  test('a host hands over; a speaker cannot; a co-host cannot remove the host', async () => {
    await microphone('ann');
    await microphone('zoe', {}, '', 'host');
    const [host, ann] = [await sign('zoe', 'host'), await sign('ann')];
    expect(await act(ann, { do: 'mute', who: 'zoe' })).toBe(403);
    expect(await act(host, { do: 'make-host', who: 'ann' })).toBe(204);
    expect(room.people()[0]?.role).toBe('co-host');
    expect(await act(ann, { do: 'mute', who: 'ann' })).toBe(204);
    expect(await act(ann, { do: 'remove', who: 'zoe' })).toBe(403);
  });

  test('an action that is none is refused', async () => {
    const token = await sign('ann');
    await microphone('ann');
    expect(await act(token, { do: 'dance' })).toBe(422);
    expect(await act(token, { do: 'rename', name: '   ' })).toBe(422);
    expect(await act(token, { do: 'rename', name: 'Ännchen' })).toBe(204);
    expect(room.people()[0]?.name).toBe('Ännchen');
    expect(await act(token, { do: 'muted', muted: true, extra: 1 })).toBe(422);
    const long = await ask('POST', '/r/theatre/backstage', token, `"${'x'.repeat(17_000)}"`, {
      'content-type': 'application/json',
    });
    expect(long.status).toBe(413);
  });

  test('a reader that stops reading is closed, the others go on', async () => {
    const stuck = await ask('GET', '/r/theatre/backstage', await sign('stuck'));
    const fine = await ask('GET', '/r/theatre/backstage', await sign('fine'));
    const line = {
      kind: 'program',
      status: 'live',
      program: { carries: 'stage', since: 1 },
      streams: 1,
      gaps: 0,
      recordingFailed: false,
    } as const;
    const reading = lines(fine, (all) => all.length >= 6_002);
    for (let i = 0; i < 60; i += 1) {
      for (let k = 0; k < 100; k += 1) room.show(line);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await reading).length).toBeGreaterThanOrEqual(6_002);
    const rest = await lines(stuck, () => false);
    expect(rest.length).toBeLessThan(6_000);
  });

  test('closing the room ends its streams and sessions', async () => {
    const ann = await microphone('ann');
    const stream = await ask('GET', '/r/theatre/backstage', await sign('ann'));
    await room[Symbol.asyncDispose]();
    expect((await lines(stream, () => false)).length).toBe(2);
    expect((await ask('DELETE', ann.client.location, await sign('ann'))).status).toBe(409);
    stage.openRoom(slug, hooks);
  });
});
