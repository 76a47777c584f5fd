import { createEncoder } from 'libopus-wasm';
import { describe, expect, test } from 'vitest';
import {
  clients,
  clock,
  ear,
  events,
  heard,
  lineOf,
  microphone,
  packets,
  room,
  settled,
  sign,
  stage,
  useTheatre,
} from '../../test/theatre.ts';
import type { Client } from '../../test/webrtc.ts';
import { isMedia, openClient, openNetwork, until } from '../../test/webrtc.ts';
import type { SpeakerId } from '../base/ids.ts';
import { wrapRed } from './rtp/red.ts';
import { nack, readRtcp, receiverReport } from './rtp/rtcp.ts';
import { isRtcp, readRtp, writeRtp } from './rtp/rtp.ts';

useTheatre();

describe('a microphone', () => {
  test('is answered with 201, a session, its ETag and the TURN server; its packets are forwarded with their level', async () => {
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

  test('whose sender reports no level is measured', async () => {
    const ann = await microphone('ann', { level: false });
    expect(ann.client.answer).not.toContain('ssrc-audio-level');
    using encoder = await createEncoder({ channels: 1 });
    const tone = Float32Array.from(
      { length: 960 },
      (_, i) => 0.5 * Math.sin((2 * Math.PI * 500 * i) / 48_000),
    );
    for (let i = 0; i < 8; i += 1) ann.say(i, encoder.encodeFloat(tone), 127);
    for (let i = 8; i < 10; i += 1) ann.say(i, Uint8Array.from([0xff, 0xff, 0xff]), 127);
    await until('ten packets', () => packets.length === 10);
    // 9 dB below a full-scale square wave; the first packets are quieter.
    expect(packets.slice(3, 8).map((packet) => packet.level)).toEqual([9, 9, 9, 9, 9]);
    expect(packets[9]?.level).toBeUndefined();
    expect(room.people()[0]?.speaking).toBe(true);
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

  test('is asked for lost packets and told about the loss of its listeners', async () => {
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
    // Bob reports 30 % loss on his slot. Ann must be told, so that her browser adds FEC.
    const slot = readRtp(bob.received[0]?.find((bytes) => !isRtcp(bytes)) ?? Buffer.alloc(0));
    const lost = { fraction: 0.3, lost: 0, highest: 0, jitter: 0, lastReport: 0, delay: 0 };
    bob.send(0, receiverReport(5, { ssrc: slot?.ssrc ?? 0, ...lost }));
    await until('the loss arrives', () => {
      clock.advance(1_000);
      ann.say(packets.length + 10);
      return told.some((fraction) => fraction > 0.28);
    });
  });

  test('garbage in its RTP and RTCP does no harm', async () => {
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
      // RTP version 2, so that it passes the transport; every second packet has a packet type of RTCP.
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
    const own = () => heard(self, 0).concat(heard(self, 1), heard(self, 2));
    await until('ten of the other for Ann', () => own().length >= 10);
    const mine = own();
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
    // The header of SRTP is not encrypted.
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

test('the host is here with a microphone, or with the desk open; a microphone that breaks leaves what else is open in doubt', async () => {
  expect(room.hosted).toBe(false);
  const read = async () => {
    const stop = new AbortController();
    await stage.fetch(
      new Request('http://stage.test/r/theatre/backstage', {
        headers: { authorization: `Bearer ${await sign('ann', 'host')}` },
        signal: stop.signal,
      }),
    );
    return stop;
  };
  const desk = await read();
  expect(room.hosted).toBe(true);
  const ann = await microphone('ann', {}, '', 'host');
  ann.client[Symbol.dispose]();
  // It never sent anything.
  clock.advance(16_000);
  expect(room.people()[0]?.connected).toBe(false);
  expect(room.hosted).toBe(false);
  const again = await read();
  expect(room.hosted).toBe(true);
  desk.abort();
  again.abort();
  expect(room.hosted).toBe(false);
  // A co-host is no host.
  await microphone('bob', {}, '', 'co-host');
  expect(room.hosted).toBe(false);
});
