/** The types that the voice parts share. No voice part imports another; these types are their only connection. */
import type { SpeakerId } from './ids.ts';
import type { Ms, Ticks } from './time.ts';

/** One Opus packet of one speaker as received from the network, after SRTP and RED are removed. */
export interface Packet {
  readonly speaker: SpeakerId;
  /** RTP sequence number, 16 bit. Spec: RFC 3550, 5.1. */
  readonly sequence: number;
  /** RTP timestamp, 32 bit, 48 kHz. Spec: RFC 7587, 4.1. */
  readonly timestamp: number;
  /** One Opus packet (RFC 6716); owned by the receiver of the Packet, never reused by the sender. */
  readonly payload: Uint8Array;
  /** Arrival time on the monotonic clock. */
  readonly arrival: Ms;
  /** Audio level in −dBov, 0 (loudest) to 127 (silence), if the sender reports it. Spec: RFC 6464. */
  readonly level?: number;
}

/** 20 ms of sound: 960 sample frames of interleaved left and right, full scale ±1. */
export interface PcmBlock {
  /** Media time of the first sample since the program's zero. Consecutive blocks differ by 960. */
  readonly tick: Ticks;
  /** False when left and right are equal, so that mono coding loses nothing. */
  readonly stereo: boolean;
  /** 1,920 floats, interleaved; valid only during the call that passes them. */
  readonly samples: Float32Array;
}

/** What the program carries. `standby` is hold music or a notice. */
export type Carries = 'stage' | 'standby';

/** Why a program that should carry speech is silent. */
export type DeadAirCause = 'nobody-on-stage' | 'all-muted' | 'no-packets' | 'encoder' | 'quiet';

/** The framing of a rendition's bytes. */
export type Container = 'fmp4' | 'adts' | 'ogg' | 'mpeg';
/** The codec of a rendition's sound. */
export type Codec = 'opus' | 'aac' | 'mp3';

/** One coded form of the program. */
export interface Rendition {
  /** Stable name, also in URLs: `opus64`, `aac96`, `radio-aac`. */
  readonly id: string;
  readonly codec: Codec;
  readonly container: Container;
  /** Nominal bit/s of the coded sound, without container overhead. */
  readonly bitrate: number;
  /** RFC 6381 codecs value: `opus`, `mp4a.40.2`, `mp3`. */
  readonly codecs: string;
}

/** The bytes a decoder needs before any fragment: `ftyp`+`moov`, Ogg headers, or nothing. */
export interface Init {
  readonly rendition: string;
  readonly bytes: Uint8Array;
}

/**
 * 320 ms of one rendition, self-contained: `moof`+`mdat`, with the tag of its segment in front of the first; an Ogg page,
 * whole ADTS or MPEG frames.
 */
export interface Fragment {
  readonly rendition: string;
  /** Position on the program's grid: it begins `seq` × 320 ms after the program's zero. Also in `mfhd`. */
  readonly seq: number;
  readonly bytes: Uint8Array;
}

/**
 * Sixteen fragments of one rendition (5.12 s); `first` is a multiple of 16 unless the program began or broke within it.
 */
export interface Segment {
  readonly rendition: string;
  /** `first` divided by 16, rounded down: the HLS media sequence number. */
  readonly number: number;
  /** Sequence number of its first fragment. */
  readonly first: number;
  /** How many fragments it holds: 16 unless something broke. */
  readonly fragments: number;
}

/** Length used of a host's music: its first two minutes, 23 MB in memory. */
export const LONGEST_MUSIC_SECONDS = 120;
