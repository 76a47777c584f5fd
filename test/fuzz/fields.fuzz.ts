/** Values of headers: addresses behind proxies, ranges, tags, languages, codings, cookies, credentials, agents. */
import type { IncomingMessage } from 'node:http';
import { languageOf, matches, takes } from '../../src/base/negotiation.ts';
import { agentExclusion } from '../../src/door/audience/agents.ts';
import { addressOf, networkOf } from '../../src/door/network/client-address.ts';
import { openClients } from '../../src/door/network/trusted-proxies.ts';
import { mediaTypeOf } from '../../src/http/body.ts';
import { isForeign, originOf } from '../../src/http/request-origin.ts';
import { bearer, bearerTrouble } from '../../src/keys/token.ts';
import { readRange } from '../../src/origin/replay/range.ts';
import { cookieOf, type QueueRequest } from '../../src/queue/ticket-request.ts';
import { target } from './engine/target.ts';

const clients = openClients(['10.0.0.0/8', 'fd00::/8']);
const TOTAL = 1_000_000;

/** A form that came to this site with such a header; undefined where no such header can come. */
function form(name: string, value: string): Request | undefined {
  // What HTTP allows in a value: RFC 9110, 5.5.
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return undefined;
  const headers = new Headers({ [name]: value });
  return { url: 'http://x.example:8080/post', headers } as unknown as Request;
}

/** What each header is read with. */
const READERS: Readonly<Record<string, (value: string) => void>> = {
  'x-forwarded-for': (value) => {
    const client = clients.clientOf('10.0.0.1', value);
    const address = addressOf(client);
    if (!address) throw new Error(`${client} is no address`);
    networkOf(address);
  },
  forwarded: (value) =>
    void clients.spokenTo({
      headers: {
        'x-forwarded-host': value,
        'x-forwarded-proto': value,
        'x-forwarded-port': value,
        host: value,
      },
      socket: { remoteAddress: '10.0.0.1' },
    } as unknown as IncomingMessage),
  origin: (value) => {
    const sent = form('origin', value);
    if (sent && !isForeign(sent) && URL.parse(value)?.host !== 'x.example:8080' && value !== '')
      throw new Error(`${value} is taken for this site`);
  },
  'sec-fetch-site': (value) => {
    const sent = form('sec-fetch-site', value);
    if (sent && !isForeign(sent) && !['same-origin', 'none'].includes(value.trim()))
      throw new Error(`${value} is taken for this site`);
  },
  'x-forwarded-host': (value) => {
    const sent = form('x-forwarded-host', value);
    if (sent && !/^https?:\/\/[^/?#@\s]+$/.test(originOf(sent)))
      throw new Error(`${originOf(sent)} is no origin`);
  },
  range: (value) => {
    const range = readRange(value, TOTAL);
    if (!Array.isArray(range)) return;
    const [from, to] = range;
    if (!(from >= 0 && from < to && to <= TOTAL)) throw new Error(`range ${from} to ${to}`);
  },
  'if-none-match': (value) => void matches(value, '"a"'),
  'accept-language': (value) => void languageOf(value),
  'accept-encoding': (value) => void [takes(value, 'br'), takes(value, 'gzip')],
  'content-type': (value) => void mediaTypeOf(value),
  authorization: (value) => void [bearer(value), bearerTrouble(value)],
  cookie: (cookie) => void cookieOf({ headers: { cookie } } as unknown as QueueRequest),
  'user-agent': (value) => void agentExclusion(value, value),
  address: (value) => {
    const address = addressOf(value);
    if (address && (address.value < 0n || address.value >> 64n !== 0n))
      throw new Error(`address ${address.value}`);
  },
};
const NAMES = Object.keys(READERS);

export default target({
  covers: [
    'src/base/negotiation.ts',
    'src/door/audience/agents.ts',
    'src/door/network/client-address.ts',
    'src/door/network/trusted-proxies.ts',
    'src/http/body.ts',
    'src/http/request-origin.ts',
    'src/keys/token.ts',
    'src/origin/replay/range.ts',
    'src/queue/ticket-request.ts',
  ],
  run(bytes) {
    const text = bytes.toString('latin1');
    const at = text.indexOf(':');
    const said = text.slice(0, at);
    const reader =
      READERS[Object.hasOwn(READERS, said) ? said : (NAMES[text.length % NAMES.length] as string)];
    reader?.(text.slice(at + 1).trim());
  },
  seeds: [
    'x-forwarded-for: 203.0.113.9:99, "[2001:db8::1]", ::ffff:10.0.0.3, 10.0.0.2',
    'forwarded: "x.example:8443", y',
    ...['origin: http://x.example:8080', 'sec-fetch-site: same-site', 'x-forwarded-host: a.example:80'],
    ...['range: bytes=0-99', 'range: bytes=-5', 'range: bytes=7-', 'if-none-match: W/"a", "b", *'],
    ...[
      'accept-language: fr-CA;q=0.9, en;q=0.8, *;q=0.1',
      'accept-encoding: gzip;q=0, br;q=0.5, *',
      'content-type: text/plain; a="b"',
    ],
    ...[
      'authorization: Bearer aa.bb.cc',
      'authorization: Bearer "https://x/r/a/studio#token=aa.bb.cc"',
      'cookie: a=b; earshot-ticket=q1.x; c',
    ],
    ...[
      'user-agent: Mozilla/5.0 (compatible; Googlebot/2.1; +http://x)',
      'address: 2001:db8::192.0.2.1%eth0',
      'address: ::ffff:1.2.3.4',
    ],
  ],
  words: NAMES,
  mostBytes: 8_192,
});
