import { createSocket } from 'node:dgram';
import datachannel from 'node-datachannel';
import { describe, expect, test, vi } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import {
  ask,
  clients,
  clock,
  code,
  hooks,
  reopen,
  room,
  sign,
  slug,
  stage,
  tokens,
  useTheatre,
} from '../../test/theatre.ts';
import { type Client, newSsrc, openClient } from '../../test/webrtc.ts';
import type { Slug } from '../base/ids.ts';
import { silentLog } from '../base/log.ts';
import { ms } from '../base/time.ts';
import { udpPortTrouble } from '../base/udp-port.ts';
import { LinkAllowance } from './allowance.ts';
import { open } from './index.ts';
import { OfferPace } from './rtp/pace.ts';
import { usableCandidate } from './signalling/candidate.ts';
import { ConnectingLimit, MAX_HANDSHAKES, networkOf } from './signalling/handshakes.ts';
import { iceLinks } from './signalling/ice-servers.ts';

useTheatre();

const turns = async (): Promise<void> => {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
};

/** A client that offers and never connects. */
async function ghost(
  who: string,
  role: 'host' | 'speaker' = 'speaker',
  query = '',
  kind = 'whip',
): Promise<Client> {
  const direction = kind === 'whip' ? 'SendOnly' : 'RecvOnly';
  const client = await openClient(
    stage.fetch,
    `/r/theatre/${kind}${query}`,
    await sign(who, role),
    [{ mid: '0', direction, ...(kind === 'whip' ? { ssrc: newSsrc() } : {}) }],
    // A port without a listener: the client's checks never arrive, and ours reach nobody.
    {
      answer: (sdp) => sdp.replaceAll(` ${stage.udpPort} typ`, ' 9 typ'),
      offer: (sdp) => sdp.replace(/a=candidate.*\r\n/g, ''),
    },
  );
  clients.push(client);
  return client;
}

describe('connections that are being made', () => {
  test('are eight in a room; the ninth waits until one is given up, and a link replaces only its own', async () => {
    for (let i = 0; i < MAX_HANDSHAKES; i += 1) expect((await ghost(`p${i}`)).response.status).toBe(201);
    // This uses only its own place.
    for (let i = 0; i < 5; i += 1)
      expect((await ghost('p0', 'speaker', '?takeover=1')).response.status).toBe(201);
    const ninth = ghost('late');
    let answered = false;
    void ninth.then(() => {
      answered = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(answered).toBe(false);
    // An offer that has not connected within 5 s gives its place to a waiting one.
    clock.advance(5_100);
    expect((await ninth).response.status).toBe(201);
  });

  test('are refused with Retry-After when no place comes free', async () => {
    const waiting = new ConnectingLimit(clock);
    for (let i = 0; i < MAX_HANDSHAKES; i += 1) await waiting.begin('a', '192.0.2.1');
    const late = waiting.begin('a', '192.0.2.2');
    clock.advance(8_000);
    expect(await late).toBeUndefined();
  });

  test('are eight from one network, whatever the rooms; IPv6 counts by 64 bits', async () => {
    const all = new ConnectingLimit(clock);
    const places: (Disposable | undefined)[] = [];
    for (let i = 0; i < MAX_HANDSHAKES; i += 1) places.push(await all.begin(`room${i}`, `2001:db8::${i}`));
    let got: Disposable | undefined;
    void all.begin('other', '2001:db8:0:0:ffff::1').then((place) => {
      got = place;
    });
    expect(await all.begin('another', '2001:db8:0:1::1')).toBeDefined();
    await turns();
    expect(got).toBeUndefined();
    places[3]?.[Symbol.dispose]();
    places[3]?.[Symbol.dispose]();
    await turns();
    expect(got).toBeDefined();
    expect(networkOf('2001:db8::1')).toBe('2001:db8:0:0');
    expect(networkOf('::ffff:192.0.2.1')).toBe('::ffff:192.0.2.1');
  });
});

test('a room has room for eight hosts beside its speakers, and twice as many backstage listeners', async () => {
  await stage[Symbol.asyncDispose]();
  await reopen(1);
  const statuses: number[] = [];
  for (let i = 0; i < 9; i += 1) {
    statuses.push((await ghost(`host${i}`, 'host')).response.status);
    clock.advance(1_000);
  }
  expect(statuses.slice(0, 8)).toEqual(new Array(8).fill(201));
  expect(statuses[8]).toBe(503);
  expect(room.people()).toEqual([]);
});

test('all rooms of a cell together have room for so many speakers; hosts always get in, and others do when one leaves', async () => {
  await stage[Symbol.asyncDispose]();
  await reopen(12, 2);
  const other = stage.openRoom('other' as Slug, hooks);
  const status = async (who: string, role: 'host' | 'speaker' = 'speaker'): Promise<number> => {
    clock.advance(1_000);
    return (await ghost(who, role)).response.status;
  };
  const elsewhere = await sign('eve', 'speaker', 'other' as Slug);
  const client = await openClient(
    stage.fetch,
    '/r/other/whip',
    elsewhere,
    [{ mid: '0', direction: 'SendOnly', ssrc: newSsrc() }],
    { offer: (sdp) => sdp.replace(/a=candidate.*\r\n/g, '') },
  );
  clients.push(client);
  expect(client.response.status).toBe(201);
  expect(await status('ann')).toBe(201);
  expect(await status('bob')).toBe(503);
  expect(await status('host', 'host')).toBe(201);
  await other[Symbol.asyncDispose]();
  expect(await status('bob')).toBe(201);
});

describe('the work of offers', () => {
  test('takes a fifth of the time at most, in order, and a flood is refused', async () => {
    const time = manualClock();
    const pace = new OfferPace(time);
    const done: number[] = [];
    const work = (cost: number) =>
      pace.run(() => {
        time.stall(cost);
        done.push(time.now());
      });
    const all = Array.from({ length: 80 }, () => work(10));
    await turns();
    expect(done).toEqual([10]);
    time.advance(39);
    await turns();
    expect(done).toEqual([10]);
    time.advance(1);
    await turns();
    expect(done).toEqual([10, 60]);
    expect(await all[79]).toBeUndefined();
  });

  test('is not delayed for long by a machine that stalled, nor by work that throws', async () => {
    const time = manualClock();
    const pace = new OfferPace(time);
    await expect(
      pace.run(() => {
        time.stall(60_000);
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    const next = pace.run(() => 1);
    await turns();
    time.advance(250);
    expect(await next).toEqual({ done: 1 });
  });
});

test('a link fills its bucket with time', () => {
  const allowance = new LinkAllowance({ burst: 2, perSecond: 0.5 });
  const spend = (at: number, link = 'a') => allowance.spend(link, ms(at));
  expect([spend(0), spend(0), spend(0), spend(0, 'b')]).toEqual([undefined, undefined, 2, undefined]);
  expect([spend(1_900), spend(2_000), spend(2_000)]).toEqual([1, undefined, 2]);
});

test('a shared secret gives each session credentials that end', () => {
  const [plain, made] = iceLinks(
    [{ urls: 'stun:x' }, { urls: 'turn:x', secret: 'north' }],
    'ann' as Parameters<typeof iceLinks>[1],
    1_700_000_000_000 as Parameters<typeof iceLinks>[2],
  );
  expect(plain).toBe('<stun:x>; rel="ice-server"');
  // printf 1700043200:ann | openssl dgst -sha1 -hmac north -binary | base64
  expect(made).toBe(
    '<turn:x>; rel="ice-server"; username="1700043200:ann"; credential="Y815wedbqVOoE/qJ5d8csukTVCk="; credential-type="password"',
  );
});

test('candidates on this machine, its wire, in groups, and behind our own NAT are not tried', () => {
  const usable = (address: string, nat = false): boolean =>
    usableCandidate(`candidate:1 1 udp 2122 ${address} 5000 typ host`, nat);
  for (const address of [
    ...[
      '127.0.0.1',
      '127.9.9.9',
      '0.0.0.0',
      '169.254.169.254',
      '224.0.0.251',
      '255.255.255.255',
      '::1',
      '::',
    ],
    ...['fe80::1', 'ff02::fb', '::ffff:127.0.0.1', '::ffff:169.254.1.1', '64:ff9b::7f00:1'],
  ])
    expect([address, usable(address)]).toEqual([address, false]);
  for (const address of ['10.0.0.1', '172.16.0.1', '192.168.1.1', '100.64.0.1', 'fd00::1', '::ffff:10.0.0.1'])
    expect([address, usable(address), usable(address, true)]).toEqual([address, true, false]);
  for (const address of ['203.0.113.7', '2001:db8::1'])
    expect([address, usable(address, true)]).toEqual([address, true]);
});

describe('a UDP port', () => {
  const take = async (type: 'udp4' | 'udp6', address: string) => {
    const socket = createSocket({ type, ipv6Only: type === 'udp6' });
    await new Promise<void>((done) => socket.bind(0, address, done));
    return { port: socket.address().port, [Symbol.dispose]: () => void socket.close() };
  };
  const deps = { clock: manualClock(), log: silentLog, tokens, iceServers: [], maxSpeakers: 1 };

  test.each([
    ['udp4', '0.0.0.0'],
    ['udp4', '127.0.0.1'],
    ['udp6', '::'],
    ['udp6', '::1'],
  ] as const)(
    'that another program has (%s, %s) is named, with what to do, and nothing is opened',
    async (type, address) => {
      using other = await take(type, address);
      await expect(open({ ...deps, udpPort: other.port })).rejects.toThrow(
        `UDP port ${other.port} cannot be used: another program is using it, perhaps another Earshot. Stop that one, or choose another port: --udp-port`,
      );
    },
  );

  test('is kept from the start, between connections and while nobody is on stage', async () => {
    expect(await udpPortTrouble(stage.udpPort)).toContain('another program is using it');
    await expect(open({ ...deps, udpPort: stage.udpPort })).rejects.toThrow('this process has it already');
    await (await ghost('ann'))[Symbol.dispose]();
    clock.advance(21_000);
    expect(await udpPortTrouble(stage.udpPort)).toContain('another program is using it');
  });

  test('at an address that this machine does not have, or below 1024 without permission, is refused with a reason', async () => {
    expect(await udpPortTrouble(47_000, '192.0.2.1')).toContain('this machine has no such address');
    await expect(open({ ...deps, udpPort: 47_000, bindAddress: '192.0.2.1' })).rejects.toThrow(
      'no such address',
    );
    await expect(open({ ...deps, udpPort: 0, bindAddress: '192.0.2.1' })).rejects.toThrow('No UDP port');
  });
});

test('what the media library refuses is a 503 that is counted; the process and the room go on', async () => {
  const offer = [
    ...[
      'v=0',
      'o=- 1 2 IN IP4 127.0.0.1',
      's=-',
      't=0 0',
      'm=audio 9 UDP/TLS/RTP/SAVPF 111',
      'a=ice-ufrag:abcd',
    ],
    ...['a=ice-pwd:abcdefghijklmnopqrstuvwx', `a=fingerprint:sha-256 ${Array(32).fill('AB').join(':')}`],
    ...['a=setup:actpass', 'a=sendonly', 'a=rtpmap:111 opus/48000/2', ''],
  ].join('\r\n');
  const sdp = { 'content-type': 'application/sdp' };
  const refusing = vi.spyOn(datachannel, 'PeerConnection').mockImplementation(function refuse(): never {
    throw new Error('out of threads');
  });
  try {
    const answer = await ask('POST', `/r/${slug}/whip`, await sign('ann'), offer, sdp);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await code(answer)).toBe('media-unavailable');
    expect(stage.failures).toBe(1);
  } finally {
    refusing.mockRestore();
  }
  expect((await ask('POST', `/r/${slug}/whip`, await sign('ann'), offer, sdp)).status).toBe(201);
});
