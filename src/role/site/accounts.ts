import { systemClock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Config } from '../../config/index.ts';
import { type Identity, open } from '../../identity/index.ts';
import { readSecret } from '../../keys/secret.ts';
import { keyFor } from '../../keys/signing-keys.ts';
import type { Store } from '../../store/index.ts';
import type { Paths } from '../paths.ts';

/** Opens the accounts of the site on its database. */
export const openSiteAccounts = (config: Config, at: Paths, store: Store, log: Log): Promise<Identity> =>
  open({
    ...{ store, clock: systemClock, log: log.part('identity'), publicUrl: config.publicUrl },
    secret: keyFor(readSecret(at.secret), 'account sessions'),
  });
