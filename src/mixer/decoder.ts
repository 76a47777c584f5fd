import { createDecoder, DecoderCtl, type OpusDecoderHandle } from 'libopus-wasm';

/**
 * Opens a stereo decoder whose sound may be summed to mono. Opus lets an encoder invert bands of one channel. This is
 * inaudible in stereo but cancels the treble of a mono sum, so phase inversion is disabled. Spec: RFC 8251, 10.
 */
export async function openDecoder(): Promise<OpusDecoderHandle> {
  const decoder = await createDecoder({ channels: 2 });
  decoder.decoderCtl(DecoderCtl.SetPhaseInversionDisabled, 1);
  return decoder;
}
