/** Music that the program carries while nobody on stage is to be heard. */
export interface Standby {
  /**
   * Fills 1,920 floats (960 frames, interleaved stereo, 48 kHz) with block `n` of the music. The same `n` gives the
   * same block.
   */
  render(n: number, out: Float32Array): void;
}
