/** A frame louder than this before a pause is not background. Mean square; −45 dBFS. */
const LOUDEST = 3e-5;
/** Maximum gain for comfort noise: 12 dB. */
const MOST = 4;
/** Mean square below which there is nothing to amplify. */
const SILENT = 1e-12;

/** Number of frames after a pause that the decoder blends with its comfort noise; they are too quiet as well. */
const GLUED = 5;
/** Largest power ratio between the background and a blended frame: 9 dB. */
const GLUE = 8;

/**
 * Keeps comfort noise as loud as the background that it replaces. The decoder's comfort noise is 6 dB too quiet, and so
 * are the frames that refresh it, because the decoder blends them with its noise. Without a correction the noise floor
 * would pump.
 */
export class ComfortGain {
  #background = 0;
  #gain = 1;
  #glued = 0;

  /**
   * Takes a received frame and corrects it in place while it is blended with a pause. The last frame before a pause is
   * background noise: senders wait a little before they stop sending.
   */
  heard(pcm: Float32Array): void {
    const own = power(pcm);
    if (this.#glued > 0) {
      this.#glued -= 1;
      if (own < LOUDEST) this.#background = Math.min(this.#background, own * GLUE);
      this.#slide(pcm, own);
      return;
    }
    this.#background = own;
    if (this.#gain !== 1) this.#slide(pcm, LOUDEST);
  }

  /** Amplifies comfort noise in place. The gain slides from that of the last frame. */
  lift(pcm: Float32Array): void {
    this.#glued = GLUED;
    this.#slide(pcm, power(pcm));
  }

  #slide(pcm: Float32Array, own: number): void {
    const to =
      this.#background < LOUDEST && own < LOUDEST && own > SILENT
        ? Math.min(MOST, Math.max(1, Math.sqrt(this.#background / own)))
        : 1;
    const step = (2 * (to - this.#gain)) / pcm.length;
    let gain = this.#gain;
    for (let i = 0; i + 1 < pcm.length; i += 2) {
      gain += step;
      pcm[i] = (pcm[i] as number) * gain;
      pcm[i + 1] = (pcm[i + 1] as number) * gain;
    }
    this.#gain = to;
  }
}

function power(pcm: Float32Array): number {
  let sum = 0;
  for (const sample of pcm) sum += sample * sample;
  return sum / Math.max(1, pcm.length);
}
