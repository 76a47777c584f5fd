import type { Rendition } from '../base/media.ts';

/**
 * All coded forms of a program. The first of each codec is the one that is archived and that a player starts with. The
 * radio forms of Opus and AAC have the same frames in another container.
 */
export const RENDITIONS: readonly Rendition[] = [
  { id: 'opus64', codec: 'opus', container: 'fmp4', bitrate: 64_000, codecs: 'opus' },
  { id: 'opus32', codec: 'opus', container: 'fmp4', bitrate: 32_000, codecs: 'opus' },
  { id: 'opus24', codec: 'opus', container: 'fmp4', bitrate: 24_000, codecs: 'opus' },
  { id: 'opus16', codec: 'opus', container: 'fmp4', bitrate: 16_000, codecs: 'opus' },
  { id: 'aac96', codec: 'aac', container: 'fmp4', bitrate: 96_000, codecs: 'mp4a.40.2' },
  { id: 'aac64', codec: 'aac', container: 'fmp4', bitrate: 64_000, codecs: 'mp4a.40.2' },
  { id: 'aac56', codec: 'aac', container: 'fmp4', bitrate: 56_000, codecs: 'mp4a.40.2' },
  { id: 'radio-aac', codec: 'aac', container: 'adts', bitrate: 96_000, codecs: 'mp4a.40.2' },
  { id: 'radio-opus', codec: 'opus', container: 'ogg', bitrate: 64_000, codecs: 'opus' },
  { id: 'radio-mp3', codec: 'mp3', container: 'mpeg', bitrate: 64_000, codecs: 'mp3' },
];

/** The renditions whose segments are kept on disk: the best of each codec that browsers replay. */
export const ARCHIVED: readonly string[] = ['opus64', 'aac96'];
