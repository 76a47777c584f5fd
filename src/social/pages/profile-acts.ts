import { goOn } from '../../form/index.ts';
import { MOST_LINKS, PROFILE_CHANGE } from '../api/requests.ts';
import { complainedProfile } from '../complaints.ts';
import type { SocialParts } from '../parts.ts';
import { showAvatar } from '../people/avatar.ts';
import { changeProfile } from '../people/profile-change.ts';
import type { Profile } from '../people/profiles.ts';
import { relate } from '../people/relations.ts';
import { postKeyOf } from '../posts/post-key.ts';
import { BIO_LENGTH } from '../text/post-text.ts';
import { sendComplaint } from './complaint-page.ts';
import { refusedImage } from './image-fields.ts';
import { profilePage } from './profile-page.ts';
import { type SocialVisit, waitFor } from './visit.ts';

/** Which field is refused, and what belongs into it. */
const faultOf = (words: SocialVisit['words'], field: PropertyKey | undefined): string =>
  field === 'bio'
    ? words.refusedField(words.bio, words.bioHint(BIO_LENGTH))
    : field === 'links'
      ? words.refusedField(words.links, words.linksHint(MOST_LINKS))
      : words.refusedField(words.pinRoom, words.pinRoomHint);

/** What a form of somebody's page wants. */
export async function actOnProfile(
  parts: SocialParts,
  visit: SocialVisit,
  other: Profile,
  sent: URLSearchParams,
): Promise<Response> {
  const { words, account, profile } = visit;
  const again = (wrong: string, status = 422, headers = {}): Promise<Response> =>
    profilePage(parts, visit, other, { wrong, sent }, { status, headers });
  const isReport = sent.get('act') === 'report';
  if (isReport) return sendComplaint(parts, visit, complainedProfile(other), sent, again);
  if (!account) return goOn('/sign-in');
  if (!profile) return goOn('/compose');
  const wait = waitFor(parts, 'acts', account);
  if (wait !== undefined) return again(words.tooOften(wait), 429, { 'retry-after': `${wait}` });
  const at = `/@${other.handle}`;
  const act = sent.get('act') ?? '';
  const [, un = '', kind] = /^(un)?(follow|mute|block)$/.exec(act) ?? [];
  if (kind === 'follow' || kind === 'mute' || kind === 'block') {
    if (other.account === account.id) return again(words.yourself);
    const fault = await relate(parts.relations, kind, un === '', account.id, other.account);
    return fault ? again(fault === 'full' ? words.full : words.faults.blocked) : goOn(at);
  }
  if (other.account !== account.id) return again(words.faults['not-author']);
  if (act === 'pin' || act === 'unpin') {
    const key = act === 'unpin' ? null : postKeyOf(sent.get('post') ?? '');
    const fault =
      key === undefined ? 'pinnedPost' : await changeProfile(parts, account.id, { pinnedPost: key });
    return fault ? again(words.faults.unknown) : goOn(at);
  }
  if (act === 'avatar' || act === 'avatar-off') {
    const { images } = parts.deps;
    const id = act === 'avatar' ? (sent.get('avatar') ?? undefined) : undefined;
    if (!images || (act === 'avatar' && id === undefined))
      return again(refusedImage(words, sent) ?? words.images.avatarMissing);
    await showAvatar({ ...parts.deps, images }, account.id, id);
    return goOn(at);
  }
  if (act !== 'change') return again(words.unread);
  const room = (sent.get('room') ?? '').trim();
  const wish = PROFILE_CHANGE.safeParse({
    bio: sent.get('bio') ?? '',
    links: (sent.get('links') ?? '')
      .split(/\s+/)
      .filter((line) => line !== '')
      // What somebody calls their site by is its address.
      .map((line) => (/^[a-z][a-z\d+.-]*:/i.test(line) ? line : `https://${line}`)),
    pinnedRoom: room === '' ? null : (/([a-z0-9-]{3,64})\/?$/.exec(room)?.[1] ?? room),
  });
  if (!wish.success) return again(faultOf(words, wish.error.issues[0]?.path[0]));
  const fault = await changeProfile(parts, account.id, wish.data);
  return fault ? again(words.faults['no-room']) : goOn(at);
}
