/** What the program carries when the stage has nothing to say. */
export interface Standby {
  /** Fills 1,920 floats (960 frames, interleaved stereo, 48 kHz) with block `n` of the music; the same for the same `n`. */
  render(n: number, out: Float32Array): void;
}
