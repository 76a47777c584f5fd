/** How a microphone is coded. */
export interface Tuning {
  /** Stereo at 128 kbit/s without DTX, for music; otherwise mono speech with DTX and redundancy. */
  readonly music: boolean;
}

/**
 * The publisher's offer as it is sent: Opus parameters in `fmtp`, NACK for Opus, and RED first for speech.
 *
 * Only the copy that goes to the server is changed; the browser keeps its own local description, so no browser can
 * refuse it. What the browser then sends is decided by the answer, in the answer's order.
 * Spec: RFC 7587 section 6, RFC 4585 section 4.2, RFC 2198.
 */
export function tuneOffer(sdp: string, tuning: Tuning): string {
  return eachAudio(sdp, (lines) => {
    const opus = payloads(lines, 'opus/48000/2');
    const red = payloads(lines, 'red/48000/2');
    const tuned = withFeedback(withParameters(lines, opus, parameters(tuning)), opus);
    return withFirst(tuned, tuning.music ? opus : [...red, ...opus]);
  });
}

/** A listener's offer as it is sent: NACK for Opus, so that lost packets are repaired. */
export function tuneReceiveOffer(sdp: string): string {
  return eachAudio(sdp, (lines) => withFeedback(lines, payloads(lines, 'opus/48000/2')));
}

/** The server's answer as it is applied: with the same Opus parameters, for servers that do not repeat them. */
export function tuneAnswer(sdp: string, tuning: Tuning): string {
  return eachAudio(sdp, (lines) =>
    withParameters(lines, payloads(lines, 'opus/48000/2'), parameters(tuning)),
  );
}

/**
 * The body of an ICE restart for the description `sdp`, with its candidates. Spec: RFC 8840 section 9, RFC 9725 4.3.
 */
export function restartFragment(sdp: string): string {
  const lines = sdp.split(/\r?\n/);
  const pick = (start: string) => lines.find((line) => line.startsWith(start));
  const media = pick('m=')?.replace(/^(m=\w+) \d+/, '$1 9');
  const candidates = [...new Set(lines.filter((line) => line.startsWith('a=candidate:')))];
  const body = [pick('a=ice-ufrag:'), pick('a=ice-pwd:'), media, pick('a=mid:'), ...candidates];
  return `${body.filter((line) => line !== undefined).join('\r\n')}\r\n`;
}

/** The earlier answer with the ICE credentials and candidates of a restart's reply, or undefined when it has none. */
export function restartedAnswer(answer: string, fragment: string): string | undefined {
  const lines = fragment.split(/\r?\n/);
  const ufrag = lines.find((line) => line.startsWith('a=ice-ufrag:'));
  const pwd = lines.find((line) => line.startsWith('a=ice-pwd:'));
  if (!ufrag || !pwd) return undefined;
  const candidates = lines.filter((line) => line.startsWith('a=candidate:'));
  const kept = answer
    .split(/\r?\n/)
    .filter((line) => candidates.length === 0 || !/^a=(candidate:|end-of-candidates)/.test(line))
    .map((line) => (line.startsWith('a=ice-ufrag:') ? ufrag : line.startsWith('a=ice-pwd:') ? pwd : line));
  const media = kept.findIndex((line) => line.startsWith('m='));
  let end = kept.findIndex((line, i) => i > media && line.startsWith('m='));
  if (end < 0) end = kept.at(-1) === '' ? kept.length - 1 : kept.length;
  if (media >= 0) kept.splice(end, 0, ...candidates);
  return kept.join('\r\n');
}

function parameters({ music }: Tuning): Record<string, string> {
  return music
    ? { stereo: '1', 'sprop-stereo': '1', maxaveragebitrate: '128000', useinbandfec: '1', usedtx: '0' }
    : { useinbandfec: '1', usedtx: '1', minptime: '10' };
}

function eachAudio(sdp: string, change: (lines: readonly string[]) => readonly string[]): string {
  const ending = sdp.includes('\r\n') ? '\r\n' : '\n';
  const sections: string[][] = [[]];
  for (const line of sdp.split(/\r?\n/)) {
    if (line.startsWith('m=')) sections.push([]);
    sections.at(-1)?.push(line);
  }
  return sections.flatMap((lines) => (lines[0]?.startsWith('m=audio ') ? change(lines) : lines)).join(ending);
}

function payloads(lines: readonly string[], name: string): string[] {
  return lines.flatMap((line) => {
    const found = /^a=rtpmap:(\d+) (.+)$/.exec(line);
    return found?.[1] && found[2]?.toLowerCase() === name ? [found[1]] : [];
  });
}

function withParameters(lines: readonly string[], types: string[], wanted: Record<string, string>): string[] {
  const out: string[] = [];
  const existing = new Set(lines.flatMap((line) => /^a=fmtp:(\d+) /.exec(line)?.[1] ?? []));
  for (const line of lines) {
    const fmtp = /^a=fmtp:(\d+) (.*)$/.exec(line);
    const map = /^a=rtpmap:(\d+) /.exec(line);
    if (fmtp?.[1] && types.includes(fmtp[1])) out.push(`a=fmtp:${fmtp[1]} ${merged(fmtp[2] ?? '', wanted)}`);
    else out.push(line);
    if (map?.[1] && types.includes(map[1]) && !existing.has(map[1]))
      out.push(`a=fmtp:${map[1]} ${merged('', wanted)}`);
  }
  return out;
}

function merged(text: string, wanted: Record<string, string>): string {
  const values = new Map<string, string>();
  for (const piece of text.split(';')) {
    const [key, ...rest] = piece.trim().split('=');
    if (key) values.set(key, rest.join('='));
  }
  for (const [key, value] of Object.entries(wanted)) values.set(key, value);
  return [...values].map(([key, value]) => (value === '' ? key : `${key}=${value}`)).join(';');
}

function withFeedback(lines: readonly string[], types: string[]): string[] {
  return lines.flatMap((line) => {
    const map = /^a=rtpmap:(\d+) /.exec(line);
    if (!map?.[1] || !types.includes(map[1]) || lines.includes(`a=rtcp-fb:${map[1]} nack`)) return [line];
    return [line, `a=rtcp-fb:${map[1]} nack`];
  });
}

function withFirst(lines: readonly string[], first: string[]): string[] {
  return lines.map((line) => {
    if (!line.startsWith('m=audio ')) return line;
    const [media, port, protocol, ...types] = line.split(' ');
    const front = first.filter((type) => types.includes(type));
    return [media, port, protocol, ...front, ...types.filter((type) => !front.includes(type))].join(' ');
  });
}
