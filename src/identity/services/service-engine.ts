import { betterAuth } from 'better-auth/minimal';
import { genericOAuth } from 'better-auth/plugins/generic-oauth';
import { type Engine, type EngineDeps, optionsOf } from '../engine.ts';
import { nameOf } from '../fields.ts';

/** A service to sign in with, as its engine needs it. */
export interface EngineService {
  readonly id: string;
  readonly name: string;
  readonly clientId: string;
  readonly clientSecret?: string | undefined;
  /** Where it says how it is asked. */
  readonly discovery: string;
  /** True where somebody without an account gets one. */
  readonly isOpen: boolean;
}

/**
 * The same with one service to sign in with. Its ID tokens are checked by its keys, and an address that it has not
 * confirmed is nobody's. Accounts are connected by their owners alone, never because two addresses are the same.
 */
export function openServiceEngine(deps: EngineDeps, service: EngineService): Engine {
  const { id, name, clientId, clientSecret, discovery, isOpen } = service;
  const elsewhere = genericOAuth({
    config: [
      {
        ...{ providerId: id, name, clientId, ...(clientSecret === undefined ? {} : { clientSecret }) },
        ...{ discoveryUrl: discovery, scopes: ['openid', 'email', 'profile'], pkce: true },
        ...{ redirectURI: `${deps.origin}/sign-in/back/${id}`, requireIdTokenVerification: true },
        disableSignUp: !isOpen,
        mapProfileToUser: ({
          email,
          email_verified: confirmed,
          name: called,
          preferred_username: short,
        }) => ({
          email: confirmed === true || confirmed === 'true' ? email : undefined,
          name:
            nameOf(`${called ?? short ?? ''}`) ?? nameOf(`${email ?? ''}`.split('@')[0] ?? '') ?? 'Account',
          image: undefined,
        }),
      },
    ],
  });
  const options = optionsOf(deps);
  // The calls that an engine of a service has beside those of every engine are the library's own, present in both.
  return betterAuth({ ...options, plugins: [...options.plugins, elsewhere] }) as unknown as Engine;
}
