import { passkey } from '@better-auth/passkey';
import { APIError } from 'better-auth/api';
import type { Store } from '../../store/index.ts';
import type { AccountId } from '../../wire/account.ts';

/** Passkeys of one account. */
export const MOST_PASSKEYS = 20;

/** One passkey, as its owner sees it. */
export interface Passkey {
  readonly id: string;
  readonly name: string | null;
  /** ISO 8601. */
  readonly created: string | null;
}

/** The passkeys of accounts. */
export interface Passkeys {
  list(account: AccountId): Promise<Passkey[]>;
  remove(account: AccountId, id: string): Promise<void>;
}

/**
 * The part of the library that checks passkeys, for one origin. A passkey stands for address and password together, so
 * its device has to have asked for a finger, a face or a PIN. Spec: WebAuthn 3, 7.1 and 7.2.
 */
export function passkeyChecks(origin: string) {
  const verified = (is: boolean | undefined): void => {
    if (is !== true) throw new APIError('UNAUTHORIZED', { message: 'the person was not verified' });
  };
  return passkey({
    ...{ rpID: new URL(origin).hostname, rpName: 'Earshot', origin },
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    advanced: { webAuthnChallengeCookie: 'passkey' },
    registration: {
      afterVerification: async ({ verification }) => verified(verification.registrationInfo?.userVerified),
    },
    authentication: {
      afterVerification: async ({ verification }) => verified(verification.authenticationInfo.userVerified),
    },
    schema: {
      passkey: {
        modelName: 'account_passkey',
        fields: {
          ...{ userId: 'account', publicKey: 'public_key', credentialID: 'credential' },
          ...{ deviceType: 'device_type', backedUp: 'backed_up', createdAt: 'created' },
        },
      },
    },
  });
}

/** Opens the list of passkeys. */
export function openPasskeys({ store: { db } }: { store: Store }): Passkeys {
  return {
    list: (account) =>
      db
        .selectFrom('account_passkey')
        .select(['id', 'name', 'created'])
        .where('account', '=', account)
        .orderBy('created', 'desc')
        .execute(),
    async remove(account, id) {
      await db.deleteFrom('account_passkey').where('account', '=', account).where('id', '=', id).execute();
    },
  };
}
