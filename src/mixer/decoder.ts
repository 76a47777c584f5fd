import { createDecoder, DecoderCtl, type OpusDecoderHandle } from 'libopus-wasm';

/**
 * A stereo decoder whose sound may be summed to mono. Opus lets an encoder turn bands of one channel over, which nobody
 * hears in stereo and which cancels the treble of a sum: so that is left out. Spec: RFC 8251, 10.
 */
export async function openDecoder(): Promise<OpusDecoderHandle> {
  const decoder = await createDecoder({ channels: 2 });
  decoder.decoderCtl(DecoderCtl.SetPhaseInversionDisabled, 1);
  return decoder;
}
