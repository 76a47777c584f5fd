import { describe, expect, test } from 'vitest';
import {
  ask,
  clients,
  clock,
  events,
  microphone,
  packets,
  reopen,
  room,
  sign,
  stage,
  useTheatre,
} from '../../test/theatre.ts';
import { newSsrc, openClient, until } from '../../test/webrtc.ts';
import type { SpeakerId } from '../base/ids.ts';
import { receiverReport } from './rtp/rtcp.ts';

useTheatre();

describe('a place', () => {
  test('is kept over a quick reconnect: no leave, the same order', async () => {
    const ann = await microphone('ann');
    clock.advance(10);
    await microphone('ben');
    ann.say(1);
    await until('a packet', () => packets.length > 0);
    ann.client.connection.close();
    clock.advance(5_050);
    expect(room.people()[0]?.connected).toBe(false);
    clock.advance(2_500);
    await microphone('ann');
    expect(events).toEqual(['joined ann', 'joined ben']);
    expect(room.people().map((one) => one.id)).toEqual(['ann', 'ben']);
  });

  test('carries what the mixer notices about its sound, for everyone backstage, until it is well', async () => {
    await microphone('ann');
    room.notice('ann' as SpeakerId, 'opposite-phase');
    expect(room.people()[0]).toMatchObject({ id: 'ann', notice: 'opposite-phase' });
    room.notice('nobody' as SpeakerId, 'opposite-phase');
    room.notice('ann' as SpeakerId, undefined);
    expect(room.people()[0]).not.toHaveProperty('notice');
  });

  test('is left after 3 s and forgotten after 60 s', async () => {
    const ann = await microphone('ann');
    ann.say(1);
    await until('a packet', () => packets.length > 0);
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

  test('of a browser that died silently is away after 5 s', async () => {
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
    expect(JSON.parse(second.answer)).toMatchObject({ code: 'already-on-stage' });
    expect(JSON.parse(second.answer).detail).toContain('takeover=1');
    expect(second.response.headers.get('retry-after')).toBe('3');
    const third = await microphone('ann', {}, '?takeover=1');
    first.say(1);
    third.say(2);
    await until('the new microphone', () => packets.length > 0);
    expect(packets.map((packet) => packet.sequence)).toEqual([2]);
    expect(events).toEqual(['joined ann']);
  });

  test('is taken over at once by its own link when the microphone has been silent for 2 s', async () => {
    const first = await microphone('ann');
    first.say(1);
    await until('a packet', () => packets.length === 1);
    clock.advance(1_900);
    const early = await openClient(stage.fetch, '/r/theatre/whip', await sign('ann'), [
      { mid: '0', direction: 'SendOnly', ssrc: newSsrc() },
    ]);
    clients.push(early);
    expect(early.response.status).toBe(409);
    clock.advance(200);
    const second = await microphone('ann');
    second.say(2);
    await until('the new microphone', () => packets.length === 2);
    expect(events).toEqual(['joined ann']);
  });

  test('may be taken again at once when the client’s network has changed', async () => {
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

  test('is released by DELETE, at once', async () => {
    const ann = await microphone('ann');
    expect((await ask('DELETE', ann.client.location, await sign('ben'))).status).toBe(404);
    expect((await ask('DELETE', ann.client.location, await sign('ann'))).status).toBe(200);
    expect(events).toEqual(['joined ann', 'left ann']);
    expect(room.people()).toEqual([]);
    expect((await ask('DELETE', ann.client.location, await sign('ann'))).status).toBe(404);
  });

  test('is released with its room, and whoever leaves it then has left', async () => {
    const ann = await microphone('ann');
    await room[Symbol.asyncDispose]();
    expect((await ask('DELETE', ann.client.location, await sign('ann'))).status).toBe(200);
    expect((await ask('PATCH', ann.client.location, await sign('ann'))).status).toBe(409);
    expect((await ask('DELETE', ann.client.location, 'no-token')).status).toBe(401);
  });

  test('is refused with 503 and Retry-After when the stage is full; the host still gets in', async () => {
    await stage[Symbol.asyncDispose]();
    await reopen(1);
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

  test('is not taken from a speaker by hosts who came first', async () => {
    await stage[Symbol.asyncDispose]();
    await reopen(1);
    await microphone('zoe', {}, '', 'host');
    await microphone('ann');
    expect(room.people().map((one) => one.role)).toEqual(['host', 'speaker']);
  });

  test('is not given to more than fit when all come at once', async () => {
    await stage[Symbol.asyncDispose]();
    await reopen(1);
    const line = { mid: '0', direction: 'SendOnly' as const };
    const all = await Promise.all(
      ['ann', 'ben', 'cem'].map(async (who) =>
        openClient(stage.fetch, '/r/theatre/whip', await sign(who), [{ ...line, ssrc: newSsrc() }]),
      ),
    );
    clients.push(...all);
    expect(all.map(({ response }) => response.status).sort()).toEqual([201, 503, 503]);
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
