import { countOrAuto, setting, size, whole, wordOr } from './setting.ts';

/** The settings of studio processes; in the manual they stand together. */
export const cellSettings = {
  cells: setting(
    {
      unit: 'processes, or auto',
      default: 'auto',
      change: 'restart',
      reason: 'Studio processes; each room lives in one. auto is 2 on 4 or more cores, else 1.',
    },
    countOrAuto(64),
  ),
  roomsPerCell: setting(
    {
      unit: 'rooms',
      default: '8',
      change: 'restart',
      reason:
        'How many open rooms one studio process takes before it refuses more, so that rooms on air keep their sound.',
    },
    whole(1, 1000),
  ),
  cellMemory: setting(
    {
      unit: 'size, 384MB to 64GB, or auto',
      default: 'auto',
      change: 'restart',
      reason:
        'Memory of all kinds that one studio process may hold; above it the process is ended and its rooms begin anew in another. auto is a quarter of the machine divided by the studio processes, from 512 MB to 1.5 GB. A room with a few speakers takes some 20 MB, the process itself 150.',
    },
    wordOr('auto', size('384MB', '64GB')),
  ),
  speakersPerCell: setting(
    {
      unit: 'people, 1 to 1000',
      default: '96',
      change: 'restart',
      reason:
        'How many microphones one studio process takes in all its rooms together; hosts come on top. Somebody who talks takes 1 to 2 % of a core.',
    },
    whole(1, 1000),
  ),
};
