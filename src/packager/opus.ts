import { Application, createEncoder, EncoderCtl, Signal } from 'libopus-wasm';
import { PRIMING } from '../media/priming.ts';
import type { FrameEncoder } from './frame-encoder.ts';

/** Below this bitrate libopus itself would not code music in two channels. */
const LOWEST_STEREO_BITRATE = 24_000;
/** Fragments without stereo before the encoder returns to one channel: about a second. */
const MONO_AFTER_FRAGMENTS = 3;

/**
 * Starts an Opus encoder. It uses CELT only and codes the first frame of each fragment without prediction, so that a
 * decoder can switch from any other rendition at any fragment. It codes one channel while left equals right. From the
 * first stereo block on it codes two, until about a second of fragments had no stereo. Spec: RFC 6716, 4.3; RFC 7845.
 */
export async function openOpus(bitrate: number): Promise<FrameEncoder> {
  const encoder = await createEncoder({
    channels: 2,
    sampleRate: 48_000,
    frameSize: 960,
    bitrate,
    complexity: 5,
    application: Application.Audio,
    signal: Signal.Music,
  });
  if (encoder.getLookahead() !== PRIMING.opus) {
    encoder.free();
    throw new Error(`libopus looks ahead ${encoder.getLookahead()} samples, not ${PRIMING.opus}`);
  }
  // Many players have one loudspeaker and sum the decoded channels. Spec: RFC 8251, 10.
  encoder.encoderCtl(EncoderCtl.SetPhaseInversionDisabled, 1);
  let channels = 1;
  let monoFragments = 0;
  encoder.encoderCtl(EncoderCtl.SetForceChannels, channels);
  const force = (count: number): void => {
    if (count === channels) return;
    channels = count;
    encoder.encoderCtl(EncoderCtl.SetForceChannels, count);
  };
  return {
    encode({ stereo, wide, index }) {
      if (index === 0) {
        if (++monoFragments > MONO_AFTER_FRAGMENTS) force(1);
        encoder.encoderCtl(EncoderCtl.SetPredictionDisabled, 1);
      } else if (index === 1) {
        encoder.encoderCtl(EncoderCtl.SetPredictionDisabled, 0);
      }
      if (wide && bitrate >= LOWEST_STEREO_BITRATE) {
        monoFragments = 0;
        force(2);
      }
      return [encoder.encodeFloat(stereo)];
    },
    [Symbol.dispose]: () => encoder.free(),
  };
}
