import { BLOCK_TICKS, TICKS_PER_SECOND } from '../base/time.ts';
import { integratedLufs } from './loudness.ts';
import type { Standby } from './standby.ts';

/** Loudness that the host's music is brought to, LUFS: below the voice that will follow. */
const MUSIC_LUFS = -23;
/** Longest blend of the end of the music into its beginning. */
const SEAM = 3 * TICKS_PER_SECOND;
const MAX_GAIN = 8;
/** Number of samples measured, from the beginning: 2 min. */
const MEASURED = 2 * 120 * TICKS_PER_SECOND;

/** The factor that brings sound to −23 LUFS, measured over its first two minutes. At most 8; 1 for silence. */
export function musicGain(pcm: Float32Array): number {
  const loudness = integratedLufs(pcm.subarray(0, MEASURED));
  return Number.isFinite(loudness) ? Math.min(MAX_GAIN, 10 ** ((MUSIC_LUFS - loudness) / 20)) : 1;
}

/**
 * The host's own music as a loop; its last seconds blend into its first. It is levelled to −23 LUFS by its first two
 * minutes. `pcm` is interleaved stereo at 48 kHz, kept and not copied; at least 40 ms.
 * @throws RangeError when it is shorter.
 */
export const musicFromPcm = (pcm: Float32Array): Standby => looped(pcm, musicGain(pcm));

/**
 * Loops a host's music from the output of `readMusic`, which is already levelled and has 16 bits, so that nothing is
 * computed here.
 */
export const musicFromLevelled = (pcm: Int16Array): Standby => looped(pcm, 1 / 32_768);

function looped(pcm: Float32Array | Int16Array, gain: number): Standby {
  const frames = Math.floor(pcm.length / 2);
  if (frames < 2 * BLOCK_TICKS) throw new RangeError('Hold music must be at least 40 ms long');
  const seam = Math.min(SEAM, Math.floor(frames / 4));
  const period = frames - seam;
  return {
    render(n, out) {
      let at = (((n * BLOCK_TICKS) % period) + period) % period;
      for (let i = 0; i < BLOCK_TICKS; i += 1) {
        let left = pcm[2 * at] as number;
        let right = pcm[2 * at + 1] as number;
        if (at < seam) {
          const angle = (((at + 0.5) / seam) * Math.PI) / 2;
          const old = period + at;
          left = left * Math.sin(angle) + (pcm[2 * old] as number) * Math.cos(angle);
          right = right * Math.sin(angle) + (pcm[2 * old + 1] as number) * Math.cos(angle);
        }
        out[2 * i] = left * gain;
        out[2 * i + 1] = right * gain;
        at = at + 1 === period ? 0 : at + 1;
      }
    },
  };
}
