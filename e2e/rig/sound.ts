import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { wavFile } from '../../test/sound-file.ts';

export const RATE = 48_000;

/** Mono 16-bit WAV of `samples` (±1) at 48 kHz, the format of Chromium's fake microphone. */
export function writeWav(path: string, samples: Float32Array): void {
  writeFileSync(path, wavFile(samples, 1));
}

/** Start of each burst in seconds. The distances are unequal, so that each burst can be identified. */
export function burstTimes(seconds: number): number[] {
  const times: number[] = [];
  let at = 1;
  for (let i = 0; at < seconds - 1; i++) {
    times.push(at);
    at += 1.7 + ((i * 7) % 11) * 0.13;
  }
  return times;
}

/**
 * Weak room noise, so that complete silence is a fault, and 120 ms bursts of tone that voice processing does not
 * change.
 */
export function bursts(seconds: number, tone = 1500): Float32Array {
  const samples = new Float32Array(seconds * RATE);
  let seed = 1;
  for (let i = 0; i < samples.length; i++) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    samples[i] = 0.01 * (seed / 2 ** 31 - 1);
  }
  for (const start of burstTimes(seconds)) {
    const first = Math.round(start * RATE);
    for (let i = 0; i < 0.12 * RATE; i++) {
      const edge = Math.min(1, i / 96, (0.12 * RATE - i) / 96);
      samples[first + i] = (samples[first + i] ?? 0) + 0.5 * edge * Math.sin((2 * Math.PI * tone * i) / RATE);
    }
  }
  return samples;
}

/** Real speech by espeak-ng at 48 kHz, written to `path`. */
export function writeSpeech(path: string, text: string, voice = 'en'): void {
  const raw = `${path}.raw.wav`;
  run('espeak-ng', ['-v', voice, '-s', '150', '-w', raw, text]);
  run('sox', [raw, '-r', '48000', '-c', '1', '-b', '16', path, 'gain', '-n', '-6', 'pad', '0.5', '0.5']);
}

/** Runs a program of the machine; a failure throws the program's own message. */
export function run(command: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
  return stdout + stderr;
}
