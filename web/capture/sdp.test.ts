import { expect, test } from 'vitest';
import { restartedAnswer, restartFragment, tuneAnswer, tuneOffer, tuneReceiveOffer } from './sdp.ts';

const OFFER = [
  'v=0',
  'o=- 1 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0',
  'm=audio 51234 UDP/TLS/RTP/SAVPF 111 63 9 0 8',
  'c=IN IP4 127.0.0.1',
  'a=candidate:1 1 udp 2122 127.0.0.1 51234 typ host',
  'a=ice-ufrag:abcd',
  'a=ice-pwd:abcdefghijklmnopqrstuv',
  'a=mid:0',
  'a=rtpmap:111 opus/48000/2',
  'a=rtcp-fb:111 transport-cc',
  'a=fmtp:111 minptime=10;useinbandfec=1',
  'a=rtpmap:63 red/48000/2',
  'a=fmtp:63 111/111',
  'a=rtpmap:9 G722/8000',
  '',
].join('\r\n');
const lines = (sdp: string) => sdp.split('\r\n');

test('speech is offered with RED first, NACK, in-band FEC and DTX', () => {
  const sent = lines(tuneOffer(OFFER, { music: false }));
  expect(sent).toContain('m=audio 51234 UDP/TLS/RTP/SAVPF 63 111 9 0 8');
  expect(sent).toContain('a=rtcp-fb:111 nack');
  expect(sent).toContain('a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1');
  expect(sent).toContain('a=fmtp:63 111/111');
});

test('music is offered in stereo without DTX and without RED in front', () => {
  const sent = lines(tuneOffer(OFFER, { music: true }));
  expect(sent).toContain('m=audio 51234 UDP/TLS/RTP/SAVPF 111 63 9 0 8');
  const fmtp = sent.find((line) => line.startsWith('a=fmtp:111'));
  expect(fmtp).toContain('stereo=1');
  expect(fmtp).toContain('sprop-stereo=1');
  expect(fmtp).toContain('usedtx=0');
  expect(fmtp).toContain('maxaveragebitrate=128000');
});

test('tuning twice changes nothing more, and nothing else is touched', () => {
  const once = tuneOffer(OFFER, { music: false });
  expect(tuneOffer(once, { music: false })).toBe(once);
  const touched = new Set(lines(once).filter((line) => !lines(OFFER).includes(line)));
  expect([...touched].every((line) => /^(m=audio|a=fmtp:111|a=rtcp-fb:111 nack)/.test(line))).toBe(true);
  expect(lines(OFFER).filter((line) => !lines(once).includes(line)).length).toBe(2);
});

test('an offer without fmtp, without RED, or with video keeps its shape', () => {
  const bare =
    'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 109\r\na=rtpmap:109 OPUS/48000/2\r\nm=video 9 RTP 96\r\na=rtpmap:96 VP8/90000\r\n';
  const sent = lines(tuneOffer(bare, { music: false }));
  expect(sent).toContain('m=audio 9 UDP/TLS/RTP/SAVPF 109');
  expect(sent).toContain('a=fmtp:109 useinbandfec=1;usedtx=1;minptime=10');
  expect(sent).toContain('m=video 9 RTP 96');
  expect(sent.at(-1)).toBe('');
  expect(tuneOffer('', { music: false })).toBe('');
});

test('every receive slot asks for NACK', () => {
  const slots = OFFER + OFFER.slice(OFFER.indexOf('m=audio')).replace('a=mid:0', 'a=mid:1');
  expect(lines(tuneReceiveOffer(slots)).filter((line) => line === 'a=rtcp-fb:111 nack')).toHaveLength(2);
});

test('an answer that forgot stereo is applied in stereo', () => {
  expect(tuneAnswer(OFFER, { music: true })).toContain('stereo=1');
});

test('a restart carries credentials and candidates of the first section once', () => {
  expect(restartFragment(OFFER)).toBe(
    'a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8\r\na=mid:0\r\n' +
      'a=candidate:1 1 udp 2122 127.0.0.1 51234 typ host\r\n',
  );
});

test('the reply to a restart replaces credentials and candidates in the answer', () => {
  const answer = restartedAnswer(
    OFFER,
    'a=ice-ufrag:new\r\na=ice-pwd:newpwd\r\na=candidate:7 1 udp 1 10.0.0.1 5 typ host\r\n',
  );
  expect(answer).toContain('a=ice-ufrag:new\r\na=ice-pwd:newpwd');
  expect(answer).not.toContain('a=ice-ufrag:abcd');
  expect(answer).not.toContain('a=candidate:1 ');
  expect(answer).toMatch(/a=rtpmap:9 G722\/8000\r\na=candidate:7 1 udp 1 10\.0\.0\.1 5 typ host\r\n$/);
  expect(restartedAnswer(OFFER, 'nothing of use')).toBeUndefined();
});
