import { setting, yesNo } from './setting.ts';

/** The settings of pages. */
export const pageSettings = {
  offlinePage: setting(
    {
      unit: 'yes or no',
      default: 'yes',
      change: 'restart',
      reason:
        'Browsers keep one small page that says what is happening when they reach no server, and tries again by itself; the pages can be installed as an app. Nothing else is kept: no sound, no room, no answer of the API. With no, browsers that have it remove it with the next page they load.',
    },
    yesNo,
  ),
} as const;
