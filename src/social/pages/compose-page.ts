import { button, goOn, lineField, refusedNote, sentTo, sentWithFiles } from '../../form/index.ts';
import type { SocialParts } from '../parts.ts';
import { compose } from '../posts/composing.ts';
import { formRequest } from '../posts/form-request.ts';
import { postIdOf } from '../posts/post-key.ts';
import { askedFirst, IMAGE_SCRIPT, imageFields, wishesIn } from './image-fields.ts';
import { postField } from './post-page.ts';
import { type AnswerExtras, type Returned, type SocialVisit, shown, waitFor } from './visit.ts';

/** A text that could be somebody's address, made from their name. */
const proposed = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 30);

/** Where one writes; and before that, where one chooses one's address. */
export async function composePage(
  parts: SocialParts,
  visit: SocialVisit,
  { wrong, sent }: Returned = {},
  told: AnswerExtras = {},
): Promise<Response> {
  const { words, account, profile, url } = visit;
  if (!account) return goOn('/sign-in');
  const title = profile ? words.write : words.chooseTitle;
  const link = url.searchParams.get('text')?.slice(0, 2_000) ?? '';
  const form = profile
    ? sentWithFiles(
        '/compose',
        { act: 'write' },
        `${postField(visit, words.yourPost, sent?.get('text') ?? link)}${await imageFields(parts, visit, sent)}<p>${button(words.send)}</p>`,
      )
    : `<p>${words.chooseLead}</p>${sentTo('/compose', { act: 'begin' }, `${lineField(words.handle, 'handle', 'required maxlength="30" autocapitalize="none" spellcheck="false"', { id: 'handle', value: sent?.get('handle') ?? proposed(account.name), hint: words.handleHint })}<p>${button(words.choose)}</p>`)}`;
  return shown(
    parts,
    visit,
    {
      title,
      about: words.about.compose,
      script: IMAGE_SCRIPT,
      inside: `<h1>${title}</h1>${refusedNote(wrong)}${form}`,
    },
    told,
  );
}

/** Takes what was sent there. */
export async function sendCompose(
  parts: SocialParts,
  visit: SocialVisit,
  sent: URLSearchParams,
): Promise<Response> {
  const { words, account, profile } = visit;
  if (!account) return goOn('/sign-in');
  const again = (wrong: string, status: number, headers = {}): Promise<Response> =>
    composePage(parts, visit, { wrong, sent }, { status, headers });
  const wait = waitFor(parts, profile ? 'posts' : 'acts', account);
  if (wait !== undefined) return again(words.tooOften(wait), 429, { 'retry-after': `${wait}` });
  if (!profile) {
    const handle = (sent.get('handle') ?? '').trim().replace(/^\/?@/, '').toLowerCase();
    const made = await parts.profiles.begin(account.id, account.name, handle);
    return typeof made === 'string' ? again(words.handleFaults[made], 422) : goOn(`/@${made.handle}`);
  }
  const first = askedFirst(visit, sent);
  if (first !== undefined) return again(first, 422);
  const wish = { text: sent.get('text') ?? '', images: wishesIn(sent) };
  const request = formRequest(account.id, sent, wish);
  const made = await compose(parts, account, { ...wish, request }, visit.request);
  return typeof made === 'string'
    ? again(words.faults[made], 422)
    : goOn(`/@${profile.handle}/${postIdOf(made)}`);
}
