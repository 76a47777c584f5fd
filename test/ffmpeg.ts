/** The system's FFmpeg, as an independent check that shares no code with us. */
import { spawn } from 'node:child_process';

/**
 * Runs ffmpeg on these bytes. @throws with its complete message when it prints anything at error level, or is missing.
 */
export async function ffmpeg(input: Uint8Array, ...args: string[]): Promise<Buffer> {
  const child = spawn('ffmpeg', ['-v', 'error', ...args, 'pipe:1'], { stdio: 'pipe' });
  const out: Buffer[] = [];
  const complaints: Buffer[] = [];
  child.stdout.on('data', (bytes) => out.push(bytes));
  child.stderr.on('data', (bytes) => complaints.push(bytes));
  child.stdin.on('error', () => undefined);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (cause) => reject(new Error('ffmpeg is missing: apt-get install ffmpeg', { cause })));
    child.once('close', resolve);
    child.stdin.end(input);
  });
  const complaint = Buffer.concat(complaints).toString();
  if (code !== 0 || complaint) throw new Error(`ffmpeg: ${complaint || `exit ${code}`}`);
  return Buffer.concat(out);
}

/** Decodes the first channel to floats at 48 kHz without shifting it in time. `format` names the demuxer. */
export async function decodeWithFfmpeg(format: string, input: Uint8Array): Promise<Float32Array> {
  const raw = await ffmpeg(input, '-f', format, '-i', 'pipe:0', '-af', 'pan=mono|c0=c0', '-f', 'f32le');
  return new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength));
}
