import { goOn, sentFields } from '../../form/index.ts';
import { boundaryOf, readMultipart } from '../../http/index.ts';
import type { SocialParts } from '../parts.ts';
import { MOST_IMAGES } from '../posts/post-images.ts';
import { MOST_FORM } from './answer.ts';
import type { SocialVisit } from './visit.ts';

/** Fields and files of one form. */
const MOST_PARTS = 64;

/** The same chunks, or undefined when there is none: a field for a file in which nothing was chosen. */
async function begun(bytes: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array> | undefined> {
  const rest = bytes[Symbol.asyncIterator]();
  const first = await rest.next();
  if (first.done) return undefined;
  return (async function* () {
    yield first.value;
    for (;;) {
      const next = await rest.next();
      if (next.done) return;
      yield next.value;
    }
  })();
}

/**
 * The fields of a form that was sent. Its files are taken one after the other as they come, and stand among the fields
 * by their ids: as `image`, or `avatar`; `fresh` says that there are new ones, `image-fault` why one was not taken.
 * Nothing is read of somebody who may not send any. A response: the answer. Undefined: it cannot be read.
 */
export async function sentForm(
  parts: SocialParts,
  { request, account, profile }: SocialVisit,
): Promise<URLSearchParams | Response | undefined> {
  const { deps, paces } = parts;
  const boundary = boundaryOf(request.headers.get('content-type'));
  if (boundary === undefined) return sentFields(request, MOST_FORM);
  const { images } = deps;
  if (!account) return goOn('/sign-in');
  if (!profile || !images || !request.body) return goOn('/compose');
  const taken: [name: string, value: string][] = [];
  let files = 0;
  const sent = await readMultipart(
    request.body,
    boundary,
    { parts: MOST_PARTS, fields: MOST_FORM },
    async (name, bytes) => {
      const file = await begun(bytes);
      if (!file) return;
      files += 1;
      const use = name === 'avatar' ? 'avatar' : 'post';
      if (files > MOST_IMAGES) return void taken.push(['image', `more-${files}`]);
      const waits = paces.images.take(undefined, account.id) !== undefined;
      const made = waits ? 'busy' : await images.take(account.id, use, file);
      if (typeof made === 'string') taken.push(['image-fault', made]);
      else taken.push([use === 'avatar' ? 'avatar' : 'image', made.id], ['fresh', '1']);
    },
  );
  if (typeof sent === 'string') return undefined;
  for (const name of ['avatar', 'fresh', 'image-fault']) sent.delete(name);
  for (const [name, value] of taken) sent.append(name, value);
  return (await refusedTexts(parts, request, sent)) ?? sent;
}

/** Texts beside files are compared with the lists of words like those of other forms. */
async function refusedTexts(
  { deps }: SocialParts,
  { url, headers }: Request,
  sent: URLSearchParams,
): Promise<Response | undefined> {
  return deps.refuses?.(
    new Request(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'accept-language': headers.get('accept-language') ?? '',
      },
      body: `${sent}`,
    }),
  );
}
