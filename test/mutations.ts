import { seeded } from './sound.ts';

/** An offer as a browser makes it, with candidates. */
export const OFFER: string = [
  ...['v=0', 'o=- 1 2 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=group:BUNDLE 0 1', 'a=msid-semantic:WMS *'],
  ...[
    'm=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0',
    'c=IN IP4 0.0.0.0',
    'a=rtcp:9 IN IP4 0.0.0.0',
    'a=ice-ufrag:abcd',
  ],
  ...['a=ice-pwd:abcdefghijklmnopqrstuvwx', 'a=ice-options:trickle'],
  `a=fingerprint:sha-256 ${Array(32).fill('AB').join(':')}`,
  ...[
    'a=setup:actpass',
    'a=mid:0',
    'a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level',
    'a=sendrecv',
    'a=rtcp-mux',
  ],
  ...[
    'a=rtpmap:111 opus/48000/2',
    'a=rtcp-fb:111 transport-cc',
    'a=fmtp:111 minptime=10;useinbandfec=1;stereo=1',
  ],
  ...['a=rtpmap:63 red/48000/2', 'a=fmtp:63 111/111', 'a=ssrc:42 cname:x'],
  'a=candidate:1 1 udp 2122260223 127.0.0.1 9 typ host generation 0 ufrag abcd',
  'a=candidate:2 1 udp 2122260223 192.0.2.1 50000 typ srflx raddr 10.0.0.1 rport 1',
  'a=candidate:3 1 udp 2122260223 2001:db8::1 50000 typ host',
  ...[
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    'c=IN IP4 0.0.0.0',
    'a=ice-ufrag:abcd',
    'a=ice-pwd:abcdefghijklmnopqrstuvwx',
  ],
  ...['a=mid:1', 'a=recvonly', 'a=rtcp-mux', 'a=rtpmap:111 opus/48000/2', ''],
].join('\r\n');

/** A trickled fragment. */
export const FRAGMENT =
  'a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=mid:0\r\na=candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host\r\na=end-of-candidates\r\n';

const SPLINTERS: readonly string[] = [
  ...[
    '',
    '\0',
    '\r',
    '\n',
    '\r\n',
    ' ',
    '\t',
    '\uFEFF',
    '=',
    ':',
    '/',
    '-1',
    '0',
    '65536',
    '4294967296',
    '99999999999999999999',
  ],
  ...[
    '1e9',
    'NaN',
    '%s%n',
    '../',
    '\u{1F600}',
    'a=',
    'm=audio 0 X 0',
    'm=video 9 UDP/TLS/RTP/SAVPF 96',
    'a=inactive',
  ],
  ...[
    'a=setup:passive',
    'a=setup:active',
    'a=ice-lite',
    'a=rtpmap:111 opus/48000',
    'a=rtpmap:72 opus/48000/2',
    'a=bundle-only',
  ],
  ...[
    'a=candidate:9 1 tcp 1 192.0.2.1 9 typ host tcptype active',
    'a=candidate:1 1 udp 1 x.local 9 typ host',
  ],
  ...[
    'a=candidate:1 1 udp 0 ::ffff:1.2.3.4 1 typ relay',
    'a=fingerprint:sha-512 00',
    'a=ssrc:0 cname:',
    'a=mid:',
    'a=mid:\u0007',
  ],
  ...[
    'a=simulcast:send 1;2',
    'a=rid:1 send',
    'a=sctp-port:5000',
    'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x',
    'a='.padEnd(3_000, 'y'),
  ],
];

/** Texts from a seed: each is `text` with one to six changes to lines, words, digits or bytes. */
export function mutations(text: string, seed: number): () => string {
  const draw = seeded(seed);
  const below = (limit: number): number => Math.min(limit - 1, Math.floor(((draw() + 1) / 2) * limit));
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  return () => {
    let lines = text.split('\r\n');
    for (let turn = 1 + below(6); turn > 0; turn -= 1) {
      const at = below(lines.length);
      const line = lines[at] ?? '';
      const place = below(line.length + 1);
      switch (below(9)) {
        case 0:
          lines.splice(at, 1);
          break;
        case 1:
          lines.splice(at, 0, pick(lines));
          break;
        case 2:
          lines.splice(at, 0, pick(SPLINTERS));
          break;
        case 3:
          lines[at] = line.slice(0, place) + pick(SPLINTERS) + line.slice(place + below(6));
          break;
        case 4:
          lines[at] = line.replace(/\d+/, () => String(below(2) ? below(100_000) : below(256)));
          break;
        case 5:
          lines[at] = line.slice(0, place);
          break;
        case 6:
          lines[at] = line.slice(0, place) + String.fromCharCode(below(300)) + line.slice(place + 1);
          break;
        case 7:
          lines = [...lines.slice(0, at), ...lines.slice(0, at), ...lines.slice(at)].slice(0, 1_200);
          break;
        default:
          lines[at] = line
            .split(/([ :;/])/)
            .map((word) => (below(8) ? word : pick(SPLINTERS)))
            .join('');
      }
    }
    return lines.join(below(12) ? '\r\n' : pick(['\n', '\r', '\n\n', '']));
  };
}
