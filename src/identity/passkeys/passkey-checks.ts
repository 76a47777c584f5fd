import { passkey } from '@better-auth/passkey';
import { APIError } from 'better-auth/api';

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
