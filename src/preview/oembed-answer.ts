/** How programs of other sites find out what to show for a link of ours. Spec: oEmbed 1.0. */

import { languageOf } from '../base/negotiation.ts';
import { problem, type Reply } from '../base/reply.ts';
import { canonical, find, originOf, roomPath } from '../http/index.ts';
import { clipOembed, type OembedFound, type OembedQuestion, oembed, postOembed } from '../pages/index.ts';
import type { PreviewDeps } from './preview-deps.ts';

/** What an address of ours names. */
type Named =
  | { readonly kind: 'room'; readonly slug: string }
  | { readonly kind: 'clip'; readonly slug: string; readonly id: string }
  | { readonly kind: 'post'; readonly id: string };

function namedBy(address: string, host: string): Named | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (url.host !== host || !/^https?:$/.test(url.protocol)) return undefined;
  const path = canonical(url.pathname) ?? url.pathname;
  const id = find(path)?.address.id;
  const last = path.slice(path.lastIndexOf('/') + 1);
  if (id === 'social-post' || id === 'social-embed') return { kind: 'post', id: last };
  const room = roomPath(path);
  // An address with a key is nobody else's to show.
  if (!room || room.key !== undefined) return undefined;
  if (id === 'clip' || id === 'embed-clip') return { kind: 'clip', slug: room.slug, id: last };
  return id === 'room' || id === 'embed' || id === 'embed-before'
    ? { kind: 'room', slug: room.slug }
    : undefined;
}

const inXml = (text: string): string =>
  text
    // Nothing that XML has no place for. Spec: XML 1.0, 2.2.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out.
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/[&<>]/g, (letter) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[letter] ?? '');

/** Spec: oEmbed 1.0, 2.3.2. */
const asXml = (found: OembedFound): string =>
  `<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<oembed>${Object.entries(found)
    .map(([name, value]) => `<${name}>${inXml(String(value))}</${name}>`)
    .join('')}</oembed>\n`;

/** Answers `/oembed`. */
export async function oembedAnswer(deps: PreviewDeps, request: Request): Promise<Reply> {
  const asked = new URL(request.url).searchParams;
  const address = asked.get('url');
  const format = asked.get('format') ?? 'json';
  if (address === null) return problem('bad-request', 'url: the address of a room, a clip or a post.');
  // Spec: oEmbed 1.0, 2.3.5.
  if (format !== 'json' && format !== 'xml')
    return {
      status: 501,
      headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
      body: JSON.stringify({ title: 'Not implemented', status: 501, detail: 'format: "json" or "xml".' }),
    };
  const base = deps.publicUrl?.replace(/\/+$/, '') ?? originOf(request);
  const most = (name: string): number | undefined =>
    asked.has(name) ? Number(asked.get(name) || Number.NaN) : undefined;
  const language = languageOf(request.headers.get('accept-language') ?? undefined);
  const question: OembedQuestion = {
    ...{ base, now: deps.clock.wall(), isFramed: deps.framedBy !== "'none'" },
    ...{ width: most('maxwidth'), height: most('maxheight') },
  };
  const named = namedBy(address, new URL(base).host);
  const missing = problem('not-found', 'No room, clip or post that everybody may see has this address.');
  let found: OembedFound | undefined;
  if (!named) return missing;
  if (named.kind === 'post') {
    const post = await deps.post(named.id, language);
    if (!post) return missing;
    found = postOembed(post, question);
  } else {
    const card = await deps.card(named.slug);
    // Spec: oEmbed 1.0, 2.3.5 has 401 for what is private; here that would say which rooms there are.
    if (!card || card.access === 'private') return missing;
    const clip = named.kind === 'clip' ? await deps.clip(named.slug, named.id) : undefined;
    if (named.kind === 'clip' && !clip) return problem('not-found', 'This clip is gone.');
    found = clip ? clipOembed(card, clip, question) : oembed(card, question);
  }
  if (!found) return problem('not-found', 'It does not fit into so little space.');
  return {
    status: 200,
    headers: {
      'content-type': format === 'xml' ? 'text/xml; charset=utf-8' : 'application/json; charset=utf-8',
      // Without a public address, the answer has the one that was asked for.
      'cache-control':
        deps.publicUrl === undefined ? 'no-store' : `public, max-age=${Math.min(300, found.cache_age)}`,
    },
    body: format === 'xml' ? asXml(found) : JSON.stringify(found),
  };
}
