import { isIP } from 'node:net';
import { z } from 'zod';
import { setting, whole } from './setting.ts';

const listOf = (text: string): string[] => text.split(/[\s,]+/).filter((one) => one !== '');
const isName = (text: string): boolean => /^\.?[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(text);
const isNetwork = (text: string): boolean => {
  const [address = '', bits = '0', ...more] = text.replace(/^\[|\]$/g, '').split('/');
  const most = isIP(address) === 4 ? 32 : 128;
  return isIP(address) !== 0 && more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= most;
};

const hosts = z.string().transform((value, context): string[] => {
  const list = listOf(value);
  if (list.length <= 64 && list.every((one) => isName(one) || isNetwork(one))) return list;
  context.issues.push({
    ...{ code: 'custom', input: value },
    message: 'use up to 64 names like push.internal or .internal, addresses, and networks like 10.1.0.0/16',
  });
  return z.NEVER;
});

const services = z.string().transform((value, context): string[] => {
  if (value === 'none') return [];
  const list = listOf(value);
  if (list.length <= 64 && list.every((one) => one === '*' || isName(one) || isNetwork(one))) return list;
  context.issues.push({
    ...{ code: 'custom', input: value },
    message: 'use names like push.example.org or .example.org, * for all, or none',
  });
  return z.NEVER;
});

/** The push services of the browsers that people have. */
const KNOWN_SERVICES = [
  ...['fcm.googleapis.com', 'jmt17.google.com', 'updates.push.services.mozilla.com'],
  ...['.push.apple.com', '.notify.windows.com'],
];

/** The settings of reminders, and of the way to addresses that people give. */
export const reminderSettings = {
  pushServices: setting(
    {
      unit: 'list of names, * or none',
      default: KNOWN_SERVICES.join(', '),
      change: 'restart',
      reason:
        'Where reminders for browsers may be sent: the push services of Chrome, Firefox, Safari and Edge. A browser tells the address of its own, so a stranger can tell any: with * this server can be made to send small requests to every public address. With none, nobody is reminded by their browser. It needs offlinePage, because the same script shows the reminders.',
    },
    services,
  ),
  remindersMost: setting(
    {
      unit: 'reminders, 0 to 5000000',
      default: '250000',
      change: 'restart',
      reason:
        'How many reminders this server keeps, of all rooms together; each takes about 1 kB in the database until a day after its room. Above it the calendar entry is what is left. With 0 nobody is reminded.',
    },
    whole(0, 5_000_000),
  ),
  remindersPerSecond: setting(
    {
      unit: 'people, 1 to 10000',
      default: '120',
      change: 'restart',
      reason:
        'How many of those who are reminded of a room are told in one second, because they come soon after: with 120, reminders of 100,000 people go out over 14 minutes, until 2 minutes before the start. Higher where more can join in a second; above 60 minutes they go out faster than this.',
    },
    whole(1, 10_000),
  ),
  outgoingAllow: setting(
    {
      unit: 'list of names, addresses and networks',
      default: '',
      change: 'restart',
      reason:
        'Hosts that this server may ask although they are in a private network, or speak http, when a person or a browser gives their address; for a push service of your own. Everything else that is private is refused, also where a name or a redirect leads there.',
    },
    hosts,
  ),
} as const;
