import { escapeHtml } from '../../base/plain-text.ts';
import {
  button,
  day,
  lineField,
  own,
  refusedNote,
  sentTo,
  sentWithFiles,
  textField,
} from '../../form/index.ts';
import { originOf } from '../../http/index.ts';
import { MOST_LINKS } from '../api/requests.ts';
import { complainedProfile } from '../complaints.ts';
import { PAGE_POSTS, pageOfPosts } from '../feeds/pages-of-posts.ts';
import type { SocialParts } from '../parts.ts';
import type { Profile } from '../people/profiles.ts';
import type { Relation } from '../people/relations.ts';
import { BIO_LENGTH } from '../text/post-text.ts';
import type { FeedLinkWords } from '../words/feed-link-words.ts';
import { avatarHtml } from './avatar-view.ts';
import { complaintPage } from './complaint-page.ts';
import { fileField, IMAGE_SCRIPT, scriptWords } from './image-fields.ts';
import { personHtml, postsHtml, tabsHtml } from './list-pages.ts';
import { postHtml, roomCardHtml, textHtml } from './post-view.ts';
import { type AnswerExtras, drawingOf, keyIn, type Returned, type SocialVisit, shown } from './visit.ts';

/** People on a page of followers. */
const PAGE_PEOPLE = 100;

/** What somebody shows of themselves; and, by `show`, whom they follow, who follows them, or the form to change it. */
export async function profilePage(
  parts: SocialParts,
  visit: SocialVisit,
  profile: Profile,
  returned: Returned = {},
  told: AnswerExtras = {},
): Promise<Response> {
  const view = visit.url.searchParams.get('show');
  if (view === 'followers' || view === 'following') return peoplePage(parts, visit, profile, view);
  if (view === 'edit' && visit.account?.id === profile.account)
    return ownPage(parts, visit, profile, returned, told);
  if (view === 'report') return reportPage(parts, visit, profile, returned, told);
  return facePage(parts, visit, profile, returned, told);
}

/** Buttons for what one may be to another. */
function relationHtml({ words }: SocialVisit, { handle }: Profile, relation: Relation): string {
  const act = (name: string, text: string, quiet = true): string =>
    sentTo(`/@${handle}`, { act: name }, button(text, quiet ? 'quiet' : ''), 'inline');
  const { following, followsBack, muted, blocked, blockedBy } = relation;
  const notes = [
    ...(followsBack ? [words.followsYou] : []),
    ...(muted ? [words.youMuted] : []),
    ...(blocked ? [words.youBlocked] : []),
    ...(blockedBy ? [words.blockedYou] : []),
  ].map((note) => `<p class="ash">${note}</p>`);
  const follow =
    blocked || blockedBy
      ? ''
      : act(following ? 'unfollow' : 'follow', following ? words.unfollow : words.follow, following);
  return `<div class="answers">${follow}${act(muted ? 'unmute' : 'mute', muted ? words.unmute : words.mute)}${act(blocked ? 'unblock' : 'block', blocked ? words.unblock : words.block)}</div>${notes.join('')}`;
}

async function facePage(
  parts: SocialParts,
  visit: SocialVisit,
  profile: Profile,
  { wrong }: Returned,
  told: AnswerExtras,
): Promise<Response> {
  const { words, account, url } = visit;
  const isOwn = account?.id === profile.account;
  const counts = await parts.relations.counts(profile.account);
  const relation =
    visit.profile && !isOwn
      ? await parts.relations.between(visit.profile.account, profile.account)
      : undefined;
  const rooms = await parts.rooms.of(profile.account);
  const before = keyIn(url, 'before');
  const replies = url.searchParams.get('show') === 'answers';
  const list = { kind: 'author', account: profile.account, replies } as const;
  const page = await pageOfPosts(parts, list, account?.id, PAGE_POSTS, before);
  const pinned =
    profile.pinnedPost === undefined ? undefined : await parts.reader.one(profile.pinnedPost, account?.id);
  const drawing = await drawingOf(parts, visit, [...page.posts, ...(pinned ? [pinned] : [])]);
  const pinnedRoom =
    profile.pinnedRoom === undefined
      ? undefined
      : (await parts.rooms.cards([profile.pinnedRoom])).get(profile.pinnedRoom);
  const at = `/@${profile.handle}`;
  const links = profile.links.map(
    (link) =>
      `<li><a href="${escapeHtml(link)}" rel="me ugc nofollow noopener noreferrer">${escapeHtml(link.replace(/^https?:\/\//i, ''))}</a></li>`,
  );
  const cards = (title: string, all: typeof rooms.coming, none: string): string =>
    `<section><h2>${title}</h2>${
      all.length === 0
        ? `<p class="ash">${none}</p>`
        : `<ul class="feed cards">${all.map((card) => `<li>${roomCardHtml(words, card)}</li>`).join('')}</ul>`
    }</section>`;
  const view = url.searchParams.get('show') === 'rooms' ? 'rooms' : replies ? 'answers' : 'posts';
  const facts = [
    ...(profile.seen === undefined ? [] : [words.seen(day(words, profile.seen))]),
    words.since(day(words, profile.created)),
  ].join(' · ');
  const tabs = tabsHtml(words.ofPerson(profile.name), [
    [at, words.posts, view === 'posts'],
    [`${at}?show=answers`, words.repliesTitle, view === 'answers'],
    [
      `${at}?show=rooms`,
      `${words.kinds.rooms} (${rooms.coming.length + rooms.past.length})`,
      view === 'rooms',
    ],
  ]);
  const shownRooms =
    view === 'rooms'
      ? cards(words.roomsComing, rooms.coming, words.noRoomsComing) +
        cards(words.roomsPast, rooms.past, words.noRoomsPast)
      : '';
  const posts =
    view === 'rooms'
      ? ''
      : `<section><h2>${replies ? words.repliesTitle : words.posts}</h2>${postsHtml(drawing, page, url, { empty: replies ? words.repliesEmpty : words.postsEmpty, first: before === undefined })}</section>`;
  const pins =
    view === 'posts' && before === undefined && (pinnedRoom || pinned)
      ? `<section><h2>${words.pinned}</h2>${pinnedRoom ? roomCardHtml(words, pinnedRoom) : ''}${pinned ? postHtml(drawing, pinned) : ''}</section>`
      : '';
  // What is on now, or comes next, is why most people come.
  const next =
    view === 'posts' && before === undefined && rooms.coming.length > 0
      ? cards(words.roomsComing, rooms.coming.slice(0, 3), '')
      : '';
  return shown(
    parts,
    visit,
    {
      title: `${profile.name} (@${profile.handle})`,
      ...{ about: profile.bio.replace(/\s+/g, ' ') || `@${profile.handle}`, listed: true },
      preview: { type: 'profile' },
      feeds: feedsOf(profile, words.feeds),
      inside: `<div class="face">${avatarHtml(profile, true)}<div><h1>${own(profile.name)}</h1><p class="ash">@${profile.handle}</p></div></div>${refusedNote(wrong)}
${profile.bio === '' ? (isOwn ? `<p class="ash">${words.bioEmpty}</p>` : '') : `<div class="said">${textHtml(profile.bio, [])}</div>`}${links.length === 0 ? '' : `<ul class="rows">${links.join('')}</ul>`}
<p class="small ash">${facts} · <a href="${at}?show=followers">${words.followers(counts.followers)}</a> · <a href="${at}?show=following">${words.follows(counts.following)}</a></p>
${relation ? relationHtml(visit, profile, relation) : isOwn ? `<p><a class="button quiet" href="${at}?show=edit">${words.editProfile}</a></p>` : ''}
${isOwn ? '' : `<p class="answers small"><a href="${at}?show=report">${words.reportProfile}</a></p>`}
${tabs}${pins}${next}${shownRooms}${posts}
${feedsHtml(profile, visit)}`,
    },
    told,
  );
}

/** Where anybody reports what somebody shows. */
function reportPage(
  parts: SocialParts,
  visit: SocialVisit,
  profile: Profile,
  returned: Returned,
  told: AnswerExtras,
): Promise<Response> {
  const at = `/@${profile.handle}`;
  const html = `<article><p><a class="who" href="${at}">${own(profile.name)}</a> <span class="ash">@${profile.handle}</span></p>${profile.bio === '' ? '' : `<div class="said">${textHtml(profile.bio, [])}</div>`}</article>`;
  return complaintPage(parts, visit, complainedProfile(profile), html, returned, told);
}

/** The same things for other programs. */
const feedsOf = ({ handle, name }: Profile, words: FeedLinkWords) => [
  { type: 'application/rss+xml', path: `/@${handle}/feed.xml`, title: `${words.podcast} · ${name}` },
  { type: 'application/atom+xml', path: `/@${handle}/posts.atom`, title: `${words.posts} · ${name}` },
  { type: 'text/calendar', path: `/@${handle}/rooms.ics`, title: `${words.calendarTitle} · ${name}` },
];

/** Where else somebody is followed: in a podcast program, in a reader, in a calendar. */
function feedsHtml({ handle }: Profile, { words: { feeds: words }, request }: SocialVisit): string {
  const at = `/@${handle}`;
  const calendar = `${new URL(originOf(request)).host}${at}/rooms.ics`;
  return `<section><h2>${words.title}</h2><ul class="rows"><li><a href="webcal://${escapeHtml(calendar)}">${words.calendar}</a></li><li><a href="${at}/rooms.ics">${words.calendarFile}</a></li><li><a href="${at}/feed.xml">${words.podcast}</a></li><li><a href="${at}/posts.atom">${words.posts}</a></li></ul></section>`;
}

async function peoplePage(
  parts: SocialParts,
  visit: SocialVisit,
  profile: Profile,
  side: 'followers' | 'following',
): Promise<Response> {
  const { words, url } = visit;
  const [, at, handle = ''] =
    /^(\d{1,15})\.([a-z0-9_]{0,30})$/.exec(url.searchParams.get('before') ?? '') ?? [];
  const before = at === undefined ? undefined : await parts.profiles.rowAfter(Number(at), handle);
  const rows = await parts.relations[side](profile.account, PAGE_PEOPLE + 1, before);
  const here = rows.slice(0, PAGE_PEOPLE);
  const cards = await parts.profiles.cards(here.map((row) => row.account));
  const items = here.flatMap((row) => {
    const card = cards.get(row.account);
    return card ? [personHtml(card)] : [];
  });
  const last = rows.length > PAGE_PEOPLE ? here.at(-1) : undefined;
  const title = side === 'followers' ? words.followersTitle : words.followsTitle;
  const next = last
    ? `<p><a class="button quiet" rel="next" href="/@${profile.handle}?show=${side}&amp;before=${last.at}.${cards.get(last.account)?.handle ?? ''}">${words.morePeople}</a></p>`
    : '';
  return shown(parts, visit, {
    ...{ title: `${title} · @${profile.handle}`, about: title },
    inside: `<h1>${title}</h1><p><a href="/@${profile.handle}">${own(profile.name)}</a></p>${items.length === 0 ? `<p class="ash">${words.nobody}</p>` : `<ul class="rows">${items.join('')}</ul>${next}`}`,
  });
}

async function ownPage(
  parts: SocialParts,
  visit: SocialVisit,
  profile: Profile,
  { wrong, sent }: Returned,
  told: AnswerExtras,
): Promise<Response> {
  const { words } = visit;
  const at = `/@${profile.handle}`;
  const form = sentTo(
    `${at}?show=edit`,
    { act: 'change' },
    `${textField(words.bio, 'bio', '', { id: 'bio', value: sent?.get('bio') ?? profile.bio, hint: words.bioHint(BIO_LENGTH) })}${textField(words.links, 'links', 'spellcheck="false"', { id: 'links', value: sent?.get('links') ?? profile.links.join('\n'), hint: words.linksHint(MOST_LINKS) })}${lineField(words.pinRoom, 'room', 'maxlength="64" spellcheck="false"', { id: 'room', value: sent?.get('room') ?? profile.pinnedRoom ?? '', hint: words.pinRoomHint })}<p class="answers">${button(words.save)} <a href="${at}">${words.cancel}</a></p>`,
  );
  return shown(
    parts,
    visit,
    {
      ...{ title: words.editProfile, about: words.editProfile, script: IMAGE_SCRIPT },
      inside: `<h1>${words.editProfile}</h1>${refusedNote(wrong)}${parts.deps.images ? avatarForm(visit, profile) : ''}${form}`,
    },
    told,
  );
}

/** Where one chooses one's picture, or takes it away. */
function avatarForm({ words }: SocialVisit, profile: Profile): string {
  const at = `/@${profile.handle}?show=edit`;
  const { avatar, avatarHint, avatarUse, avatarOff } = words.images;
  const choose = sentWithFiles(
    at,
    { act: 'avatar' },
    `${fileField(avatar, 'avatar', avatarHint, ` required${scriptWords(words)}`)}<p>${button(avatarUse)}</p>`,
    'plain',
  );
  const away =
    profile.avatar === undefined
      ? ''
      : sentTo(at, { act: 'avatar-off' }, button(avatarOff, 'quiet'), 'plain');
  return `<section class="card face">${avatarHtml(profile, true)}<div>${choose}${away}</div></section>`;
}
