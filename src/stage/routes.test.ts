import { describe, expect, test } from 'vitest';
import {
  act,
  ask,
  clients,
  clock,
  code,
  ear,
  events,
  heard,
  hooks,
  microphone,
  packets,
  room,
  sign,
  slug,
  stage,
  tokens,
  useTheatre,
} from '../../test/theatre.ts';
import { newSsrc, openClient, until } from '../../test/webrtc.ts';
import type { Slug, SpeakerId } from '../base/ids.ts';
import type { BackstageLine } from '../wire/stage/backstage.ts';

useTheatre();

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
    expect((await ask('POST', '/r/theatre/whip', ann, 'v=0\r\n'.repeat(7_000), sdp)).status).toBe(413);
    const bad = await ask('POST', '/r/theatre/whip', ann, 'v=0\r\n', sdp);
    expect(bad.status).toBe(400);
    expect(bad.headers.get('content-type')).toBe('application/problem+json');
    expect(await code(bad)).toBe('bad-sdp');
    expect((await ask('GET', '/r/theatre/whip', ann)).status).toBe(405);
  });

  test('from another origin is allowed by OPTIONS; relays are named to those alone who have a link', async () => {
    const response = await ask('OPTIONS', '/r/theatre/whip');
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-methods')).toContain('PATCH');
    expect(response.headers.get('access-control-allow-headers')).toContain('Authorization');
    expect(response.headers.get('accept-post')).toBe('application/sdp');
    expect(response.headers.get('link')).toBeNull();
    const elsewhere = await sign('ann', 'speaker', 'another' as Slug);
    for (const wrong of [elsewhere, `${await sign('ann')}x`, 'x'])
      for (const path of ['/r/theatre/whip', '/r/theatre/whep', '/r/theatre/whip/session'])
        expect((await ask('OPTIONS', path, wrong)).headers.get('link')).toBeNull();
    const mine = await ask('OPTIONS', '/r/theatre/whip', await sign('ann'));
    expect(mine.headers.get('link')).toContain('rel="ice-server"');
    expect(mine.headers.get('cache-control')).toBe('no-store');
  });

  test('with a link as people paste it is served, or told what is wrong with it', async () => {
    const token = await sign('ann');
    const served = [
      `Bearer Bearer ${token}`,
      `bearer ${token}`,
      `BEARER  ${token} `,
      `Bearer "${token}"`,
      `Bearer <${token}>`,
      `Authorization: Bearer ${token}`,
      `Bearer: ${token}`,
      token,
      `Bearer https://x.example/r/theatre/studio#token=${token}`,
      `Bearer https://x.example/r/theatre/studio?x=1&token=${token}&y=2`,
      `Bearer #token=${token}`,
      `Bearer token=${token}`,
      `Bearer ${token.slice(0, 40)} ${token.slice(40)}`,
    ];
    for (const authorization of served)
      expect([
        authorization,
        (await ask('OPTIONS', '/r/theatre/whip', undefined, undefined, { authorization })).headers.get(
          'link',
        ) !== null,
      ]).toEqual([authorization, true]);
    const refused: [string, RegExp][] = [
      ['', /what follows #token=/],
      ['Bearer', /stands alone/],
      ['Basic YTpi', /of another kind/],
      ['Bearer https://x.example/r/theatre/studio', /a link without its token/],
      ['Bearer TOKEN', /your own token/],
      ['Bearer <token>', /your own token/],
      [`Bearer ${token.slice(0, 60)}`, /three parts/],
      [`Bearer ${token.slice(0, -3)}`, /end of the token is missing/],
      [`Bearer ${'"'.repeat(16_000)}x`, /three parts|stands alone/],
    ];
    for (const [authorization, words] of refused) {
      const answer = await ask('POST', '/r/theatre/whip/', undefined, 'v=0', {
        authorization,
        'content-type': 'application/sdp',
      });
      expect([authorization.slice(0, 30), answer.status]).toEqual([authorization.slice(0, 30), 401]);
      expect(((await answer.json()) as { detail: string }).detail).toMatch(words);
    }
  });

  test('at an address that ends with a slash is served', async () => {
    const answer = await ask('POST', '/r/theatre/whip/', await sign('ann'), 'v=0\r\n', {
      'content-type': 'application/sdp',
    });
    expect(await code(answer)).toBe('bad-sdp');
  });

  test('that comes too often with one link waits; other links do not', async () => {
    const sdp = { 'content-type': 'application/sdp' };
    const answers: number[] = [];
    const token = await sign('ann');
    for (let i = 0; i < 30; i += 1)
      answers.push((await ask('POST', '/r/theatre/whip', token, 'v=0', sdp)).status);
    expect(answers.filter((status) => status === 400)).toHaveLength(20);
    const refused = await ask('POST', '/r/theatre/whip', token, 'v=0', sdp);
    expect([await code(refused), refused.headers.get('retry-after')]).toEqual(['too-often', '1']);
    expect((await ask('POST', '/r/theatre/whip', await sign('ben'), 'v=0', sdp)).status).toBe(400);
    clock.advance(5_000);
    expect((await ask('POST', '/r/theatre/whip', token, 'v=0', sdp)).status).toBe(400);
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
  /** Reads lines of a stream until `enough` is true. */
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

  test('lists who one is, who is there, the program and the levels', async () => {
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

  test('a person who only listens backstage is in the roster once, until they come on stage or leave; a host can remove them', async () => {
    await ear('bob', 1);
    await ear('bob', 1);
    await ear('ann', 1);
    await microphone('ann');
    const host = await sign('host', 'host');
    const bobs = { id: 'bob', name: 'BOB', role: 'speaker' };
    const [, roster] = await lines(await ask('GET', '/r/theatre/backstage', host), (all) => all.length > 1);
    expect(roster).toMatchObject({ people: [{ id: 'ann', forced: false, asks: false }], ears: [bobs] });
    expect(await act(await sign('ann'), { do: 'remove', who: 'bob' })).toBe(403);
    expect(await act(host, { do: 'remove', who: 'nobody' })).toBe(422);
    expect(await act(host, { do: 'remove', who: 'bob' })).toBe(204);
    const [, after] = await lines(await ask('GET', '/r/theatre/backstage', host), (all) => all.length > 1);
    expect(after).toMatchObject({ ears: [] });
    expect((await ask('GET', '/r/theatre/backstage', await sign('bob'))).status).toBe(403);
  });

  test('somebody muted by a host asks to speak, until the host allows it or they are heard', async () => {
    await microphone('ann');
    const [host, own] = [await sign('host', 'host'), await sign('ann')];
    const asks = () => room.people().map(({ forced, asks: asking }) => [forced, asking])[0];
    expect(await act(own, { do: 'ask-to-speak' })).toBe(204);
    expect(asks()).toEqual([false, false]);
    await act(host, { do: 'mute', who: 'ann' });
    expect(await act(own, { do: 'ask-to-speak' })).toBe(204);
    expect(asks()).toEqual([true, true]);
    await act(host, { do: 'ask-unmute', who: 'ann' });
    expect(asks()).toEqual([false, false]);
    expect(await act(await sign('cy'), { do: 'ask-to-speak' })).toBe(404);
  });

  test('a host removes: the session ends and the link does not come in again', async () => {
    await microphone('ann');
    expect(await act(await sign('host', 'host'), { do: 'remove', who: 'ann' })).toBe(204);
    expect(room.people()).toEqual([]);
    expect(events).toEqual(['joined ann', 'left ann', 'removed ann']);
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

  test('an unknown action is refused', async () => {
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

  test('a reader that stops reading is closed, and the others continue', async () => {
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
    expect((await ask('DELETE', ann.client.location, await sign('ann'))).status).toBe(200);
    stage.openRoom(slug, hooks);
  });
});
