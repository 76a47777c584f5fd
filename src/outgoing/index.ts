/**
 * The one way in which this server asks an address that a person has given: the name is resolved, what it stands for is
 * checked, and the connection goes to that address and no other; private networks are refused, after redirects as well.
 */
import { lookup } from 'node:dns/promises';
import { type AgentOptions, type IncomingMessage, Agent as PlainAgent, request as plain } from 'node:http';
import { Agent as SecureAgent, request as secure } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { type AllowedHosts, allowedHosts, isPrivateAddress } from './private-networks.ts';

export { type AllowedHosts, allowedHosts, isPrivateAddress } from './private-networks.ts';

/** All addresses of a name. */
export type FindAddresses = (
  host: string,
) => Promise<readonly { readonly address: string; readonly family: number }[]>;

/** What asking needs. */
export interface OutgoingDeps {
  /**
   * Names, addresses and networks of which the operator says that they are fine: they may be private, on any port, and
   * without TLS; see `allowedHosts`.
   */
  readonly allow?: readonly string[];
  /** Connections that are kept open to one host for the next request; default 0: each request has its own. */
  readonly kept?: number;
  /** Default: the system's way. */
  find?: FindAddresses;
}

/** One request. */
export interface OutgoingRequest {
  readonly url: string;
  /** Default GET. */
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Redirects that are followed, each judged like the first address; default 3. */
  readonly redirects?: number;
  /** False: of the answer only its status matters; what is sent beside it is dropped. Default true. */
  readonly reads?: boolean;
  /**
   * The operator wrote the address: it may be without TLS, and a number or `localhost` may be of this machine. Where it
   * leads is judged like everything else, but for TLS.
   */
  readonly written?: boolean;
}

/** The answer, or in words why there was none. */
export type OutgoingAnswer =
  | {
      readonly status: number;
      readonly headers: IncomingMessage['headers'];
      readonly body: Buffer;
      /** Where it came from after redirects. */
      readonly url: string;
    }
  | { readonly refused: string; readonly forGood: boolean };

/** The way out, once open. */
export interface Outgoing extends Disposable {
  /** Asks; 5 s in all, at most 1 MB is read. Never rejects. */
  fetch(request: OutgoingRequest): Promise<OutgoingAnswer>;
  /** Why an address is refused before anybody is asked; undefined: it is not. */
  refuses(url: string): string | undefined;
  /** The operator says that this host of a URL is fine, on any port. */
  allows(host: string): boolean;
}

/** From the first look at the name to the end of the answer, redirects included. */
const PATIENCE_MS = 5_000;
const MOST_REDIRECTS = 3;
/** Of an answer, bytes. */
const MOST_ANSWER = 1_000_000;
/** Redirects that keep method and body, or that servers mean so. Spec: RFC 9110, 15.4. */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 307, 308]);
/** What is not sent on to another origin. */
const OWN_HEADERS = /^(authorization|cookie|proxy-authorization)$/i;
/** Ports below 1024 that speak HTTP; on the others, somebody may take a request for something else. */
const PORTS: ReadonlySet<string> = new Set(['', '80', '443']);

class Refused extends Error {}

const bareHost = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');

/** Why a URL is no address to ask. `isFirst`: a person or the operator has written it; else it comes from a redirect. */
function faultOf(url: URL, allowed: AllowedHosts, written: boolean, isFirst: boolean): string | undefined {
  const host = bareHost(url);
  const isAllowed = allowed.name(host) || allowed.address(host);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return `${url.protocol} is no address to send to`;
  if (url.username !== '' || url.password !== '') return 'an address with a name or a password in it';
  if (isAllowed) return undefined;
  if (url.protocol === 'http:' && !written) return 'an address without TLS (https)';
  const isMeant = written && isFirst;
  if (!isMeant && !PORTS.has(url.port) && Number(url.port) < 1_024) return `port ${url.port}`;
  if (isIP(host) !== 0 && !isMeant && isPrivateAddress(host))
    return `${host} is an address of a private network`;
  return undefined;
}

/** One request, without redirects. */
function sendTo(
  url: URL,
  asked: OutgoingRequest,
  headers: Readonly<Record<string, string>>,
  agent: PlainAgent | false,
  find: LookupFunction,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly headers: IncomingMessage['headers']; readonly body: Buffer }> {
  const { body, method = 'GET', reads = true } = asked;
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? secure : plain;
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const sent = send(
      url,
      { ...{ method, agent, signal, lookup: find }, headers: { ...headers, ...length } },
      (answer) => {
        const { statusCode: status = 0 } = answer;
        const parts: Buffer[] = [];
        let size = 0;
        const whole = (): void => resolve({ status, headers: answer.headers, body: Buffer.concat(parts) });
        answer.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > MOST_ANSWER) {
            if (reads) reject(new Refused('an answer of more than 1 MB'));
            sent.destroy();
          } else if (reads) parts.push(chunk);
        });
        answer.on('end', whole);
        const broken = (): void => (reads ? reject(new Refused('an answer that broke off')) : whole());
        answer.on('close', broken).on('error', broken);
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Opens the way out. */
export function open(deps: OutgoingDeps = {}): Outgoing {
  const { find = (host: string) => lookup(host, { all: true }), kept = 0 } = deps;
  const allowed = allowedHosts(deps.allow ?? []);
  const shared: AgentOptions = { keepAlive: true, maxSockets: kept, maxFreeSockets: kept, timeout: 60_000 };
  const agents =
    kept > 0 ? ([new PlainAgent(shared), new SecureAgent(shared)] as const) : ([false, false] as const);

  /** Resolves and judges in one step: what is judged is what the connection goes to. */
  const lookUp =
    (isMeant: boolean): LookupFunction =>
    (host, options, done) => {
      find(host)
        .catch(() => [])
        .then((found) => {
          const [first] = found;
          if (!first) return done(new Refused(`${host} cannot be resolved`), '', 4);
          const isFine = isMeant || allowed.name(host);
          const bad = ({ address }: { readonly address: string }): boolean =>
            isPrivateAddress(address) && !allowed.address(address);
          if (!isFine && found.some(bad))
            return done(new Refused(`${host} is an address of a private network`), '', 4);
          if (options.all) done(null, [{ address: first.address, family: first.family }]);
          else done(null, first.address, first.family);
        });
    };

  return {
    allows: (host) => allowed.name(host) || allowed.address(host),
    refuses: (url) =>
      URL.canParse(url) ? faultOf(new URL(url), allowed, false, true) : 'this is no address',
    async fetch(asked) {
      const { written = false, redirects = MOST_REDIRECTS } = asked;
      if (!URL.canParse(asked.url)) return { refused: 'this is no address', forGood: true };
      const signal = AbortSignal.timeout(PATIENCE_MS);
      let url = new URL(asked.url);
      let { headers = {} } = asked;
      try {
        for (let hop = 0; hop <= redirects; hop += 1) {
          const fault = faultOf(url, allowed, written, hop === 0);
          if (fault !== undefined) return { refused: fault, forGood: true };
          const isMeant = written && hop === 0 && bareHost(url) === 'localhost';
          const agent = url.protocol === 'https:' ? agents[1] : agents[0];
          const answer = await sendTo(url, asked, headers, agent, lookUp(isMeant), signal);
          const { location } = answer.headers;
          if (!REDIRECTS.has(answer.status) || location === undefined || redirects === 0)
            return { ...answer, url: url.href };
          if (!URL.canParse(location, url.href))
            return { refused: 'a redirect leads nowhere', forGood: true };
          const next = new URL(location, url);
          if (next.origin !== url.origin)
            headers = Object.fromEntries(Object.entries(headers).filter(([name]) => !OWN_HEADERS.test(name)));
          url = next;
        }
        return { refused: `more than ${redirects} redirects`, forGood: true };
      } catch (error) {
        if (signal.aborted) return { refused: `no answer within ${PATIENCE_MS / 1_000} s`, forGood: false };
        const { message, code } = error as NodeJS.ErrnoException;
        if (error instanceof Refused) return { refused: message, forGood: /private|1 MB/.test(message) };
        return { refused: code ?? String(error), forGood: false };
      }
    },
    [Symbol.dispose]() {
      for (const agent of agents) if (agent) agent.destroy();
    },
  };
}
