import type { FeedSound } from '../../feeds/index.ts';
import { RENDITIONS } from '../../wire/renditions.ts';

/** Spec: RFC 8216, 10. */
const HLS = 'application/vnd.apple.mpegurl';

const form = (wanted: string, type: string, title: string): Omit<FeedSound, 'url'> => {
  const { bitrate, codecs } = RENDITIONS.find(({ id }) => id === wanted) ?? {};
  return {
    ...{ type, title: bitrate === undefined ? title : `${title}, ${bitrate / 1_000} kbit/s` },
    ...(bitrate === undefined ? {} : { bitrate }),
    ...(codecs === undefined ? {} : { codecs }),
  };
};

/** How a room is heard while it is on, below its address: what every program plays, and what some play better. */
export const liveSounds = (room: string): { readonly sound: FeedSound; readonly others: FeedSound[] } => ({
  sound: { url: `${room}/radio.mp3`, ...form('radio-mp3', 'audio/mpeg', 'MP3') },
  others: [
    { url: `${room}/live/main.m3u8`, ...form('aac96', HLS, 'HLS') },
    { url: `${room}/radio.aac`, ...form('radio-aac', 'audio/aac', 'AAC') },
    { url: `${room}/radio.opus`, ...form('radio-opus', 'audio/ogg', 'Opus') },
  ],
});

/** How its recording is heard. */
export const recordedSounds = (
  room: string,
  bytes: number | undefined,
): { readonly sound: FeedSound; readonly others: FeedSound[] } => ({
  sound: {
    ...{ url: `${room}/replay.m4a`, ...form('aac96', 'audio/mp4', 'AAC') },
    ...(bytes === undefined ? {} : { bytes }),
  },
  others: [
    { url: `${room}/replay/main.m3u8`, ...form('aac96', HLS, 'HLS') },
    { url: `${room}/replay/opus.m3u8`, ...form('opus64', HLS, 'HLS, Opus') },
  ],
});
