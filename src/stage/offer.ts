import { MAX_CANDIDATES, usableCandidate } from './candidate.ts';

/** One m-line of an offer, reduced to what the stage uses. */
export interface OfferLine {
  readonly mid: string;
  readonly kind: string;
  readonly protocol: string;
  readonly direction: 'sendonly' | 'recvonly' | 'sendrecv' | 'inactive';
  /** Formats as written, for a refusal to repeat. */
  readonly formats: readonly string[];
  /** Payload type of Opus, where the line offers it. */
  readonly opus?: number;
  /** Parameters of Opus, lower case. */
  readonly opusParameters: ReadonlyMap<string, string>;
  /** Payload type of RED over Opus. Spec: RFC 2198. */
  readonly red?: number;
  /** True when RED stands before Opus, which is the offerer's preference. */
  readonly redFirst: boolean;
  /** Extension id of the client-to-mixer audio level. Spec: RFC 6464. */
  readonly levelId?: number;
  /** First announced source. */
  readonly ssrc?: number;
}

/** A session description that has been checked. */
export interface Offer {
  readonly lines: readonly OfferLine[];
  readonly bundled: boolean;
  readonly ufrag: string;
  readonly pwd: string;
  /** `algorithm value`, as written. */
  readonly fingerprint: string;
  readonly setup: 'actpass' | 'active' | 'passive';
  /** Usable remote candidates, without `a=`. */
  readonly candidates: readonly string[];
}

/** Bytes of an offer at most. */
export const MAX_OFFER_BYTES = 65_536;
/** m-lines of an offer at most. */
export const MAX_LINES = 16;
const MAX_LINE_LENGTH = 4_096;
const LEVEL_URI = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level';
const ICE = /^[A-Za-z0-9+/]+$/;

class Malformed extends Error {}
const refuse = (why: string): never => {
  throw new Malformed(why);
};

/** Reads and checks an SDP offer. A string is the refusal in plain words. Spec: RFC 8866; RFC 9725, 4.2. */
export function readOffer(text: string): Offer | string {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof Malformed) return error.message;
    throw error;
  }
}

function parse(text: string): Offer {
  if (!text.startsWith('v=0')) refuse('The body does not begin with v=0: it is not a session description');
  const all = text.split(/\r\n|\n|\r/).filter((line) => line !== '');
  if (all.some((line) => line.length > MAX_LINE_LENGTH))
    refuse(`A line is longer than ${MAX_LINE_LENGTH} characters`);
  if (all.some((line) => !/^[a-z]=/.test(line) || line.includes('\0')))
    refuse('A line is not of the form x=value');
  const first = all.findIndex((line) => line.startsWith('m='));
  if (first < 0) refuse('The offer has no m-line');
  const session = all.slice(0, first);
  const sections: string[][] = [];
  for (const line of all.slice(first)) {
    if (line.startsWith('m=')) sections.push([]);
    sections.at(-1)?.push(line);
  }
  if (sections.length > MAX_LINES) refuse(`The offer has more than ${MAX_LINES} m-lines`);
  const candidateLines = all.filter((line) => line.startsWith('a=candidate:'));
  if (candidateLines.length > MAX_CANDIDATES * MAX_LINES) refuse('The offer has too many candidates');
  const candidates = [...new Set(candidateLines.map((line) => line.slice(2)).filter(usableCandidate))];
  if (candidates.length > MAX_CANDIDATES) refuse(`The offer has more than ${MAX_CANDIDATES} candidates`);
  const lines = sections.map((section, index) => parseLine(section, index));
  if (new Set(lines.map((line) => line.mid)).size !== lines.length) refuse('Two m-lines share one mid');
  const bundle = value(session, 'group:BUNDLE ')?.trim().split(/\s+/) ?? [];
  if (lines.length > 1 && !lines.every((line) => bundle.includes(line.mid)))
    refuse('All m-lines must be in one BUNDLE group');
  // With BUNDLE the first line's transport is everybody's. Spec: RFC 8843, 7.
  const head = [...(sections[0] ?? []), ...session];
  const ufrag = value(head, 'ice-ufrag:') ?? refuse('The offer has no ice-ufrag');
  const pwd = value(head, 'ice-pwd:') ?? refuse('The offer has no ice-pwd');
  if (ufrag.length < 4 || ufrag.length > 256 || !ICE.test(ufrag)) refuse('The ice-ufrag is malformed');
  if (pwd.length < 22 || pwd.length > 256 || !ICE.test(pwd)) refuse('The ice-pwd is malformed');
  const fingerprint =
    value(head, 'fingerprint:') ?? refuse('The offer has no fingerprint: media must be encrypted');
  checkFingerprint(fingerprint);
  const setup = value(head, 'setup:') ?? 'actpass';
  if (setup !== 'actpass' && setup !== 'active' && setup !== 'passive')
    return refuse('The setup role is unknown');
  return { lines, bundled: bundle.length > 0, ufrag, pwd, fingerprint, setup, candidates };
}

function checkFingerprint(fingerprint: string): void {
  const bytes = { 'sha-256': 32, 'sha-384': 48, 'sha-512': 64 };
  const [algorithm = '', digest = ''] = fingerprint.toLowerCase().split(' ');
  const expected = bytes[algorithm as keyof typeof bytes];
  if (expected === undefined) refuse('The fingerprint must be sha-256, sha-384 or sha-512');
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2})*$/.test(digest) || digest.length !== Number(expected) * 3 - 1)
    refuse('The fingerprint is malformed');
}

function parseLine(section: readonly string[], index: number): OfferLine {
  const [kind = '', port = '', protocol = '', ...formats] = (section[0] ?? '').slice(2).trim().split(/\s+/);
  if (!/^[a-z]{1,16}$/.test(kind) || !/^\d{1,5}$/.test(port) || formats.length === 0 || formats.length > 128)
    refuse('An m-line is malformed');
  const mid = value(section, 'mid:') ?? String(index);
  if (!/^[!-~]{1,16}$/.test(mid)) refuse('A mid is malformed');
  const direction =
    (['sendonly', 'recvonly', 'inactive', 'sendrecv'] as const).find((word) =>
      section.includes(`a=${word}`),
    ) ?? 'sendrecv';
  const codec = (name: string): number | undefined => {
    const pattern = new RegExp(`^a=rtpmap:(\\d{1,3}) ${name}$`, 'i');
    for (const format of formats)
      for (const line of section)
        if (pattern.exec(line)?.[1] === format && Number(format) < 128) return Number(format);
    return undefined;
  };
  const opus = kind === 'audio' ? codec('opus/48000/2') : undefined;
  const red = opus === undefined ? undefined : codec('red/48000/2');
  const extension = section.find((line) => line.startsWith('a=extmap:') && line.split(' ')[1] === LEVEL_URI);
  const levelId = Number(extension?.slice(9).split(/[ /]/)[0]);
  const ssrc = Number(value(section, 'ssrc:')?.split(' ')[0]);
  return {
    mid,
    kind,
    protocol,
    direction: port === '0' && !section.includes('a=bundle-only') ? 'inactive' : direction,
    formats,
    ...(opus === undefined ? {} : { opus }),
    opusParameters: parameters(opus === undefined ? undefined : value(section, `fmtp:${opus} `)),
    ...(red === undefined ? {} : { red }),
    redFirst: red !== undefined && formats.indexOf(String(red)) < formats.indexOf(String(opus)),
    // One-byte headers go to 14. Spec: RFC 8285, 4.2.
    ...(levelId >= 1 && levelId <= 14 ? { levelId } : {}),
    ...(ssrc > 0 && ssrc <= 0xffffffff ? { ssrc } : {}),
  };
}

const value = (lines: readonly string[], name: string): string | undefined =>
  lines.find((line) => line.startsWith(`a=${name}`))?.slice(2 + name.length);

function parameters(text: string | undefined): Map<string, string> {
  const pairs = (text ?? '')
    .toLowerCase()
    .split(';')
    .map((pair) => pair.trim().split('='));
  return new Map(pairs.filter(([key]) => key).map(([key = '', item = '']) => [key, item]));
}
