/** Session descriptions and trickled candidates, and the answers that are written to them. */
import { plainOffer, type Use, writeAnswer } from '../../src/stage/signalling/answer.ts';
import { atAddress } from '../../src/stage/signalling/candidate.ts';
import { MAX_OFFER_BYTES, publishLine, readOffer, receiveLines } from '../../src/stage/signalling/offer.ts';
import { readTrickle } from '../../src/stage/signalling/trickle.ts';
import { FRAGMENT, OFFER } from '../mutations.ts';
import { target } from './engine/target.ts';

const TRANSPORT = {
  ...{
    ufrag: 'abcd',
    pwd: 'a'.repeat(24),
    fingerprint: `sha-256 ${'AB:'.repeat(31)}AB`,
    setup: 'passive' as const,
  },
  candidates: ['candidate:1 1 UDP 2114977791 192.0.2.1 50000 typ host'],
};

export default target({
  covers: ['src/stage/signalling/'],
  run(bytes) {
    const text = bytes.toString('utf8');
    readTrickle(text);
    const offer = readOffer(text, bytes.length % 2 === 0);
    if (typeof offer === 'string') return;
    for (const candidate of offer.candidates) atAddress(candidate, '192.0.2.9');
    const line = publishLine(offer);
    const lines = receiveLines(offer);
    const uses = offer.lines.map((each, i): Use => {
      if (each === line) return { kind: 'receive' } as Use;
      return typeof lines !== 'string' && lines.includes(each)
        ? ({ kind: 'send', ssrc: i + 1, slot: i } as Use)
        : { kind: 'refuse' };
    });
    const answer = writeAnswer(offer, uses, TRANSPORT as unknown as Parameters<typeof writeAnswer>[2], '1');
    // Whatever was offered, no line of it is smuggled into what we write.
    for (const written of answer.split('\r\n').slice(0, -1))
      if (!/^[a-z]=[^\r\n\0]*$/.test(written))
        throw new Error(`an answer with the line ${JSON.stringify(written)}`);
    if (typeof lines !== 'string') plainOffer(lines);
  },
  seeds: [OFFER, FRAGMENT, OFFER.replaceAll('\r\n', '\n')],
  words: [
    'a=candidate:',
    ' typ host',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n',
    'a=group:BUNDLE 0 1\r\n',
  ],
  mostBytes: MAX_OFFER_BYTES + 1_000,
});
