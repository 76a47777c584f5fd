/** The headers of every address of the table, from a running server: what a browser may do with each answer. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADDRESSES, type Address } from '../src/http/index.ts';
import { type Server, startServer, until } from './rig/server.ts';

let server: Server;
let answers: readonly Got[];

/** One answer. */
interface Got {
  readonly name: string;
  readonly address: Address;
  readonly method: string;
  readonly status: number;
  readonly head: Headers;
  readonly html: boolean;
}

beforeAll(async () => {
  server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' });
  await server.cli('room', 'create', '--title', 'Hall', '--slug', 'hall', '--url', server.url);
  await until('hall plays', async () => (await fetch(`${server.url}/r/hall/live/main.m3u8`)).status === 200);
  answers = await all();
}, 90_000);
afterAll(() => server?.[Symbol.asyncDispose]());

/** Requests at once. */
const AT_ONCE = 8;

/** Every example of the table by every method, besides what exists nowhere. */
async function all(): Promise<Got[]> {
  const errors = ADDRESSES.find(({ id }) => id === 'errors') as Address;
  const wanted = [...ADDRESSES, { ...errors, id: 'nothing', examples: ['/nowhere', '/r/nobody'] }].flatMap(
    (address) => {
      const methods = new Set<string>([...address.methods, 'OPTIONS', 'POST']);
      if (methods.has('GET')) methods.add('HEAD');
      return address.examples.flatMap((path) => [...methods].map((method) => ({ address, path, method })));
    },
  );
  const got: Got[] = [];
  const next = async (): Promise<void> => {
    for (let one = wanted.shift(); one; one = wanted.shift()) got.push(await asked(one));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  return got;
}

async function asked({
  address,
  path,
  method,
}: {
  address: Address;
  path: string;
  method: string;
}): Promise<Got> {
  const gone = new AbortController();
  const { status, headers } = await fetch(`${server.url}${path}`, {
    ...{ method, signal: gone.signal, redirect: 'manual', headers: { accept: 'text/html,*/*' } },
  });
  // Some answers have no end.
  gone.abort();
  const html = /html/.test(headers.get('content-type') ?? '');
  return { name: `${method} ${path} ${status}`, address, method, status, head: headers, html };
}

/** Those of `answers` for which something is not so, by name, with what they have instead. */
const unlike = (
  among: (got: Got) => boolean,
  name: string,
  right: (value: string, got: Got) => boolean,
): string[] => {
  const looked = answers.filter(among);
  expect(looked.length).toBeGreaterThan(0);
  return looked
    .filter((got) => !right(got.head.get(name) ?? '', got))
    .map((got) => `${got.name}: ${got.head.get(name)}`);
};
/** An answer to a beacon that the door wrote without the HTTP server: it has nothing in it. */
const bare = ({ address, status }: Got): boolean => address.id === 'beacon' && status === 204;
/** Sound and lists of it, scripts, and what is empty: no document, whatever is said of it. */
const media = (got: Got): boolean =>
  got.address.owner === 'origin' || got.address.id === 'asset' || bare(got);
const directives = (policy: string): Map<string, string> =>
  new Map(
    policy.split(';').map((part): [string, string] => {
      const [name = '', ...values] = part.trim().split(/\s+/);
      return [name, values.join(' ')];
    }),
  );

test('every address of the table was asked by each of its methods, and nothing broke', () => {
  expect(answers.length).toBeGreaterThan(300);
  expect(new Set(answers.map(({ address }) => address.id)).size).toBe(ADDRESSES.length + 1);
  expect(answers.filter(({ status }) => status >= 500 && status !== 503).map(({ name }) => name)).toEqual([]);
});

test('no answer is taken for anything but what it says it is, tells others where somebody was, or names the software', () => {
  expect(
    unlike(
      () => true,
      'x-content-type-options',
      (value) => value === 'nosniff',
    ),
  ).toEqual([]);
  expect(
    unlike(
      (got) => !media(got),
      'referrer-policy',
      (value) => /^(?:same-origin|no-referrer)$/.test(value),
    ),
  ).toEqual([]);
  for (const name of ['server', 'x-powered-by', 'via'])
    expect(
      unlike(
        () => true,
        name,
        (value) => value === '',
      ),
    ).toEqual([]);
  const text = (got: Got): boolean => /^text\//.test(got.head.get('content-type') ?? '');
  expect(unlike(text, 'content-type', (value) => /; *charset=utf-8/i.test(value))).toEqual([]);
});

test('who may embed an answer is said with each: everybody what is public, nobody else what is not', () => {
  expect(
    unlike(
      (got) => !bare(got),
      'cross-origin-resource-policy',
      (value) => value === 'cross-origin' || value === 'same-origin',
    ),
  ).toEqual([]);
  const closed = (got: Got): boolean => got.address.cors === 'own' && !bare(got);
  expect(unlike(closed, 'cross-origin-resource-policy', (value) => value === 'same-origin')).toEqual([]);
  expect(unlike(closed, 'access-control-allow-origin', (value) => value === '')).toEqual([]);
  expect(
    unlike(
      () => true,
      'access-control-allow-credentials',
      (value) => value === '',
    ),
  ).toEqual([]);
});

test('what a browser may show as a document loads nothing foreign and runs nothing inline', () => {
  const shown = (got: Got): boolean => !media(got);
  expect(
    unlike(shown, 'content-security-policy', (policy, { address }) => {
      const said = directives(policy);
      const scripts = said.get('script-src') ?? "'none'";
      const styles = said.get('style-src') ?? "'none'";
      // An image with a style of its own; as a document it runs nothing.
      const picture =
        address.id === 'figure-card' ||
        address.id === 'claim-card' ||
        address.id === 'case-file' ||
        address.id === 'room-claim-card';
      return (
        said.get('default-src') === "'none'" &&
        !/unsafe|https?:|\*|data:/.test(scripts) &&
        (picture || !/unsafe|https?:|\*/.test(styles)) &&
        (picture || said.get('base-uri') === "'none'") &&
        (picture || said.has('frame-ancestors')) &&
        (address.framed || !/\*/.test(said.get('frame-ancestors') ?? ''))
      );
    }),
  ).toEqual([]);
  expect(
    unlike(shown, 'permissions-policy', (value) =>
      /microphone=\((?:self)?\), camera=\(\), geolocation=\(\)/.test(value),
    ),
  ).toEqual([]);
  const own = (got: Got): boolean => shown(got) && !got.address.framed;
  expect(unlike(own, 'cross-origin-opener-policy', (value) => value === 'same-origin')).toEqual([]);
});

test('pages hold no script and no style in the text but those whose hash their policy names', async () => {
  const pages = answers.filter(({ html, method, status }) => html && method === 'GET' && status === 200);
  expect(pages.length).toBeGreaterThan(8);
  for (const path of new Set(pages.map(({ name }) => name.split(' ')[1] ?? ''))) {
    const answer = await fetch(`${server.url}${path}`, { headers: { accept: 'text/html' } });
    const [text, policy] = [await answer.text(), answer.headers.get('content-security-policy') ?? ''];
    for (const [, kind = '', attributes = '', inline = ''] of text.matchAll(
      /<(script|style)\b([^>]*)>([\s\S]*?)<\/\1>/gi,
    )) {
      if (/\bsrc=|type="application\/(?:ld\+)?json"/.test(attributes)) continue;
      const hash = `'sha256-${createHash('sha256').update(inline).digest('base64')}'`;
      expect([path, directives(policy).get(`${kind.toLowerCase()}-src`)]).toEqual([
        path,
        expect.stringContaining(hash),
      ]);
    }
    const markup = text.replaceAll(/<(script|style)\b[\s\S]*?<\/\1>/gi, '');
    expect([
      path,
      /\son[a-z]+\s*=\s*["']/i.test(markup),
      /<[^>]+\sstyle\s*=\s*["']/i.test(markup),
      /href="javascript:/i.test(markup),
    ]).toEqual([path, false, false, false]);
  }
});

test('what is one person’s, or changes something, is kept by no cache', () => {
  const personal = ({ method, status }: Got): boolean =>
    !/^(?:GET|HEAD|OPTIONS)$/.test(method) && status < 400;
  expect(unlike(personal, 'cache-control', (value) => /no-store/.test(value))).toEqual([]);
  const cookies = answers.flatMap(({ head }) => head.getSetCookie());
  for (const cookie of cookies) expect(cookie).toMatch(/^earshot-ticket=.*; SameSite=Lax/);
});
