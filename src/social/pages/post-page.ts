import { escapeHtml } from '../../base/plain-text.ts';
import {
  button,
  lineField,
  moment,
  refusedNote,
  sentTo,
  sentWithFiles,
  textField,
} from '../../form/index.ts';
import { inWords } from '../../wire/listening/link-preview.ts';
import { REASON_LENGTH } from '../api/requests.ts';
import { postPath } from '../api/shown.ts';
import { complainedPost } from '../complaints.ts';
import { PAGE_POSTS, pageOfPosts } from '../feeds/pages-of-posts.ts';
import type { SocialParts } from '../parts.ts';
import { onceField } from '../posts/form-request.ts';
import { type Post, reportable } from '../posts/post.ts';
import { postIdOf } from '../posts/post-key.ts';
import { POST_LENGTH } from '../text/post-text.ts';
import { complaintPage } from './complaint-page.ts';
import { codeBox, linkPreview, previewOf } from './embed-page.ts';
import { IMAGE_SCRIPT, imageFields } from './image-fields.ts';
import { imagesHtml } from './image-view.ts';
import { postsHtml } from './list-pages.ts';
import { postHtml, textHtml } from './post-view.ts';
import {
  type AnswerExtras,
  drawingOf,
  keyIn,
  type Returned,
  refusal,
  type SocialVisit,
  shown,
} from './visit.ts';

/** Posts above one that its page shows. */
const MOST_ABOVE = 20;

/** The field for a text of so many characters. */
export const postField = (visit: SocialVisit, label: string, value: string): string =>
  onceField() +
  textField(label, 'text', '', { id: 'text', value, hint: visit.words.lengthHint(POST_LENGTH) });

/** The page of a post: what it answers, the post, its answers; and, by `show`, what can be done with it. */
export async function postPage(
  parts: SocialParts,
  visit: SocialVisit,
  post: Post,
  returned: Returned = {},
  told: AnswerExtras = {},
): Promise<Response> {
  const view = visit.url.searchParams.get('show');
  const isOwn = post.author !== undefined && post.author.account === visit.account?.id;
  if (view === 'history') return historyPage(parts, visit, post);
  if (view === 'quotes') return quotesPage(parts, visit, post);
  const about = view === 'report' ? complainedPost(post) : undefined;
  if (about) {
    const drawing = await drawingOf(parts, visit, [post]);
    return complaintPage(
      parts,
      visit,
      about,
      postHtml({ ...drawing, acts: false }, post, true),
      returned,
      told,
    );
  }
  if (view === 'edit' && isOwn && post.content) return editPage(parts, visit, post, returned, told);
  if (view === 'delete' && isOwn && !post.deleted) return removePage(parts, visit, post, returned, told);
  if (view === 'quote' && visit.profile && post.content) return quotePage(parts, visit, post, returned, told);
  return threadPage(parts, visit, post, returned, told);
}

const titleOf = ({ words }: SocialVisit, { author, content }: Post): string => {
  const text = content?.text.replace(/\s+/g, ' ').slice(0, 60) ?? '';
  return `${words.postOf(author?.name ?? words.erasedAuthor)}${text === '' ? '' : `: ${text}`}`;
};
const aboutOf = ({ words }: SocialVisit, post: Post): string =>
  inWords(previewOf(post, words.language)).replace(/\s+/g, ' ').slice(0, 200);

async function threadPage(
  parts: SocialParts,
  visit: SocialVisit,
  post: Post,
  { wrong, sent }: Returned,
  { status, headers = {} }: AnswerExtras,
): Promise<Response> {
  const { words, url, profile, account } = visit;
  const above = await parts.reader.above(post.key, MOST_ABOVE, account?.id);
  const after = keyIn(url, 'before');
  const page = await pageOfPosts(parts, { kind: 'replies', post: post.key }, account?.id, PAGE_POSTS, after);
  const drawing = {
    ...(await drawingOf(parts, visit, [...above, post, ...page.posts])),
    above: new Set([...above, post].map(({ key }) => key)),
  };
  const path = postPath(post);
  const isOwn = post.author !== undefined && post.author.account === account?.id;
  const earlier =
    above.length === 0
      ? ''
      : `<section aria-label="${words.conversation}"><ol class="feed before">${above.map((one) => `<li>${postHtml(drawing, one)}</li>`).join('')}</ol></section>`;
  const answer =
    profile && post.content
      ? sentWithFiles(
          path,
          { act: 'reply' },
          `${postField(visit, words.yourReply, sent?.get('text') ?? '')}${await imageFields(parts, visit, sent)}<p>${button(words.sendReply)}</p>`,
        )
      : '';
  const links = post.content
    ? `<p class="answers small" id="more">${[
        ...(isOwn
          ? [
              `<a href="${path}?show=edit">${words.edit}</a>`,
              `<a href="${path}?show=delete">${words.remove}</a>`,
            ]
          : []),
        `<a href="${path}?show=report">${words.report}</a>`,
      ].join(
        ' ',
      )}</p>${isOwn ? pinForm(visit, post) : ''}${codeBox(parts.deps, visit.request, post, words.language)}`
    : reportable(post) === undefined
      ? ''
      : `<p class="answers small"><a href="${path}?show=report">${words.report}</a></p>`;
  const next =
    page.next === undefined
      ? ''
      : `<p><a class="button quiet" rel="next" href="${path}?before=${postIdOf(page.next)}">${words.newer}</a></p>`;
  const replies =
    page.posts.length === 0
      ? `<p class="ash">${words.noReplies}</p>`
      : `<ol class="feed">${page.posts.map((one) => `<li>${postHtml(drawing, one)}</li>`).join('')}</ol>${next}`;
  return shown(
    parts,
    visit,
    {
      ...{
        title: titleOf(visit, post),
        about: aboutOf(visit, post),
        path,
        listed: post.content !== undefined,
        ...(answer === '' ? {} : { script: IMAGE_SCRIPT }),
        preview: linkPreview(post, words.language, drawing.rooms),
      },
      inside: `<h1 class="visually-hidden">${escapeHtml(words.postOf(post.author?.name ?? words.erasedAuthor))}</h1>${earlier}${postHtml({ ...drawing, opens: true }, post, true)}${links}<section id="answer"><h2>${words.repliesTitle}</h2>${refusedNote(wrong)}${answer}${replies}</section>`,
    },
    // What was here is gone for good, and its tombstone says so. Spec: RFC 9110, 15.5.11.
    { status: status ?? (post.deleted ? 410 : 200), headers },
  );
}

const pinForm = ({ words, profile }: SocialVisit, post: Post): string =>
  sentTo(
    `/@${profile?.handle ?? ''}`,
    { act: profile?.pinnedPost === post.key ? 'unpin' : 'pin', post: postIdOf(post.key) },
    button(profile?.pinnedPost === post.key ? words.unpin : words.pin, 'quiet'),
    'inline',
  );

async function historyPage(parts: SocialParts, visit: SocialVisit, post: Post): Promise<Response> {
  const { words } = visit;
  if (post.deleted)
    return threadPage(parts, { ...visit, url: new URL(postPath(post), visit.url) }, post, {}, {});
  const versions = await parts.reader.history(post.key);
  const one = (title: string, text: string): string => `<li><h2>${title}</h2>${text}</li>`;
  const now = post.content
    ? one(
        `${words.historyNow} · ${moment(words, post.content.edited ?? post.created)}`,
        textHtml(post.content.text, post.content.facets) + imagesHtml(words, post.content.images),
      )
    : '';
  const before = versions
    .toReversed()
    .map(({ version, at, text, facets, images }) =>
      one(words.version(version, moment(words, at)), textHtml(text, facets) + imagesHtml(words, images)),
    );
  return shown(parts, visit, {
    ...{ title: words.historyTitle, about: words.historyTitle },
    inside: `<h1>${words.historyTitle}</h1><p><a href="${postPath(post)}">${escapeHtml(words.postOf(post.author?.name ?? words.erasedAuthor))}</a></p>${
      versions.length === 0
        ? `<p class="ash">${words.noHistory}</p>`
        : `<ol class="feed versions">${now}${before.join('')}</ol>`
    }`,
  });
}

async function quotesPage(parts: SocialParts, visit: SocialVisit, post: Post): Promise<Response> {
  const { words, url, account } = visit;
  const before = keyIn(url, 'before');
  const page = await pageOfPosts(parts, { kind: 'quotes', post: post.key }, account?.id, PAGE_POSTS, before);
  const drawing = await drawingOf(parts, visit, page.posts);
  return shown(parts, visit, {
    ...{ title: words.quotesTitle, about: words.quotesTitle },
    inside: `<h1>${words.quotesTitle}</h1><p><a href="${postPath(post)}">${escapeHtml(words.postOf(post.author?.name ?? words.erasedAuthor))}</a></p>${postsHtml(drawing, page, url, { empty: words.nobody, first: before === undefined })}`,
  });
}

/** The form of an edit; its field `version` says how the post was when its author read it. */
async function editPage(
  parts: SocialParts,
  visit: SocialVisit,
  post: Post,
  { wrong, sent }: Returned,
  told: AnswerExtras,
): Promise<Response> {
  const { words } = visit;
  const path = postPath(post);
  const now =
    sent && post.content
      ? `<blockquote class="quoted">${textHtml(post.content.text, post.content.facets)}</blockquote>`
      : '';
  const images = post.content?.images ?? [];
  const form = sentWithFiles(
    `${path}?show=edit`,
    { act: 'edit', version: `${post.content?.version ?? 1}` },
    `${postField(visit, words.yourPost, sent?.get('text') ?? post.content?.text ?? '')}${await imageFields(parts, visit, sent, images)}${images.length === 0 ? '' : `<p class="hint small">${words.images.staysInHistory}</p>`}<p class="answers">${button(words.save)} <a href="${path}">${words.cancel}</a></p>`,
  );
  return shown(
    parts,
    visit,
    {
      ...{ title: words.edit, about: words.editLead, script: IMAGE_SCRIPT },
      inside: `<h1>${words.edit}</h1><p>${words.editLead}</p>${refusedNote(wrong)}${now}${form}`,
    },
    told,
  );
}

async function removePage(
  parts: SocialParts,
  visit: SocialVisit,
  post: Post,
  { wrong, sent }: Returned,
  told: AnswerExtras,
): Promise<Response> {
  const { words } = visit;
  const path = postPath(post);
  const drawing = await drawingOf(parts, visit, [post]);
  const form = sentTo(
    `${path}?show=delete`,
    { act: 'delete' },
    `${lineField(words.removeReason, 'reason', `maxlength="${4 * REASON_LENGTH}"`, { id: 'reason', value: sent?.get('reason') ?? '', hint: words.removeHint })}<p class="answers">${button(words.removeNow)} <a href="${path}">${words.cancel}</a></p>`,
  );
  return shown(
    parts,
    visit,
    {
      ...{ title: words.remove, about: words.removeLead },
      inside: `<h1>${words.remove}</h1><p>${words.removeLead}</p>${refusedNote(wrong)}${postHtml({ ...drawing, acts: false }, post, true)}${form}`,
    },
    told,
  );
}

async function quotePage(
  parts: SocialParts,
  visit: SocialVisit,
  post: Post,
  { wrong, sent }: Returned,
  told: AnswerExtras,
): Promise<Response> {
  const { words } = visit;
  const drawing = await drawingOf(parts, visit, [post]);
  const form = sentWithFiles(
    `${postPath(post)}?show=quote`,
    { act: 'quote' },
    `${postField(visit, words.yourQuote, sent?.get('text') ?? '')}${await imageFields(parts, visit, sent)}<p>${button(words.send)}</p>`,
  );
  return shown(
    parts,
    visit,
    {
      ...{ title: words.quote, about: words.quote, script: IMAGE_SCRIPT },
      inside: `<h1>${words.quote}</h1>${refusedNote(wrong)}${form}${postHtml({ ...drawing, acts: false }, post, true)}`,
    },
    told,
  );
}

/** The page where no post is. */
export const noPost = (parts: SocialParts, visit: SocialVisit): Response =>
  refusal(parts, visit, visit.words.missing, 404);
