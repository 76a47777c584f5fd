import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Somebody who has an account at the service. */
export interface PersonThere {
  readonly sub: string;
  readonly email: string;
  readonly email_verified: boolean;
  readonly name: string;
}

/** A real OpenID provider on the loopback, at which somebody is always signed in. */
export interface OpenIdService extends AsyncDisposable {
  readonly issuer: string;
  /** Who is signed in there. */
  person: PersonThere;
  /** False: whoever is asked whether they agree says no. */
  agrees: boolean;
  /** Goes there with the address that the page led to; the address that it leads back to. */
  visit(address: string): Promise<string>;
}

/** What is used of oidc-provider, which has no types. */
interface Provider {
  callback(): (request: IncomingMessage, response: ServerResponse) => void;
  interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>;
  on(event: string, listener: (...args: unknown[]) => void): void;
  Grant: new (of: object) => { addOIDCScope(scope: string): void; save(): Promise<string> };
}
interface Asked {
  oidc: { client: { clientId: string }; session: { accountId: string } };
}

/** Starts a provider that knows one client, `earshot`, with a secret. */
export async function openOpenIdService(redirect: string): Promise<OpenIdService> {
  const name = 'oidc-provider';
  const { Provider } = (await import(name)) as { Provider: new (issuer: string, how: object) => Provider };
  let handle: (request: IncomingMessage, response: ServerResponse) => void = () => {};
  const server = createServer((request, response) => handle(request, response));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const service = {
    issuer,
    person: { sub: '7', email: 'ana@x.example', email_verified: true, name: 'Ana There' } as PersonThere,
    agrees: true,
  };
  const provider = new Provider(issuer, {
    clients: [
      { client_id: 'earshot', client_secret: 'a secret of forty letters or so', redirect_uris: [redirect] },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false } },
    findAccount: (_: unknown, accountId: string) => ({ accountId, claims: () => service.person }),
    // Given, because it complains about each that is not.
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 60,
      Grant: 600,
      IdToken: 600,
      Interaction: 600,
      Session: 600,
    },
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/agree/${uid}` },
    loadExistingGrant: async ({ oidc }: Asked) => {
      const grant = new provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();
  handle = (request, response) => {
    if (!request.url?.startsWith('/agree/')) return answer(request, response);
    const result = service.agrees
      ? { login: { accountId: service.person.sub } }
      : { error: 'access_denied', error_description: 'no' };
    void provider.interactionFinished(request, response, result);
  };
  return Object.assign(service, {
    async visit(address: string): Promise<string> {
      let [at, cookie] = [address, new Map<string, string>()];
      for (let steps = 0; steps < 8; steps += 1) {
        const sent = [...cookie].map(([key, value]) => `${key}=${value}`).join('; ');
        const got = await fetch(at, { redirect: 'manual', headers: { cookie: sent } });
        for (const set of got.headers.getSetCookie()) {
          const [, key = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
          cookie = new Map(cookie).set(key, value);
        }
        const to = got.headers.get('location');
        if (to === null) throw new Error(`${got.status} at ${at}: ${(await got.text()).slice(0, 400)}`);
        at = new URL(to, at).href;
        if (!at.startsWith(issuer)) return at;
      }
      throw new Error('the service leads round and round');
    },
    async [Symbol.asyncDispose](): Promise<void> {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  });
}
