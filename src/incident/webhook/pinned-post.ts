import { lookup } from 'node:dns/promises';
import { request as plain } from 'node:http';
import { request as secure } from 'node:https';
import { BlockList, isIP } from 'node:net';

/** What is sent to an address that somebody has configured. */
export interface PinnedPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The answer's status, or why there was none. */
export type PostOutcome = { readonly status: number } | { readonly refused: string };

/** From the first connection to the end of the answer, redirects included. */
const PATIENCE_MS = 5_000;
const MOST_REDIRECTS = 3;
/** Of the answer, which nobody looks at: it is read to its end or to this, bytes. */
const MOST_ANSWER = 1_000_000;
/** Redirects that keep method and body, or that servers mean so. Spec: RFC 9110, 15.4. */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 307, 308]);

/** Addresses that are nobody's on the Internet. Spec: RFC 6890; RFC 4193; RFC 6598. */
const PRIVATE = new BlockList();
for (const [network, bits] of [
  ...([
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
  ] as const),
  ...([
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.168.0.0', 16],
  ] as const),
  ...([
    ['198.18.0.0', 15],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['224.0.0.0', 3],
  ] as const),
])
  PRIVATE.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of [
  ...([
    ['::', 127],
    ['fc00::', 7],
    ['fe80::', 10],
    ['ff00::', 8],
    ['2001:db8::', 32],
  ] as const),
  // What translates to an IPv4 address is judged by nobody here.
  ...([
    ['64:ff9b::', 96],
    ['2002::', 16],
  ] as const),
])
  PRIVATE.addSubnet(network, bits, 'ipv6');

/** True for an address of this machine, of a private network, or of no network at all. */
export function isPrivateAddress(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return isPrivateAddress(mapped);
  const version = isIP(address);
  return version === 0 || PRIVATE.check(address, version === 4 ? 'ipv4' : 'ipv6');
}

/** All addresses of a name. */
type LookUp = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

interface Pinned {
  readonly address: string;
  readonly family: 4 | 6;
}

/** The address that a name stands for now; the request goes to it, whatever the name stands for a moment later. */
async function resolved(
  host: string,
  mayBePrivate: boolean,
  signal: AbortSignal,
  find: LookUp,
): Promise<Pinned | string> {
  // A name server that does not answer holds nobody: the system's own patience is longer, and cannot be cut short.
  const late = Promise.withResolvers<never>();
  const stop = (): void => late.reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  const asked = find(host).catch(() => []);
  const found = await Promise.race([asked, late.promise]).finally(() =>
    signal.removeEventListener('abort', stop),
  );
  const [first] = found;
  if (!first) return `${host} cannot be resolved`;
  if (!mayBePrivate && found.some(({ address }) => isPrivateAddress(address)))
    return `${host} is an address of a private network`;
  return { address: first.address, family: first.family === 6 ? 6 : 4 };
}

/** One request, without redirects. */
function sendTo(
  url: URL,
  to: Pinned,
  { headers, body }: PinnedPost,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly location: string | undefined }> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? secure : plain;
    const sent = send(
      url,
      {
        ...{ method: 'POST', agent: false, signal },
        headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
        lookup: (_host, options, done) => {
          if (options.all) done(null, [to]);
          else done(null, to.address, to.family);
        },
      },
      (answer) => {
        const { statusCode: status = 0, headers: told } = answer;
        let size = 0;
        const whole = (): void => resolve({ status, location: told.location });
        answer.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > MOST_ANSWER) sent.destroy();
        });
        answer.on('end', whole).on('close', whole).on('error', whole);
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/**
 * Sends a POST to an address that a person has configured: the name is resolved once and the request goes there; names
 * of private networks are refused, unless the operator has written the address itself, or `localhost`; 3 redirects,
 * never into a private network; 5 s in all; at most 1 MB of the answer is read. Never rejects.
 */
export async function pinnedPost(
  post: PinnedPost,
  find: LookUp = (host) => lookup(host, { all: true }),
): Promise<PostOutcome> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  let url = new URL(post.url);
  try {
    for (let hop = 0; hop <= MOST_REDIRECTS; hop += 1) {
      if (url.protocol !== 'https:' && url.protocol !== 'http:')
        return { refused: `${url.protocol} is no address to send to` };
      const host = url.hostname.replace(/^\[|\]$/g, '');
      const isWritten = hop === 0 && (isIP(host) !== 0 || host === 'localhost');
      const to = await resolved(host, isWritten, signal, find);
      if (typeof to === 'string') return { refused: to };
      const { status, location } = await sendTo(url, to, post, signal);
      if (!REDIRECTS.has(status) || location === undefined) return { status };
      if (!URL.canParse(location, url.href)) return { refused: 'a redirect leads nowhere' };
      url = new URL(location, url);
    }
    return { refused: `more than ${MOST_REDIRECTS} redirects` };
  } catch (error) {
    if (signal.aborted) return { refused: `no answer within ${PATIENCE_MS / 1_000} s` };
    return { refused: (error as NodeJS.ErrnoException).code ?? String(error) };
  }
}
