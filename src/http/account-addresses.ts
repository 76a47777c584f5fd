import type { Address } from './address.ts';

/** Forms of accounts, for our own pages alone. */
const FORMS = {
  owner: 'site',
  methods: ['GET', 'POST'],
  urgency: 'control',
  cors: 'own',
  body: 8 * 1024,
} as const;

/** The pages of accounts. */
export const ACCOUNT_ADDRESSES: readonly Address[] = [
  { ...FORMS, id: 'sign-in', what: 'where people sign in', pattern: '/sign-in', examples: ['/sign-in'] },
  {
    ...{ ...FORMS, id: 'sign-in-with', what: 'leads to another service to sign in with' },
    ...{ pattern: '/sign-in/with', examples: ['/sign-in/with'] },
  },
  {
    ...{ id: 'sign-in-back', what: 'where that service leads back to', pattern: '/sign-in/back/:name' },
    ...{ owner: 'site', methods: ['GET'], urgency: 'control', cors: 'own', examples: ['/sign-in/back/club'] },
  },
  { ...FORMS, id: 'sign-up', what: 'where an account is made', pattern: '/sign-up', examples: ['/sign-up'] },
  {
    ...{ ...FORMS, id: 'verify-email', what: 'where the link in a mail leads' },
    ...{ pattern: '/verify-email', examples: ['/verify-email'] },
  },
  { ...FORMS, id: 'reset', what: 'where a new password is set', pattern: '/reset', examples: ['/reset'] },
  { ...FORMS, id: 'account', what: "one's own account", pattern: '/account', examples: ['/account'] },
  {
    ...{ id: 'account-export', what: 'what is stored about it', pattern: '/account/export' },
    ...{ owner: 'site', methods: ['GET'], urgency: 'control', cors: 'own', examples: ['/account/export'] },
  },
  {
    ...{ ...FORMS, id: 'account-data', what: 'what is stored about somebody suspended' },
    ...{ pattern: '/account/data', examples: ['/account/data'] },
  },
  {
    ...{ id: 'passkeys', what: 'adds a passkey, and signs in with one' },
    pattern: '(/account/passkeys|/account/passkeys/options|/sign-in/passkey|/sign-in/passkey/options)',
    ...{ owner: 'site', methods: ['POST'], urgency: 'control', cors: 'own', body: 32 * 1_024 },
    examples: [
      '/account/passkeys',
      '/account/passkeys/options',
      '/sign-in/passkey',
      '/sign-in/passkey/options',
    ],
  },
  {
    ...{ id: 'operate-server', what: 'the whole server, for its operators', pattern: '/operate/server' },
    ...{ owner: 'site', methods: ['GET'], urgency: 'control', cors: 'own', examples: ['/operate/server'] },
  },
  {
    ...{ ...FORMS, id: 'operate-accounts', what: 'accounts, invitations and mail that waits' },
    ...{ pattern: '/operate/accounts', examples: ['/operate/accounts'] },
  },
];
