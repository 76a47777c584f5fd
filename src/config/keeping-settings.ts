import { ARCHIVED } from '../wire/renditions.ts';
import { renditions } from './rendition-list.ts';
import { duration, setting, size, wordOr } from './setting.ts';

/** What is kept of rooms and their listeners, and for how long; in the manual they stand together. */
export const keepingSettings = {
  archive: setting(
    {
      unit: 'list of renditions, or none',
      default: ARCHIVED.join(','),
      change: 'restart',
      reason:
        'What is recorded to disk for the replay. Each rendition takes space by its bitrate: 64 kbit/s is 29 MB an hour.',
    },
    renditions,
  ),
  recordingsKeep: setting(
    {
      unit: 'forever, or a duration, 1h to 3650d',
      default: 'forever',
      change: 'restart',
      reason:
        "How long after the end of its room a recording is kept. The host's page says when it will be removed; a room that is still open loses nothing.",
    },
    wordOr('forever', duration('1h', '3650d')),
  ),
  recordingsQuota: setting(
    {
      unit: 'none, or a size, 100MB to 100000GB',
      default: 'none',
      change: 'restart',
      reason:
        'How much space all recordings together may take. Above it, the recordings of the rooms that ended first are removed; from 80 % of it on, the hosts concerned are told and a line is written to the log.',
    },
    wordOr('none', size('100MB', '100000GB')),
  ),
  audienceKeep: setting(
    {
      unit: 'duration, 1d to 3650d',
      default: '30d',
      change: 'restart',
      reason:
        'How long the raw records of sessions are kept, from which figures can be counted again. They hold no addresses, and keys of listeners that nobody can trace after a day.',
    },
    duration('1d', '3650d'),
  ),
  audienceQuota: setting(
    {
      unit: 'size, 100MB to 100000GB',
      default: '10GB',
      change: 'restart',
      reason:
        'How much space the raw records of sessions may take; above it the oldest are removed. A thousand listeners write 12 MB an hour.',
    },
    size('100MB', '100000GB'),
  ),
  imagesQuota: setting(
    {
      unit: 'size, 10MB to 100000GB',
      default: '10GB',
      change: 'restart',
      reason:
        'How much space images of posts and pictures of people may take; above it no image is taken, and its author is told why. A photo takes about 300 kB in all its sizes. Images leave 500 MB of the disk free in any case.',
    },
    size('10MB', '100000GB'),
  ),
  imagesQuotaAccount: setting(
    {
      unit: 'size, 1MB to 1000GB',
      default: '200MB',
      change: 'restart',
      reason: 'How much of it the images of one account may take: about 600 photos.',
    },
    size('1MB', '1000GB'),
  ),
};
