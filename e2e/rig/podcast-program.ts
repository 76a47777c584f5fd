/** What a podcast program, a reader of feeds or a calendar does at an address: no cookies, gzip, ranges, conditions. */
import { type IncomingHttpHeaders, request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { ffmpeg } from '../../test/ffmpeg.ts';

/** An answer, as such a program has it after decompression. */
export interface ProgramAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
}

/** Asks as a podcast program does. @throws when the answer sets a cookie. */
export async function ask(
  url: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<ProgramAnswer> {
  const sent = { 'user-agent': 'AntennaPod/3.9.0', 'accept-encoding': 'gzip', ...headers };
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers: sent, agent: false }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('error', reject);
      answer.on('end', () => {
        const all = Buffer.concat(parts);
        const coded = answer.headers['content-encoding'];
        if (answer.headers['set-cookie']) return reject(new Error(`${url} sets a cookie`));
        if (coded !== undefined && coded !== 'gzip') return reject(new Error(`${url}: ${coded}`));
        const bytes = coded === 'gzip' && all.length > 0 ? gunzipSync(all) : all;
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, bytes, text: bytes.toString() });
      });
    });
    asked.on('error', reject).end();
  });
}

/** Sound that was decoded. */
export interface Decoded {
  readonly seconds: number;
  /** Root of the mean square, full scale 1. */
  readonly loudness: number;
}

/** What ffmpeg hears at an address: all of it, or the first `most` seconds of what has no end. */
export async function decoded(url: string, most?: number): Promise<Decoded> {
  const limit = most === undefined ? [] : ['-t', String(most)];
  const input = ['-user_agent', 'AntennaPod/3.9.0', '-i', url, ...limit];
  // Playlists that are fetched again have their header again, which it mentions as an error of level warning only.
  const raw = await ffmpeg(
    new Uint8Array(),
    ...input,
    '-map',
    '0:a:0',
    '-ac',
    '1',
    '-ar',
    '48000',
    '-f',
    'f32le',
  );
  const samples = new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength));
  const power = samples.reduce((all, value) => all + value * value, 0) / Math.max(1, samples.length);
  return { seconds: samples.length / 48_000, loudness: Math.sqrt(power) };
}
