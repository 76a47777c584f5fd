import { z } from 'zod';
import { moderationSettings } from './moderation-settings.ts';
import { oneOf, setting } from './setting.ts';

const smtp = z.string().transform((value, context): string | undefined => {
  if (value === '') return undefined;
  if (/^smtps?:\/\//.test(value) && URL.canParse(value) && new URL(value).hostname !== '') return value;
  context.issues.push({
    ...{ code: 'custom', input: value },
    message: 'use a URL like smtp://USER:PASSWORD@mail.example.org:587 or smtps://…:465',
  });
  return z.NEVER;
});

/** The settings of accounts, and of what moderators do about people. */
export const accountSettings = {
  signUp: setting(
    {
      unit: 'invited or open',
      default: 'invited',
      change: 'restart',
      reason:
        'Who may make an account: people with an invitation of an operator, or everybody. Listening, waiting, reacting and asking need none.',
    },
    oneOf(['invited', 'open']),
  ),
  smtpUrl: setting(
    {
      unit: 'smtp:// or smtps:// URL',
      default: '',
      change: 'restart',
      secret: true,
      reason:
        'The server that sends mail of accounts: links that prove an address or set a password. Set publicUrl as well, because links in mails begin with it. Without it the links wait at /operate/accounts, and the operator passes them on.',
    },
    smtp,
  ),
  mailFrom: setting(
    {
      unit: 'e-mail address',
      default: '',
      change: 'restart',
      reason: 'The sender of these mails; empty: earshot at the name of publicUrl.',
    },
    z.string().transform((value) => value || undefined),
  ),
  signInServices: setting(
    {
      unit: 'file (JSON)',
      default: '',
      change: 'restart',
      reason:
        'Other services that people can sign in with (OpenID Connect): a list of objects with id, name, issuer, clientId and clientSecret, which docs/accounts.md explains. Readable by this user alone, because it holds secrets.',
    },
    z.string().transform((value) => value || undefined),
  ),
  ...moderationSettings,
} as const;
