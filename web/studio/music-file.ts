import { isRefusal, type Refusal, refusalOf, retryDelay } from '../capture/index.ts';

/** Bytes the server takes, and what a WAV file's head needs of them. */
const MOST_BYTES = 8_000_000;
const HEAD_BYTES = 44;
const RATE = 48_000;
/** Larger files are not even read: an hour of MP3. */
export const LARGEST_FILE = 100_000_000;

/** What became of a file. */
export type MusicSent = { readonly seconds: number } | Refusal | 'unreadable' | 'too-large';

/** Decodes whatever this browser can play, cuts it to what the server takes and sends it as the room's hold music. */
export async function sendMusic(slug: string, token: string, file: File): Promise<MusicSent> {
  if (file.size > LARGEST_FILE) return 'too-large';
  let wav: ArrayBuffer;
  try {
    const context = new OfflineAudioContext(2, 1, RATE);
    wav = wavOf(await context.decodeAudioData(await file.arrayBuffer()));
  } catch {
    return 'unreadable';
  }
  const answer = await ask(slug, token, { method: 'PUT', body: wav });
  if (isRefusal(answer)) return answer;
  const { seconds } = (await answer.json().catch(() => ({}))) as { seconds?: number };
  return { seconds: seconds ?? 0 };
}

/** The music of the house again; why not, or undefined. */
export async function removeMusic(slug: string, token: string): Promise<Refusal | undefined> {
  const answer = await ask(slug, token, { method: 'DELETE' });
  return isRefusal(answer) ? answer : undefined;
}

async function ask(slug: string, token: string, init: RequestInit): Promise<Response | Refusal> {
  try {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(init.body ? { 'content-type': 'audio/wav' } : {}),
    };
    const response = await fetch(`/api/rooms/${slug}/music`, { ...init, headers });
    return response.ok ? response : await refusalOf(response);
  } catch (error) {
    const why = { status: 0, code: 'network', detail: String(error), retryAfter: retryDelay(0) };
    return { refused: true, ...why } as const;
  }
}

/** 16-bit WAV of the first or only two channels, as long as the server takes it. */
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
