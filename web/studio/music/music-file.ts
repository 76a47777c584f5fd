import { isRefusal, type Refusal, refusalOf, retryDelay } from '../../capture/index.ts';
import { keep, kept } from '../../kit/words.ts';

/** The most bytes that the server accepts; the header of a WAV file takes the first of them. */
const MOST_BYTES = 8_000_000;
const HEAD_BYTES = 44;
const RATE = 48_000;
/** The largest file that is read, in bytes: an hour of MP3. */
export const LARGEST_FILE = 100_000_000;

/** What happened to a file. */
export type MusicSent =
  | { readonly seconds: number }
  | Refusal
  | 'no-sound'
  | 'unreadable'
  | 'too-large'
  | 'stopped';

/** A room's own hold music. */
export interface KeptMusic {
  readonly seconds: number;
  /** The name of its file, if this device sent it. */
  readonly name?: string;
}

/** Progress and cancellation of sending a file. */
export interface Sending {
  /** Called with the share that has been sent, 0 to 1. */
  progress(share: number): void;
  readonly signal: AbortSignal;
}

const addressOf = (slug: string): string => `/api/rooms/${slug}/music`;
const keyOf = (slug: string): string => `earshot-music-${slug}`;

/**
 * Decodes any file that this browser can play, cuts it to the size that the server accepts, and sends it as hold music.
 */
export async function sendMusic(
  slug: string,
  token: string,
  file: File,
  sending: Sending,
): Promise<MusicSent> {
  if (file.size > LARGEST_FILE) return 'too-large';
  let wav: ArrayBuffer;
  const bytes = await file.arrayBuffer();
  const known = looksLikeSound(new Uint8Array(bytes, 0, Math.min(bytes.byteLength, 16)));
  try {
    const context = new OfflineAudioContext(2, 1, RATE);
    wav = wavOf(await context.decodeAudioData(bytes));
  } catch {
    return known ? 'unreadable' : 'no-sound';
  }
  if (sending.signal.aborted) return 'stopped';
  const answer = await upload(addressOf(slug), token, wav, sending);
  if (answer === undefined) return 'stopped';
  if (isRefusal(answer)) return answer;
  const { seconds } = (await answer.json().catch(() => ({}))) as { seconds?: number };
  const sent = { seconds: seconds ?? 0, name: file.name };
  keep(keyOf(slug), JSON.stringify(sent));
  return sent;
}

/** The room's own music as the server has it; undefined while the built-in music plays, or without an answer. */
export async function askMusic(slug: string, token: string): Promise<KeptMusic | undefined> {
  const answer = await ask(addressOf(slug), token);
  if (isRefusal(answer)) return undefined;
  const { seconds } = (await answer.json().catch(() => ({}))) as { seconds?: unknown };
  return typeof seconds === 'number' ? { seconds, ...nameOf(slug, seconds) } : undefined;
}

/** The music that the server plays, as a WAV file; undefined if it could not be fetched. */
export async function fetchMusic(slug: string, token: string): Promise<Blob | undefined> {
  const answer = await ask(`${addressOf(slug)}.wav`, token);
  return isRefusal(answer) ? undefined : answer.blob().catch(() => undefined);
}

/** Goes back to the built-in music. Returns why that failed, or undefined. */
export async function removeMusic(slug: string, token: string): Promise<Refusal | undefined> {
  const answer = await ask(addressOf(slug), token, 'DELETE');
  return isRefusal(answer) ? answer : undefined;
}

/** The file name, if the music has the length that this device sent: another host may have sent other music since. */
function nameOf(slug: string, seconds: number): { name?: string } {
  try {
    const sent: unknown = JSON.parse(kept(keyOf(slug)) ?? 'null');
    const { name, seconds: length } = (sent ?? {}) as { name?: unknown; seconds?: unknown };
    return typeof name === 'string' && length === seconds ? { name } : {};
  } catch {
    return {};
  }
}

/**
 * Whether the first bytes are those of a sound file, to tell one that cannot be played from a file that is not sound.
 */
export function looksLikeSound(head: Uint8Array): boolean {
  const text = String.fromCharCode(...head);
  return (
    /^(RIFF....WAVE|FORM....AIF|OggS|fLaC|ID3|caff|MThd|\.snd|#!AMR|wvpk|MAC )/s.test(text) ||
    /^....ftyp/s.test(text) ||
    text.startsWith('\x1a\x45\xdf\xa3') ||
    // MPEG sound and ADTS: eleven bits of synchronization.
    (head[0] === 0xff && ((head[1] ?? 0) & 0xe0) === 0xe0)
  );
}

async function ask(url: string, token: string, method = 'GET'): Promise<Response | Refusal> {
  try {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(url, { method, headers, cache: 'no-store' });
    return response.ok ? response : await refusalOf(response);
  } catch (error) {
    return unheard(String(error));
  }
}

const unheard = (detail: string): Refusal => ({
  ...{ refused: true, status: 0, code: 'network', detail },
  retryAfter: retryDelay(0),
});

/** Sends with progress, which `fetch` does not report; undefined if it was cancelled. */
function upload(
  url: string,
  token: string,
  body: ArrayBuffer,
  { progress, signal }: Sending,
): Promise<Response | Refusal | undefined> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open('PUT', url);
    request.setRequestHeader('authorization', `Bearer ${token}`);
    request.setRequestHeader('content-type', 'audio/wav');
    request.upload.addEventListener('progress', ({ loaded, total }) => progress(total ? loaded / total : 0));
    request.addEventListener('load', () => {
      const headers: Record<string, string> = {};
      const wait = request.getResponseHeader('retry-after');
      if (wait) headers['retry-after'] = wait;
      const { status } = request;
      const response = new Response(status === 204 ? null : request.responseText, { status, headers });
      resolve(response.ok ? response : refusalOf(response));
    });
    request.addEventListener('error', () => resolve(unheard('the connection broke')));
    request.addEventListener('abort', () => resolve(undefined));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    progress(0);
    request.send(body);
  });
}

/** A 16-bit WAV file of the first one or two channels, cut to the size that the server accepts. */
export function wavOf(
  sound: Pick<AudioBuffer, 'numberOfChannels' | 'length' | 'getChannelData'>,
): ArrayBuffer {
  const left = sound.getChannelData(0);
  const right = sound.numberOfChannels > 1 ? sound.getChannelData(1) : undefined;
  const channels = right ? 2 : 1;
  const frames = Math.min(sound.length, Math.floor((MOST_BYTES - HEAD_BYTES) / (2 * channels)));
  const bytes = new ArrayBuffer(HEAD_BYTES + frames * channels * 2);
  const view = new DataView(bytes);
  const text = (at: number, it: string): void => {
    for (let i = 0; i < it.length; i++) view.setUint8(at + i, it.charCodeAt(i));
  };
  text(0, 'RIFF');
  view.setUint32(4, bytes.byteLength - 8, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, RATE, true);
  view.setUint32(28, RATE * channels * 2, true);
  view.setUint16(32, channels * 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, frames * channels * 2, true);
  let at = HEAD_BYTES;
  const put = (sample: number): void => {
    view.setInt16(at, Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), true);
    at += 2;
  };
  for (let i = 0; i < frames; i++) {
    put(left[i] ?? 0);
    if (right) put(right[i] ?? 0);
  }
  return bytes;
}
