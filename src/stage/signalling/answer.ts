import type { Offer, OfferLine } from './offer.ts';

/** The transport's part of an answer. */
export interface IceTransport {
  readonly ufrag: string;
  readonly pwd: string;
  readonly fingerprint: string;
  readonly setup: string;
  /** Local candidates without `a=`. */
  readonly candidates: readonly string[];
}

/** The use of one m-line: receive a voice, send one, or refuse. */
export type Use =
  | { readonly kind: 'receive' }
  | { readonly kind: 'send'; readonly ssrc: number; readonly slot: number }
  | { readonly kind: 'refuse' };

/** Bitrate requested from a publisher, bit/s: speech with in-band FEC, or music in stereo. */
const SPEECH_BITRATE = 48_000;
const MUSIC_BITRATE = 128_000;

/**
 * The offer that is passed to the transport. It has only the used lines, rewritten with numbers of our own, so that
 * native code parses nothing a client wrote except values that have been checked.
 */
export function plainOffer(used: readonly OfferLine[]): string {
  const lines = [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${used.map((_, index) => index).join(' ')}`,
  ];
  for (const [index, line] of used.entries()) {
    // Bundled lines share one transport, that of the first line. Spec: RFC 8843, 7.
    const path = used[0]?.path;
    if (typeof path !== 'object') throw new RangeError('A line without a transport cannot be used');
    lines.push(
      `m=audio 9 UDP/TLS/RTP/SAVPF ${line.opus}`,
      'c=IN IP4 0.0.0.0',
      `a=ice-ufrag:${path.ufrag}`,
      `a=ice-pwd:${path.pwd}`,
      `a=fingerprint:${path.fingerprint}`,
      `a=setup:${path.setup}`,
      `a=mid:${index}`,
      `a=${line.direction}`,
      'a=rtcp-mux',
      `a=rtpmap:${line.opus} opus/48000/2`,
    );
  }
  return `${lines.join('\r\n')}\r\n`;
}

/** Writes the answer, line by line in the offer's order. Spec: RFC 3264, 6; RFC 8829, 5.3.1; RFC 8843, 7.3. */
export function writeAnswer(offer: Offer, uses: readonly Use[], transport: IceTransport, id: string): string {
  const accepted = offer.lines.filter((_, index) => uses[index]?.kind !== 'refuse');
  const lines = ['v=0', `o=earshot ${id} 1 IN IP4 127.0.0.1`, 's=-', 't=0 0'];
  if (accepted.some((line) => line.bundle !== undefined))
    lines.push(`a=group:BUNDLE ${accepted.map((line) => line.mid).join(' ')}`);
  lines.push('a=msid-semantic:WMS *');
  offer.lines.forEach((line, index) => {
    const use = uses[index] ?? { kind: 'refuse' };
    if (use.kind === 'refuse' || line.opus === undefined) {
      lines.push(`m=${line.kind} 0 ${line.protocol} ${line.formats.join(' ')}`, 'c=IN IP4 0.0.0.0');
      lines.push(...midLine(line), 'a=inactive');
      return;
    }
    lines.push(...mediaLines(line, line.opus, use), ...transportLines(transport));
    if (accepted[0] === line)
      lines.push(...transport.candidates.map((candidate) => `a=${candidate}`), 'a=end-of-candidates');
  });
  return `${lines.join('\r\n')}\r\n`;
}

const midLine = (line: OfferLine): string[] => (line.named ? [`a=mid:${line.mid}`] : []);

/** The answer repeats the transport of the offer. Spec: RFC 3264, 6. */
const protocolOf = (line: OfferLine): string =>
  /^(?:UDP\/TLS\/)?RTP\/S?AVPF?$/.test(line.protocol) ? line.protocol : 'UDP/TLS/RTP/SAVPF';

const transportLines = (transport: IceTransport): string[] => [
  `a=ice-ufrag:${transport.ufrag}`,
  `a=ice-pwd:${transport.pwd}`,
  'a=ice-options:trickle',
  `a=fingerprint:${transport.fingerprint}`,
  `a=setup:${transport.setup}`,
  'a=rtcp-mux',
];

function mediaLines(line: OfferLine, opus: number, use: Exclude<Use, { kind: 'refuse' }>): string[] {
  // RED is answered wherever it is offered, in the offerer's order; a browser sends the first format. So the client,
  // which knows its link, decides: RED first in the offer for a poor link, or later, without asking us, by applying
  // this answer again with the two formats swapped. We read both at any time.
  const formats = line.red === undefined ? [opus] : line.redFirst ? [line.red, opus] : [opus, line.red];
  const stereo = line.opusParameters.get('stereo') === '1' || line.opusParameters.get('sprop-stereo') === '1';
  const receive = use.kind === 'receive';
  const parameters = ['minptime=10', 'useinbandfec=1'];
  if (stereo) parameters.push('stereo=1', 'sprop-stereo=1');
  if (receive) parameters.push(`maxaveragebitrate=${stereo ? MUSIC_BITRATE : SPEECH_BITRATE}`);
  // DTX would interrupt quiet music; pauses in speech need no packets.
  if (receive && !stereo) parameters.push('usedtx=1');
  return [
    `m=audio 9 ${protocolOf(line)} ${formats.join(' ')}`,
    'c=IN IP4 0.0.0.0',
    ...midLine(line),
    receive ? 'a=recvonly' : 'a=sendonly',
    ...(line.levelId === undefined
      ? []
      : [`a=extmap:${line.levelId} urn:ietf:params:rtp-hdrext:ssrc-audio-level`]),
    `a=rtpmap:${opus} opus/48000/2`,
    // Browsers do not offer NACK for audio but use it in both directions when the answer asks for it.
    `a=rtcp-fb:${opus} nack`,
    `a=fmtp:${opus} ${parameters.join(';')}`,
    ...(line.red === undefined
      ? []
      : [
          `a=rtpmap:${line.red} red/48000/2`,
          `a=fmtp:${line.red} ${opus}/${opus}`,
          `a=rtcp-fb:${line.red} nack`,
        ]),
    ...(use.kind === 'send' ? [`a=msid:stage slot-${use.slot}`, `a=ssrc:${use.ssrc} cname:stage`] : []),
  ];
}
