/** Louder than this the last frame was no background, mean square: −45 dBFS. */
const LOUDEST = 3e-5;
/** The most that comfort noise is raised: 12 dB. */
const MOST = 4;
/** Below this there is nothing to raise. */
const SILENT = 1e-12;

/** Frames after a pause that the decoder glues to it, too quiet as well. */
const GLUED = 5;
/** What a glued frame may be below the background, as power: 9 dB. */
const GLUE = 8;

/**
 * Keeps comfort noise as loud as the background that it stands for. What the decoder invents in a pause is 6 dB too
 * quiet, and so are the frames that refresh it, which it glues to what it invented: the floor would breathe.
 */
export class ComfortGain {
  #background = 0;
  #gain = 1;
  #glued = 0;

  /** A frame that came, changed in place while it is glued to a pause. The last before a pause is background: senders wait before they fall silent. */
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

  /** Raises invented noise in place, its gain sliding from the last frame's. */
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
