/** Identity: accounts, how people sign in, their sessions and tokens. Nobody needs one to listen. */
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Store } from '../store/index.ts';
import type { AccountCard } from '../wire/account.ts';
import { isAccessToken, openAccessTokens } from './access-tokens.ts';
import { cardOf, type KnownAccount, openAccounts } from './accounts.ts';
import { signInCookieOf } from './engine.ts';
import { openEngines } from './engines.ts';
import { isForeign } from './request-origin.ts';

/** What identity needs. */
export interface IdentityDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Signs cookies; derived for this purpose alone. */
  readonly secret: Uint8Array;
  /** The origin that people use; undefined: that of each request. */
  readonly publicUrl?: string | undefined;
}

/** The accounts, once open. */
export interface Identity extends AsyncDisposable {
  /**
   * Who sends this request, by the cookie of a session or by `Authorization: Bearer ea_…`; undefined: nobody that is
   * known. What another site's page sends in somebody's browser is nobody's. Never rejects: while the database is away
   * nobody is known.
   */
  whoIs(request: Request): Promise<AccountCard | undefined>;
}

/** Opens accounts on the store. */
export async function open(deps: IdentityDeps): Promise<Identity> {
  const accounts = openAccounts(deps.store);
  const tokens = openAccessTokens(deps);
  const engines = openEngines(deps);

  const account = async (request: Request): Promise<KnownAccount | undefined> => {
    const said = /^Bearer\s+(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
    if (said !== undefined) {
      const owner = isAccessToken(said) ? await tokens.owner(said) : undefined;
      return owner && accounts.find(owner);
    }
    const origin = engines.originOf(request);
    if (!request.headers.get('cookie')?.includes(`${signInCookieOf(origin)}=`)) return undefined;
    if (request.method !== 'GET' && request.method !== 'HEAD' && isForeign(request, origin)) return undefined;
    const found = await engines.of(origin).api.getSession({ headers: request.headers });
    return found ? accounts.find(found.user.id) : undefined;
  };
  return {
    async whoIs(request) {
      try {
        const found = await account(request);
        return found && cardOf(found);
      } catch (error) {
        deps.log.warn(
          { error: String(error) },
          'who sends a request could not be looked up: nobody is signed in',
        );
        return undefined;
      }
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}
