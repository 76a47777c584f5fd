import type { Context, Hono } from 'hono';
import { isRefusal, pageOf, pageRead, read, refuse, refused } from '../../api/index.ts';
import { complainedProfile } from '../complaints.ts';
import { changeProfile } from '../people/profile-change.ts';
import type { HandleFault, Profile } from '../people/profiles.ts';
import { relate } from '../people/relations.ts';
import { type Answers, wantedPage } from './answers.ts';
import { NEW_COMPLAINT, NEW_PROFILE, PROFILE_CHANGE } from './requests.ts';
import { shownPerson, shownProfile, shownRoom } from './shown.ts';

const HANDLES: Readonly<Record<Exclude<HandleFault, 'has-one'>, string>> = {
  form: 'handle: use 2 to 30 of a-z, 0-9 and _, with a letter among them',
  kept: 'handle: this one would be taken for the server itself',
  taken: 'handle: somebody has this one',
};
const PINS = {
  pinnedPost: 'pinnedPost: pin a post of your own',
  pinnedRoom: 'pinnedRoom: no room that everybody may see has this address',
} as const;
const NOT_YET: Readonly<Record<'full' | 'blocked', () => Response>> = {
  full: () => refuse('unprocessable', 'This account has as many of these as there may be: 10,000.'),
  blocked: () => refuse('blocked'),
};

/** Profiles, and who follows, mutes and blocks whom. */
export function profileRoutes(app: Hono, answers: Answers): void {
  const { parts, base } = answers;
  const { profiles, relations, rooms, deps } = parts;

  /** A pinned room that has become private since is named to nobody. */
  const seen = async ({ pinnedRoom, ...profile }: Profile): Promise<Profile> =>
    pinnedRoom !== undefined && (await rooms.cards([pinnedRoom])).has(pinnedRoom)
      ? { ...profile, pinnedRoom }
      : profile;
  const shown = async (profile: Profile, asking?: string): Promise<object> => ({
    ...shownProfile(
      await seen(profile),
      await relations.counts(profile.account),
      base,
      asking === undefined || asking === profile.account
        ? undefined
        : await relations.between(asking, profile.account),
    ),
  });

  app.post('/api/profile', async (c) => {
    const account = await deps.account(c.req.raw);
    if (!account) return refuse('account-needed');
    const wish = await read(c, NEW_PROFILE);
    if (isRefusal(wish)) return refused(wish);
    const paced = answers.paced(c, 'acts', account);
    if (paced) return paced;
    const made = await profiles.begin(account.id, account.name, wish.value.handle);
    if (made === 'has-one') {
      const own = await profiles.of(account.id);
      // The same request once more.
      if (own?.handle === wish.value.handle) return c.json(await shown(own), 201);
      return refuse('wrong-moment', 'This account has an address already, and it stays.');
    }
    return typeof made === 'string' ? refuse('unprocessable', HANDLES[made]) : c.json(await shown(made), 201);
  });
  app.get('/api/profile', async (c) => {
    const who = await answers.member(c);
    return who instanceof Response ? who : c.json(await shown(who.profile));
  });
  app.patch('/api/profile', async (c) => {
    const who = await answers.member(c);
    if (who instanceof Response) return who;
    const wish = await read(c, PROFILE_CHANGE);
    if (isRefusal(wish)) return refused(wish);
    const paced = answers.paced(c, 'acts', who.account);
    if (paced) return paced;
    const fault = await changeProfile(parts, who.account.id, wish.value);
    if (fault) return refuse('unprocessable', PINS[fault]);
    const now = await profiles.of(who.account.id);
    return now ? c.json(await shown(now)) : refuse('profile-needed');
  });
  app.get('/api/profiles/:handle', async (c) => {
    const profile = await answers.profile(c);
    if (profile instanceof Response) return profile;
    const { coming, past } = await rooms.of(profile.account);
    return c.json({
      ...(await shown(profile, (await answers.reader(c))?.id)),
      rooms: {
        coming: coming.map((card) => shownRoom(card, base)),
        past: past.map((card) => shownRoom(card, base)),
      },
    });
  });
  app.get('/api/profiles/:handle/posts', async (c) => {
    const profile = await answers.profile(c);
    if (profile instanceof Response) return profile;
    const replies = c.req.query('replies') === '1';
    return answers.list(
      c,
      { kind: 'author', account: profile.account, replies },
      (await answers.reader(c))?.id,
    );
  });
  for (const side of ['followers', 'following'] as const)
    app.get(`/api/profiles/:handle/${side}`, async (c) => {
      const profile = await answers.profile(c);
      return profile instanceof Response ? profile : people(c, answers, profile, side);
    });
  app.post('/api/profiles/:handle/reports', async (c) => {
    const wish = await read(c, NEW_COMPLAINT);
    if (isRefusal(wish)) return refused(wish);
    const profile = await answers.profile(c);
    return profile instanceof Response
      ? profile
      : answers.complain(c, complainedProfile(profile), wish.value);
  });
  for (const kind of ['follow', 'mute', 'block'] as const)
    for (const on of [true, false])
      app[on ? 'put' : 'delete'](`/api/profiles/:handle/${kind}`, async (c) => {
        const who = await answers.member(c);
        if (who instanceof Response) return who;
        const other = await answers.profile(c);
        if (other instanceof Response) return other;
        if (other.account === who.account.id) return refuse('unprocessable', 'This is you.');
        const paced = answers.paced(c, 'acts', who.account);
        if (paced) return paced;
        const fault = await relate(relations, kind, on, who.account.id, other.account);
        return fault ? NOT_YET[fault]() : c.body(null, 204);
      });
}

/** A page of those who follow somebody, or whom somebody follows. */
async function people(
  c: Context,
  { parts, base }: Answers,
  profile: Profile,
  side: 'followers' | 'following',
): Promise<Response> {
  const wanted = wantedPage(c);
  if (isRefusal(wanted)) return refused(wanted);
  const { limit, after } = wanted;
  const before = after && (await parts.profiles.rowAfter(after.at, after.key));
  const found = await parts.relations[side](profile.account, limit + 1, before);
  const cards = await parts.profiles.cards(found.map(({ account }) => account));
  const keyOf = (account: string): string => cards.get(account)?.handle ?? '';
  const { rows, next } = pageRead(found, ({ at, account }) => ({ at, key: keyOf(account) }), limit);
  return pageOf(
    c,
    'people',
    rows.flatMap(({ account, at }) => {
      const card = cards.get(account);
      return card
        ? {
            ...shownPerson(card, base),
            since: new Date(at).toISOString(),
          }
        : [];
    }),
    next,
  );
}
