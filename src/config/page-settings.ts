import { framing, setting, yesNo } from './setting.ts';

/** The settings of pages. */
export const pageSettings = {
  framedBy: setting(
    {
      unit: 'everybody, nobody, or a list of origins',
      default: 'everybody',
      change: 'restart',
      reason:
        'Which sites may show the player of a public room or of a clip, or a post, inside their pages (addresses below /embed/). https://paper.example is one site, https://*.example.org every name below it. All other pages of this server are shown in nobody’s frames, whatever stands here; private rooms are not either.',
    },
    framing,
  ),
  offlinePage: setting(
    {
      unit: 'yes or no',
      default: 'yes',
      change: 'restart',
      reason:
        'Browsers keep one small page that says what is happening when they reach no server, and tries again by itself; the pages can be installed as an app. Nothing else is kept: no sound, no room, no answer of the API. With no, browsers that have it remove it with the next page they load, and reminders on devices end with it, because the same script shows them.',
    },
    yesNo,
  ),
} as const;
