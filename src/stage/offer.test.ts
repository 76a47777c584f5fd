import { describe, expect, test } from 'vitest';
import { MAX_CANDIDATES } from './candidate.ts';
import { MAX_LINES, readOffer } from './offer.ts';

const FINGERPRINT = `sha-256 ${Array(32).fill('AB').join(':')}`;
const session = ['v=0', 'o=- 1 2 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=group:BUNDLE 0'];
const voice = [
  'm=audio 9 UDP/TLS/RTP/SAVPF 111 63 0',
  'c=IN IP4 0.0.0.0',
  'a=ice-ufrag:abcd',
  'a=ice-pwd:abcdefghijklmnopqrstuvwx',
  `a=fingerprint:${FINGERPRINT}`,
  'a=setup:actpass',
  'a=mid:0',
  'a=extmap:3 urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  'a=sendonly',
  'a=rtcp-mux',
  'a=rtpmap:111 opus/48000/2',
  'a=fmtp:111 minptime=10;stereo=1',
  'a=rtpmap:63 red/48000/2',
  'a=ssrc:42 cname:x',
];
const sdp = (lines: readonly string[]): string => `${lines.join('\r\n')}\r\n`;
const good = [...session, ...voice];
const change = (from: string | RegExp, to: string): string => sdp(good).replace(from, to);
const many = (count: number, line: (index: number) => string): string[] =>
  Array.from({ length: count }, (_, index) => line(index));

test('an offer is reduced to what the stage uses', () => {
  const offer = readOffer(sdp(good));
  if (typeof offer === 'string') throw new Error(offer);
  expect(offer.lines).toHaveLength(1);
  expect(offer.lines[0]).toMatchObject({
    mid: '0',
    kind: 'audio',
    direction: 'sendonly',
    opus: 111,
    red: 63,
    redFirst: false,
    levelId: 3,
    ssrc: 42,
  });
  expect(offer.lines[0]?.opusParameters.get('stereo')).toBe('1');
  expect(offer).toMatchObject({ ufrag: 'abcd', setup: 'actpass', bundled: true, fingerprint: FINGERPRINT });
});

test('RED is preferred when it stands first', () => {
  const offer = readOffer(change('111 63 0', '63 111 0'));
  expect(typeof offer === 'string' ? offer : offer.lines[0]?.redFirst).toBe(true);
});

test('an offer with bare line feeds and capital codec names is read as well', () => {
  const offer = readOffer(sdp(good).replaceAll('\r\n', '\n').replace('opus/48000/2', 'OPUS/48000/2'));
  expect(typeof offer === 'string' ? offer : offer.lines[0]?.opus).toBe(111);
});

test('names and strange transports are left out of the candidates', () => {
  const offer = readOffer(
    sdp([
      ...good,
      'a=candidate:1 1 udp 2122 192.0.2.7 5000 typ host',
      'a=candidate:2 1 udp 2122 0d3c.local 5000 typ host',
      'a=candidate:3 1 tcp 2122 192.0.2.7 9 typ host tcptype active',
      'a=candidate:4 2 udp 2122 192.0.2.7 5001 typ host',
      'a=candidate:5 1 udp 2122 2001:db8::1 5000 typ srflx raddr 10.0.0.1 rport 1',
      'a=candidate:6 1 udp 2122 192.0.2.7 70000 typ host',
    ]),
  );
  expect(typeof offer === 'string' ? offer : offer.candidates.map((line) => line[10])).toEqual(['1', '5']);
});

describe('what is not an offer is refused in words', () => {
  const table: readonly (readonly [string, string, RegExp])[] = [
    ['nothing', '', /v=0/],
    ['JSON', '{"type":"offer"}', /v=0/],
    ['no media', sdp(session), /no m-line/],
    ['no fingerprint', change(/a=fingerprint.*\r\n/, ''), /no fingerprint/],
    ['a fingerprint of MD5', change('sha-256', 'md5'), /sha-256/],
    ['a fingerprint cut short', change(/:AB\r/, '\r'), /fingerprint is malformed/],
    ['no ufrag', change(/a=ice-ufrag.*\r\n/, ''), /no ice-ufrag/],
    ['a ufrag with a quote', change('ufrag:abcd', 'ufrag:ab"d'), /ufrag is malformed/],
    ['a password too short', change(/pwd:.*\r/, 'pwd:abc\r'), /ice-pwd is malformed/],
    ['a password too long', change(/pwd:.*\r/, `pwd:${'a'.repeat(300)}\r`), /ice-pwd is malformed/],
    ['an unknown role', change('setup:actpass', 'setup:holdconn'), /setup role/],
    ['an m-line without formats', change('m=audio 9 UDP/TLS/RTP/SAVPF 111 63 0', 'm=audio 9 X'), /m-line/],
    ['a port that is none', change('m=audio 9', 'm=audio nine'), /m-line/],
    ['a line without =', sdp([...good, 'hello']), /x=value/],
    ['a NUL', sdp([...good, 'a=x\0']), /x=value/],
    ['a line too long', sdp([...good, `a=x:${'y'.repeat(5_000)}`]), /longer/],
    ['a mid too long', change('mid:0', `mid:${'m'.repeat(40)}`), /mid/],
    ['two lines of one mid', sdp([...good, ...voice]), /share one mid/],
    [
      'lines outside the bundle',
      sdp([...good, ...voice.map((line) => line.replace('mid:0', 'mid:1'))]),
      /BUNDLE/,
    ],
    ['seventeen lines', sdp([...session, ...many(MAX_LINES + 1, () => voice.join('\r\n'))]), /more than 16/],
    [
      'too many candidates',
      sdp([
        ...good,
        ...many(MAX_CANDIDATES + 1, (i) => `a=candidate:${i} 1 udp 1 192.0.2.${i + 1} 9 typ host`),
      ]),
      /more than 32 candidates/,
    ],
  ];
  test.each(table)('%s', (_, text, why) => {
    expect(readOffer(text)).toMatch(why);
  });
});

test('random damage is refused or read, never thrown', () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  const text = sdp(good);
  for (let round = 0; round < 2_000; round += 1) {
    const at = random(text.length);
    const spoilt = text.slice(0, at) + String.fromCharCode(random(128)) + text.slice(at + random(12));
    expect(() => readOffer(spoilt)).not.toThrow();
  }
});
