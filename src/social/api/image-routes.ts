import type { Context, Hono } from 'hono';
import { refuse } from '../../api/index.ts';
import { mediaTypeOf } from '../../http/index.ts';
import type { ImageCard, ImageRefusal, ImageUse } from '../../image/index.ts';
import { socialWords } from '../pages/answer.ts';
import { showAvatar } from '../people/avatar.ts';
import type { Answers, SocialMember } from './answers.ts';
import { shownProfile } from './shown.ts';
import { shownImage } from './shown-image.ts';

/** Why an image was not taken, as an answer; in the language of who sends it, for pages show it as it is. */
function refusedUpload(why: ImageRefusal, request: Request, chosen?: 'en' | 'fr'): Response {
  const { language, images } = socialWords(request, chosen);
  const answer = refusedAs(why, images.refused[why]);
  answer.headers.set('content-language', language);
  return answer;
}

function refusedAs(why: ImageRefusal, words: string): Response {
  if (why === 'too-large') return refuse('too-large', words);
  if (why === 'too-slow') return refuse('too-slow', words);
  if (why === 'broken-off' || why === 'empty') return refuse('bad-request', words);
  if (why === 'busy' || why === 'undone') return refuse('crowded', words, { 'retry-after': '30' });
  if (why === 'account-full' || why === 'server-full' || why === 'disk-full')
    return refuse('images-full', words);
  return refuse('unprocessable', words);
}

/** Images for posts, and the picture that somebody shows of themselves: the file is the body. */
export function imageRoutes(app: Hono, answers: Answers): void {
  const { parts, base } = answers;
  const { deps, profiles, relations } = parts;

  const taken = async (
    c: Context,
    use: ImageUse,
  ): Promise<{ who: SocialMember; card: ImageCard } | Response> => {
    const who = await answers.member(c);
    if (who instanceof Response) return who;
    const { images } = deps;
    if (!images) return refuse('not-found');
    const type = mediaTypeOf(c.req.header('content-type'));
    if (type.startsWith('multipart/'))
      return refuse(
        'unsupported-media-type',
        'Send the file itself as the body, with its type, such as image/jpeg.',
      );
    const paced = answers.paced(c, 'images', who.account);
    if (paced) return paced;
    const nothing = new ReadableStream<Uint8Array>({ start: (s) => s.close() });
    const card = await images.take(who.account.id, use, c.req.raw.body ?? nothing);
    return typeof card === 'string' ? refusedUpload(card, c.req.raw, who.account.language) : { who, card };
  };
  const shown = async ({ account }: SocialMember): Promise<Response> => {
    const now = await profiles.of(account.id);
    return now
      ? Response.json(shownProfile(now, await relations.counts(now.account), base))
      : refuse('profile-needed');
  };

  app.post('/api/images', async (c) => {
    const made = await taken(c, 'post');
    return made instanceof Response ? made : c.json(shownImage(made.card, base), 201);
  });
  app.put('/api/profile/avatar', async (c) => {
    const made = await taken(c, 'avatar');
    if (made instanceof Response) return made;
    const { images } = deps;
    if (!images) return refuse('not-found');
    await showAvatar({ ...deps, images }, made.who.account.id, made.card.id);
    return shown(made.who);
  });
  app.delete('/api/profile/avatar', async (c) => {
    const who = await answers.member(c);
    if (who instanceof Response) return who;
    const paced = answers.paced(c, 'acts', who.account);
    if (paced) return paced;
    const { images } = deps;
    if (!images) return refuse('not-found');
    await showAvatar({ ...deps, images }, who.account.id, undefined);
    return shown(who);
  });
}
