import { duration, oneOf, setting, yesNo } from './setting.ts';

/** The settings of the defence of doors. */
export const defenceSettings = {
  defence: setting(
    {
      unit: 'on, log-only or off',
      default: 'on',
      change: 'restart',
      reason:
        'What a door does while requests have to wait about addresses and networks that cost far more than their share: they are served last, then slower, then asked to wait, then refused. log-only writes down what it would do, and does nothing. Sound that is heard, feeds, hosts and speakers are never touched.',
    },
    oneOf(['on', 'log-only', 'off']),
  ),
  defenceExpiry: setting(
    {
      unit: 'duration',
      default: '10min',
      change: 'restart',
      reason:
        'Such a measure ends after this long, whatever happens; whoever still costs too much begins at the first step again. Longer keeps more of an attack out, and people behind the same address waiting for longer.',
    },
    duration('1min', '1d'),
  ),
  limitLoopback: setting(
    {
      unit: 'yes or no',
      default: 'no',
      change: 'restart',
      reason:
        'For trials: connections from this machine are limited like those of any network, 127.0.0.0/24 like another /24. Otherwise they are never limited.',
    },
    yesNo,
  ),
} as const;
