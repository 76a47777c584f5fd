import { randomUUIDv7 } from 'node:crypto';
import { kyselyAdapter } from '@better-auth/kysely-adapter';
import { type BetterAuthOptions, betterAuth } from 'better-auth/minimal';
import type { Store } from '../store/index.ts';
import { PASSWORD_LENGTH } from './basics.ts';
import { passkeyChecks } from './passkeys/passkey-checks.ts';

/** How long a browser stays signed in without being used. */
const SESSION_SECONDS = 30 * 86_400;
/** A passkey is added within this time of signing in: what was left open somewhere adds none. */
const FRESH_SECONDS = 3_600;
/** The last use of a session is noted this often. */
const NOTE_SECONDS = 3_600;

/** What the engine needs. */
export interface EngineDeps {
  readonly store: Store;
  /** Signs cookies. */
  readonly secret: Uint8Array;
  /** The origin that people use: of cookies. */
  readonly origin: string;
  warn(message: string): void;
}

/** The tokens of another service. */
const NOTHING_KEPT = {
  accessToken: null,
  refreshToken: null,
  idToken: null,
  accessTokenExpiresAt: null,
  refreshTokenExpiresAt: null,
};
/** Names of the library's columns in our tables. */
const STAMPS = { createdAt: 'created', updatedAt: 'updated' } as const;

/**
 * better-auth on our tables, for one origin: sessions and passwords. Its own routes are not served; the part's
 * routes call it. It never changes a table.
 */
export const openEngine = (deps: EngineDeps) => betterAuth(optionsOf(deps));

/** What the library is told for one origin. */
export function optionsOf(deps: EngineDeps) {
  const secure = deps.origin.startsWith('https:');
  const cookie = (name: string) => ({
    name: secure ? `__Host-earshot-${name}` : `earshot-${name}`,
    attributes: { secure },
  });
  return {
    appName: 'Earshot',
    baseURL: deps.origin,
    basePath: '/account/engine',
    // Given as a list: a variable of the environment cannot replace it.
    secrets: [{ version: 1, value: Buffer.from(deps.secret).toString('base64url') }],
    secret: Buffer.from(deps.secret).toString('base64url'),
    // On PostgreSQL as well instants are text and truths are 0 and 1: one schema.
    database: kyselyAdapter(deps.store.db, { type: 'sqlite', transaction: false }),
    plugins: [passkeyChecks(deps.origin)],
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    logger: {
      level: 'error',
      log: (level: string, message: string) => {
        if (level === 'error') deps.warn(message);
      },
    },
    emailAndPassword: {
      enabled: true,
      requireEmailVerification: true,
      minPasswordLength: PASSWORD_LENGTH.least,
      maxPasswordLength: PASSWORD_LENGTH.most,
    },
    user: {
      modelName: 'account',
      fields: { ...STAMPS, emailVerified: 'email_verified' },
      additionalFields: {
        role: { type: 'string', required: false, input: false, defaultValue: 'member' },
        erased: { type: 'number', bigint: true, required: false, input: false },
      },
    },
    session: {
      modelName: 'account_session',
      fields: {
        ...STAMPS,
        ...{ userId: 'account', expiresAt: 'expires', ipAddress: 'address', userAgent: 'agent' },
      },
      expiresIn: SESSION_SECONDS,
      updateAge: NOTE_SECONDS,
      freshAge: FRESH_SECONDS,
    },
    account: {
      modelName: 'account_credential',
      fields: {
        ...STAMPS,
        ...{ userId: 'account', accountId: 'subject', providerId: 'provider' },
        ...{ accessToken: 'access_token', refreshToken: 'refresh_token', idToken: 'id_token' },
        ...{ accessTokenExpiresAt: 'access_expires', refreshTokenExpiresAt: 'refresh_expires' },
      },
      updateAccountOnSignIn: false,
      accountLinking: { enabled: true, disableImplicitLinking: true },
    },
    // What a service lets its holder do there is of no use here: it is not kept.
    databaseHooks: {
      account: {
        create: {
          before: async (made: Readonly<Record<string, unknown>>) => ({ data: { ...made, ...NOTHING_KEPT } }),
        },
      },
    },
    verification: {
      modelName: 'account_verification',
      fields: { ...STAMPS, expiresAt: 'expires' },
    },
    advanced: {
      database: { generateId: () => randomUUIDv7(), validateSchema: false },
      // The names of our cookies say so themselves.
      useSecureCookies: false,
      ipAddress: { disableIpTracking: true },
      cookies: {
        session_token: cookie('session'),
        session_data: cookie('session-data'),
        dont_remember: cookie('forget'),
        account_data: cookie('account-data'),
        passkey: cookie('passkey'),
        state: cookie('elsewhere'),
      },
    },
  } satisfies BetterAuthOptions;
}

/** The engine of one origin. */
export type Engine = ReturnType<typeof openEngine>;
