import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Log } from '../../base/log.ts';
import type { Store } from '../../store/index.ts';
import type { AccountId } from '../../wire/account.ts';
import type { Engine } from '../engine.ts';

/** Other services that people can sign in with, at most. */
const MOST_SERVICES = 8;
/** A service that has not answered by then is away, in ms. */
const ANSWER_MS = 5_000;
/** Where a service says how it is asked. Spec: OpenID Connect Discovery 1.0, 4. */
const DISCOVERY = '/.well-known/openid-configuration';

const text = (most: number) => z.string().trim().min(1).max(most);
const service = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'use 1 to 32 small letters, digits and dashes'),
  name: text(40),
  issuer: z.url({ protocol: /^https?$/, error: 'use the URL of the service, as it calls itself' }),
  clientId: text(200),
  clientSecret: text(500).optional(),
});
const file = z.array(service).max(MOST_SERVICES);

/** Another service that people can sign in with: an OpenID provider. */
export type SignInService = Readonly<z.infer<typeof service>>;

/** A service that an account is connected with. */
export interface Connected {
  readonly id: string;
  readonly service: string;
  /** ISO 8601. */
  readonly created: string;
}

/** Reads the list of services. @throws with what is wrong, and where, but never with a secret. */
export async function readServices(path: string): Promise<SignInService[]> {
  let known: unknown;
  try {
    known = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    const why = error instanceof SyntaxError ? 'it is not JSON' : (error as NodeJS.ErrnoException).code;
    throw new Error(`signInServices: ${path} cannot be read: ${why}`);
  }
  const read = file.safeParse(known);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new Error(`signInServices: ${path}: ${issue?.path.join('.') ?? ''}: ${issue?.message}`);
  }
  const ids = read.data.map(({ id }) => id);
  const twice = ids.find((id, i) => ids.indexOf(id) < i);
  if (twice !== undefined) throw new Error(`signInServices: ${path}: ${twice} is there twice`);
  return read.data;
}

/** The services, and who is connected with them. */
export interface Services {
  readonly list: readonly SignInService[];
  /** Its engine for one origin; undefined for a service that nobody knows, or that does not answer now. */
  engine(id: string, origin: string): Promise<Engine | undefined>;
  connected(account: AccountId): Promise<Connected[]>;
  disconnect(account: AccountId, id: string): Promise<void>;
}

/** What the services need. */
export interface ServicesDeps {
  readonly store: Store;
  readonly log: Log;
  readonly secret: Uint8Array;
  readonly services?: readonly SignInService[] | undefined;
  /** True where somebody without an account gets one by signing in with a service. */
  readonly isOpen?: boolean | undefined;
}

/** Opens the services. A service is asked when somebody wants it first, so that one that is away holds up nobody else. */
export function openServices(deps: ServicesDeps): Services {
  const { store, log, services: list = [] } = deps;
  const engines = new Map<string, Engine>();
  const answers = async ({ issuer, id }: SignInService): Promise<boolean> => {
    try {
      const answer = await fetch(`${issuer.replace(/\/+$/, '')}${DISCOVERY}`, {
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      const said = z.object({ issuer: z.string() }).safeParse(await answer.json());
      if (said.data?.issuer.replace(/\/+$/, '') === issuer.replace(/\/+$/, '')) return true;
      log.warn(
        { service: id, says: said.data?.issuer },
        'a service to sign in with calls itself another name',
      );
    } catch (error) {
      log.warn({ service: id, error: String(error) }, 'a service to sign in with does not answer');
    }
    return false;
  };
  return {
    list,
    async engine(id, origin) {
      const one = list.find((it) => it.id === id);
      const known = engines.get(`${id} ${origin}`);
      if (!one || known) return known;
      if (!(await answers(one))) return undefined;
      const { openServiceEngine } = await import('./service-engine.ts');
      const made = openServiceEngine(
        {
          ...{ store, secret: deps.secret, origin },
          warn: (message) => log.warn({ message, service: id }, 'the library of accounts reports an error'),
        },
        { ...one, discovery: `${one.issuer.replace(/\/+$/, '')}${DISCOVERY}`, isOpen: deps.isOpen ?? false },
      );
      const [oldest] = engines.keys();
      if (engines.size >= 2 * MOST_SERVICES && oldest !== undefined) engines.delete(oldest);
      engines.set(`${id} ${origin}`, made);
      return made;
    },
    connected: async (account) =>
      (
        await store.db
          .selectFrom('account_credential')
          .select(['id', 'provider', 'created'])
          .where('account', '=', account)
          .where('provider', '!=', 'credential')
          .orderBy('created')
          .execute()
      ).map(({ id, provider, created }) => ({ id, service: provider, created })),
    async disconnect(account, id) {
      await store.db
        .deleteFrom('account_credential')
        .where('account', '=', account)
        .where('provider', '!=', 'credential')
        .where('id', '=', id)
        .execute();
    },
  };
}
