/** Limit of an offer's length. */
export const MAX_OFFER_BYTES = 32_768;
/** Limit of an offer's lines; browsers send 50 to 300. */
export const MAX_OFFER_LINES = 1_000;
/** Limit of an offer's m-lines: each must be answered, used or not. */
export const MAX_MEDIA_LINES = 64;
const MAX_LINE_LENGTH = 4_096;
/** Limits of codecs and candidates read from one section; the rest is dropped. */
const MAX_CODECS = 128;
const MAX_CANDIDATE_LINES = 256;
const LEVEL_URI = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level';
const DIRECTION = new Set(['sendonly', 'recvonly', 'sendrecv', 'inactive']);

/** The attributes of one section as written, the first of each kind. */
export interface RawLine {
  /** The text after `m=`; empty for the session's own part. */
  readonly media: string;
  mid: string | undefined;
  direction: string | undefined;
  bundleOnly: boolean;
  ufrag: string | undefined;
  pwd: string | undefined;
  setup: string | undefined;
  readonly fingerprints: string[];
  levelId: number | undefined;
  ssrc: string | undefined;
  /** Payload type → codec, lower case. */
  readonly codecs: Map<string, string>;
  /** Payload type → its parameters. */
  readonly parameters: Map<string, string>;
}

/** A description split into its sections. */
export interface Sections {
  readonly session: RawLine;
  readonly lines: readonly RawLine[];
  /** The mids of each BUNDLE group. */
  readonly bundles: readonly (readonly string[])[];
  /** Without `a=`. */
  readonly candidates: readonly string[];
}

const section = (media: string): RawLine => ({
  media,
  mid: undefined,
  direction: undefined,
  bundleOnly: false,
  ufrag: undefined,
  pwd: undefined,
  setup: undefined,
  fingerprints: [],
  levelId: undefined,
  ssrc: undefined,
  codecs: new Map(),
  parameters: new Map(),
});

/**
 * Splits a description in one pass over its lines. It accepts line ends of any kind, blank lines, spaces around a line
 * and a byte order mark. A string is the refusal in plain words. Spec: RFC 8866.
 */
export function readSections(text: string): Sections | string {
  if (text.length > MAX_OFFER_BYTES) return `An offer may have at most ${MAX_OFFER_BYTES} bytes`;
  const body = text.replace(/^[\uFEFF\s]+/, '');
  if (body.startsWith('{'))
    return 'The body is JSON, not a session description: send its "sdp" text alone, with real line ends';
  if (!/^v=0\s/.test(body)) return 'The body does not begin with v=0: it is not a session description';
  if (!/[\r\n]/.test(body)) return 'The body is a single line: its line ends were lost on the way';
  const all = body.split(/\r\n|\n|\r/, MAX_OFFER_LINES + 1);
  if (all.length > MAX_OFFER_LINES) return `The offer has more than ${MAX_OFFER_LINES} lines`;
  const session = section('');
  const lines: RawLine[] = [];
  const bundles: string[][] = [];
  const candidates: string[] = [];
  let now = session;
  for (const untrimmed of all) {
    if (untrimmed.length > MAX_LINE_LENGTH) return `A line is longer than ${MAX_LINE_LENGTH} characters`;
    const line = untrimmed.trim();
    if (line === '') continue;
    const kind = line.charCodeAt(0);
    if (kind < 97 || kind > 122 || line.charCodeAt(1) !== 61 || line.includes('\0'))
      return 'A line is not of the form x=value';
    if (kind === M) {
      if (lines.length >= MAX_MEDIA_LINES) return `The offer has more than ${MAX_MEDIA_LINES} m-lines`;
      now = section(line.slice(2).trim());
      lines.push(now);
    } else if (kind === A) {
      const colon = line.indexOf(':');
      const name = (colon < 0 ? line.slice(2) : line.slice(2, colon)).trim();
      const value = colon < 0 ? '' : line.slice(colon + 1).trim();
      if (name === 'candidate') {
        if (candidates.length < MAX_CANDIDATE_LINES) candidates.push(`candidate:${value}`);
      } else if (name === 'group') {
        if (/^BUNDLE\s/i.test(value) && bundles.length < MAX_MEDIA_LINES)
          bundles.push(value.split(/\s+/, MAX_MEDIA_LINES + 1).slice(1));
      } else note(now, name, value);
    }
  }
  if (lines.length === 0) return 'The offer has no m-line';
  return { session, lines, bundles, candidates };
}

const A = 97;
const M = 109;

function note(into: RawLine, name: string, value: string): void {
  switch (name) {
    case 'mid':
      into.mid ??= value;
      break;
    case 'ice-ufrag':
      into.ufrag ??= value;
      break;
    case 'ice-pwd':
      into.pwd ??= value;
      break;
    case 'setup':
      into.setup ??= value;
      break;
    case 'fingerprint':
      if (into.fingerprints.length < 8) into.fingerprints.push(value);
      break;
    case 'bundle-only':
      into.bundleOnly = true;
      break;
    case 'ssrc':
      into.ssrc ??= value.split(' ', 1)[0];
      break;
    case 'extmap': {
      const [id = '', uri = ''] = value.split(/\s+/, 2);
      if (uri === LEVEL_URI) into.levelId ??= Number(id.split('/', 1)[0]);
      break;
    }
    case 'rtpmap':
    case 'fmtp': {
      const end = value.search(/\s/);
      const type = /^\d{1,3}$/.test(value.slice(0, end)) ? String(Number(value.slice(0, end))) : undefined;
      const map = name === 'rtpmap' ? into.codecs : into.parameters;
      const rest = value.slice(end + 1).trim();
      if (type !== undefined && end > 0 && map.size < MAX_CODECS && !map.has(type))
        map.set(type, name === 'rtpmap' ? rest.toLowerCase() : rest);
      break;
    }
    default:
      if (DIRECTION.has(name)) into.direction ??= name;
  }
}
