import { AAC_MODULE, startForeignModule } from './foreign-module.ts';
import type { FrameEncoder } from './frame-encoder.ts';

/** Samples in one AAC frame. */
export const AAC_FRAME_TICKS = 1024;
/** AudioSpecificConfig of every AAC rendition: AAC-LC, 48 kHz, one channel, no SBR. Spec: ISO/IEC 14496-3, 1.6.2.1. */
export const AAC_CONFIG: Uint8Array = Uint8Array.of(0x11, 0x88, 0x56, 0xe5, 0x00);

interface AacModule {
  readonly HEAPU8: Uint8Array<ArrayBuffer>;
  _init_encoder(channels: number, sampleRate: number, bitrate: number): number;
  _get_encoder_frame_size(context: number): number;
  _get_encoder_extradata(context: number): number;
  _get_encoder_extradata_size(context: number): number;
  _get_encode_input_ptr(context: number, bytes: number): number;
  _send_frame(context: number, pts: bigint): number;
  _receive_packet(context: number): number;
  _get_encoded_data(context: number): number;
  _close_encoder(context: number): void;
}

/** Starts one instance of the AAC module. The result opens mono encoders in it. */
export async function loadAac(): Promise<(bitrate: number) => Promise<FrameEncoder>> {
  const module = await startForeignModule<AacModule>(AAC_MODULE);
  return async (bitrate) => openAac(module, bitrate);
}

/**
 * The encoder returns a frame only when it has received the next one. It first gets one frame of silence, so that
 * exactly fifteen frames are complete at the end of each fragment.
 */
function openAac(module: AacModule, bitrate: number): FrameEncoder {
  const context = module._init_encoder(1, 48_000, bitrate);
  if (context === 0) throw new Error(`the AAC encoder does not start at ${bitrate} bit/s`);
  const config = module._get_encoder_extradata(context);
  const configEnd = config + module._get_encoder_extradata_size(context);
  if (
    module._get_encoder_frame_size(context) !== AAC_FRAME_TICKS ||
    Buffer.compare(module.HEAPU8.subarray(config, configEnd), AAC_CONFIG) !== 0
  ) {
    module._close_encoder(context);
    throw new Error('the AAC encoder has a different configuration from the one in the init segment');
  }
  const frame = new Float32Array(AAC_FRAME_TICKS);
  let filled = 0;
  let pts = 0;

  const send = (): Uint8Array[] => {
    const input = module._get_encode_input_ptr(context, frame.byteLength);
    if (input === 0) throw new Error('the AAC encoder is out of memory');
    // The memory may have grown, so a view is valid for one call only.
    new Float32Array(module.HEAPU8.buffer, input, AAC_FRAME_TICKS).set(frame);
    const sent = module._send_frame(context, BigInt(pts));
    if (sent < 0) throw new Error(`the AAC encoder refused a frame (${sent})`);
    pts += AAC_FRAME_TICKS;
    filled = 0;
    const frames: Uint8Array[] = [];
    for (;;) {
      const size = module._receive_packet(context);
      if (size < 0) throw new Error(`the AAC encoder failed (${size})`);
      if (size === 0) return frames;
      const data = module._get_encoded_data(context);
      frames.push(module.HEAPU8.slice(data, data + size));
    }
  };
  send();
  return {
    encode({ mono }) {
      const part = Math.min(mono.length, AAC_FRAME_TICKS - filled);
      frame.set(mono.subarray(0, part), filled);
      filled += part;
      if (filled < AAC_FRAME_TICKS) return [];
      const frames = send();
      frame.set(mono.subarray(part));
      filled = mono.length - part;
      return frames;
    },
    [Symbol.dispose]: () => module._close_encoder(context),
  };
}
