import { MAX_CANDIDATES, usableCandidate } from './candidate.ts';
import { type RawLine, readSections } from './sections.ts';

/** The transport parameters of one m-line. Spec: RFC 8839; RFC 8122; RFC 4145. */
export interface OfferPath {
  readonly ufrag: string;
  readonly pwd: string;
  /** `algorithm DIGEST`, without anything else from that line. */
  readonly fingerprint: string;
  readonly setup: 'actpass' | 'active' | 'passive';
}

/** One m-line of an offer, reduced to the parts that the stage uses. */
export interface OfferLine {
  /** The mid as offered; the line's number if the offer has none. */
  readonly mid: string;
  /** Whether the offer has a mid; only then the answer has one. Spec: RFC 5888, 9. */
  readonly named: boolean;
  readonly kind: string;
  readonly protocol: string;
  readonly direction: Direction;
  /** Formats as written, for the text of a refusal. */
  readonly formats: readonly string[];
  /** Payload type of Opus, if the line offers it. */
  readonly opus?: number;
  /** Parameters of Opus, in lower case. */
  readonly opusParameters: ReadonlyMap<string, string>;
  /** Payload type of RED over Opus. Spec: RFC 2198. */
  readonly red?: number;
  /** True when RED comes before Opus, which means that the offerer prefers it. */
  readonly redFirst: boolean;
  /** Extension id of the client-to-mixer audio level. Spec: RFC 6464. */
  readonly levelId?: number;
  /** The first announced source. */
  readonly ssrc?: number;
  /** The transport parameters, or in words what is missing. */
  readonly path: OfferPath | string;
  /** Lines with the same number share a transport; undefined for a line of its own. Spec: RFC 8843. */
  readonly bundle?: number;
}

/** Direction of an m-line's media from the offerer's point of view. Spec: RFC 8866, 6.7. */
export type Direction = 'sendonly' | 'recvonly' | 'sendrecv' | 'inactive';

/** A session description that has been checked. */
export interface Offer {
  readonly lines: readonly OfferLine[];
  /** Usable remote candidates, without `a=`, the first 32. */
  readonly candidates: readonly string[];
}

/** Limits of one offer, so that reading it takes at most a few ms of the thread that mixes. */
export { MAX_MEDIA_LINES, MAX_OFFER_BYTES, MAX_OFFER_LINES } from './sections.ts';

const ICE = /^[A-Za-z0-9+/]+$/;
const DIGEST = /^[0-9a-f]{2}(?::[0-9a-f]{2})*$/i;
const DIGEST_BYTES: Readonly<Record<string, number>> = { 'sha-256': 32, 'sha-384': 48, 'sha-512': 64 };
const DIRECTIONS: readonly string[] = ['sendonly', 'recvonly', 'sendrecv', 'inactive'];

/**
 * Reads and checks an SDP offer in one pass. A string is the refusal in plain words. `behindNat` leaves out candidates
 * in private networks as well. Spec: RFC 8866; RFC 9725, 4.2.
 */
export function readOffer(text: string, behindNat = false): Offer | string {
  const read = readSections(text);
  if (typeof read === 'string') return read;
  const { session, lines: raw, bundles } = read;
  const bundleOf = new Map<string, number>();
  for (const [number, mids] of bundles.entries())
    for (const mid of mids) if (!bundleOf.has(mid)) bundleOf.set(mid, number);
  const lines: OfferLine[] = [];
  const mids = new Set<string>();
  const heads = new Map<number, RawLine>();
  for (const [index, line] of raw.entries()) {
    const mid = line.mid ?? String(index);
    if (!/^[!-~]{1,32}$/.test(mid)) return 'A mid is malformed: at most 32 visible characters';
    if (mids.has(mid)) return `Two m-lines share one mid, ${mid}`;
    mids.add(mid);
    const bundle = line.mid === undefined ? undefined : bundleOf.get(mid);
    if (bundle !== undefined && !heads.has(bundle)) heads.set(bundle, line);
    const head = bundle === undefined ? undefined : heads.get(bundle);
    const made = readLine(line, mid, pathOf([line, ...(head ? [head] : []), session]));
    if (typeof made === 'string') return made;
    lines.push({
      ...made,
      direction: made.direction ?? (session.direction as Direction | undefined) ?? 'sendrecv',
      ...(bundle === undefined ? {} : { bundle }),
    });
  }
  const candidates = new Set<string>();
  for (const candidate of read.candidates) {
    if (candidates.size >= MAX_CANDIDATES) break;
    if (usableCandidate(candidate, behindNat)) candidates.add(candidate);
  }
  return { lines, candidates: [...candidates] };
}

/** The line that carries a voice, or in words why there is none. */
export function publishLine(offer: Offer): OfferLine | string {
  return chosen(offer, 'sendonly')[0] ?? whyNone(offer, 'sendonly', 'to speak');
}

/** The lines on which a receiver can get voices, all on one transport, or in words why there are none. */
export function receiveLines(offer: Offer): readonly OfferLine[] | string {
  const lines = chosen(offer, 'recvonly');
  const [first] = lines;
  if (!first) return whyNone(offer, 'recvonly', 'to hear');
  if (first.bundle === undefined) return [first];
  return lines.filter((line) => line.bundle === first.bundle).slice(0, MAX_RECEIVE_LINES);
}

/** Limit of simultaneous voices; the loudest share them. */
const MAX_RECEIVE_LINES = 16;

const chosen = (offer: Offer, way: 'sendonly' | 'recvonly'): OfferLine[] =>
  offer.lines.filter(
    (line) =>
      line.opus !== undefined &&
      typeof line.path !== 'string' &&
      (line.direction === way || line.direction === 'sendrecv'),
  );

function whyNone(offer: Offer, way: 'sendonly' | 'recvonly', what: string): string {
  const audio = offer.lines.filter((line) => line.kind === 'audio');
  if (audio.length === 0) return `The offer has no audio line: ${what}, offer one with Opus`;
  const opus = audio.filter((line) => line.opus !== undefined);
  if (opus.length === 0)
    return 'No audio line offers Opus at 48 kHz (a=rtpmap:111 opus/48000/2, payload type 0 to 63 or 96 to 127)';
  const fitting = opus.filter((line) => line.direction === way || line.direction === 'sendrecv');
  if (fitting.length === 0) {
    const [first] = opus;
    return `The audio line is ${first?.direction}: ${what}, it must be ${way} or sendrecv, and its port not 0`;
  }
  const [first] = fitting;
  return typeof first?.path === 'string' ? first.path : 'No audio line can be used';
}

/**
 * The transport of a line: its own attributes, then those of the first line of its bundle, then those of the session.
 */
function pathOf(
  places: readonly Pick<RawLine, 'ufrag' | 'pwd' | 'fingerprints' | 'setup'>[],
): OfferPath | string {
  const withUfrag = places.find((place) => place.ufrag !== undefined);
  const ufrag = withUfrag?.ufrag;
  if (ufrag === undefined) return 'The offer has no ice-ufrag';
  if (ufrag.length < 4 || ufrag.length > 256 || !ICE.test(ufrag))
    return 'The ice-ufrag is malformed: 4 to 256 letters, digits, + and /';
  const pwd = (withUfrag?.pwd === undefined ? places.find((place) => place.pwd !== undefined) : withUfrag)
    ?.pwd;
  if (pwd === undefined) return 'The offer has no ice-pwd';
  if (pwd.length < 22 || pwd.length > 256 || !ICE.test(pwd))
    return 'The ice-pwd is malformed: 22 to 256 letters, digits, + and /';
  const prints = places.find((place) => place.fingerprints.length > 0)?.fingerprints;
  if (!prints) return 'The offer has no fingerprint: media must be encrypted (DTLS-SRTP)';
  const fingerprint = fingerprintOf(prints);
  if (typeof fingerprint !== 'object') return fingerprint;
  const setup = (places.find((place) => place.setup !== undefined)?.setup ?? 'actpass').toLowerCase();
  if (setup !== 'actpass' && setup !== 'active' && setup !== 'passive')
    return 'The setup role is unknown: actpass, active or passive';
  return { ufrag, pwd, fingerprint: fingerprint.text, setup };
}

/** The first digest that we can check; the rest of the line is dropped. */
function fingerprintOf(prints: readonly string[]): { readonly text: string } | string {
  let why = 'The fingerprint must be sha-256, sha-384 or sha-512';
  for (const print of prints) {
    const [algorithm = '', digest = ''] = print.trim().split(/\s+/, 2);
    const bytes = DIGEST_BYTES[algorithm.toLowerCase()];
    if (bytes === undefined) continue;
    if (digest.length === bytes * 3 - 1 && DIGEST.test(digest))
      return { text: `${algorithm.toLowerCase()} ${digest.toUpperCase()}` };
    why = 'The fingerprint is malformed';
  }
  return why;
}

type Made = Omit<OfferLine, 'direction' | 'bundle'> & { readonly direction: Direction | undefined };

function readLine(line: RawLine, mid: string, path: OfferPath | string): Made | string {
  const [kind = '', port = '', protocol = '', ...formats] = line.media.split(/\s+/);
  const plain = /^[a-z]{1,16}$/.test(kind) && /^\d{1,5}(?:\/\d{1,5})?$/.test(port);
  if (!plain || !/^[A-Za-z0-9/.-]{1,40}$/.test(protocol) || formats.length === 0 || formats.length > 128)
    return 'An m-line is malformed: m=audio 9 UDP/TLS/RTP/SAVPF 111';
  if (formats.some((format) => !/^[!-~]{1,64}$/.test(format))) return 'An m-line has an invalid format';
  const opus = kind === 'audio' ? formatOf(line, formats, /^opus\/48000(?:\/\d{1,2})?$/) : undefined;
  const red = opus === undefined ? undefined : formatOf(line, formats, /^red\/48000(?:\/\d{1,2})?$/);
  const level = line.levelId ?? 0;
  const ssrc = Number(line.ssrc);
  return {
    mid,
    named: line.mid !== undefined,
    kind,
    protocol,
    direction:
      Number.parseInt(port, 10) === 0 && !line.bundleOnly
        ? 'inactive'
        : DIRECTIONS.includes(line.direction ?? '')
          ? (line.direction as Direction)
          : undefined,
    formats,
    ...(opus === undefined ? {} : { opus }),
    opusParameters: parameters(opus === undefined ? undefined : line.parameters.get(String(opus))),
    ...(red === undefined ? {} : { red }),
    redFirst: red !== undefined && place(formats, red) < place(formats, opus),
    // Ids of one-byte headers end at 14. Spec: RFC 8285, 4.2.
    ...(level >= 1 && level <= 14 ? { levelId: level } : {}),
    ...(ssrc > 0 && ssrc <= 0xffffffff && Number.isInteger(ssrc) ? { ssrc } : {}),
    path,
  };
}

const place = (formats: readonly string[], type: number | undefined): number =>
  formats.findIndex((format) => Number(format) === type);

/** The offerer's first format with that name. Types 64 to 95 look like RTCP on a shared port. Spec: RFC 5761, 4. */
function formatOf(line: RawLine, formats: readonly string[], name: RegExp): number | undefined {
  for (const format of formats) {
    const type = Number(format);
    if (!/^\d{1,3}$/.test(format) || type > 127 || (type >= 64 && type <= 95)) continue;
    if (name.test(line.codecs.get(String(type)) ?? '')) return type;
  }
  return undefined;
}

function parameters(text: string | undefined): Map<string, string> {
  const pairs = (text ?? '')
    .toLowerCase()
    .split(';', 64)
    .map((pair) => pair.trim().split('='));
  return new Map(pairs.filter(([key]) => key).map(([key = '', item = '']) => [key, item]));
}
