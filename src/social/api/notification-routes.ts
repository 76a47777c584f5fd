import type { Hono } from 'hono';
import { isRefusal, pageOf, read, refused } from '../../api/index.ts';
import type { Notified } from '../notifications/notifications.ts';
import type { SocialSettings } from '../notifications/settings.ts';
import { type Answers, wantedPage } from './answers.ts';
import { SEEN, SETTINGS_CHANGE } from './requests.ts';
import { shownPost, shownRoom } from './shown.ts';

/** Notifications and settings. */
export function notificationRoutes(app: Hono, answers: Answers): void {
  const { parts, base } = answers;
  const { notifications, notices, settings, deps, relations, profiles } = parts;

  app.get('/api/notifications', async (c) => {
    const who = await answers.member(c);
    if (who instanceof Response) return who;
    const wanted = wantedPage(c);
    if (isRefusal(wanted)) return refused(wanted);
    const { id } = who.account;
    const { list, next } = await notifications.page(id, wanted.limit, wanted.after);
    const ways = await answers.showing(list.flatMap(({ post }) => post ?? []));
    const shown = ({ kind, at, isNew, people, count, post, room, invitation }: Notified): object => ({
      ...{ kind, at: new Date(at).toISOString(), isNew, count },
      people: people.map(({ handle, name }) => ({ handle, name, url: `${base}/@${handle}` })),
      ...(post ? { post: shownPost(post, ways) } : {}),
      ...(room ? { room: shownRoom(room.card, base), what: room.what } : {}),
      ...(invitation ? { invitation: { ...invitation, url: `${base}/r/${invitation.slug}` } } : {}),
    });
    return pageOf(c, 'notifications', list.map(shown), next, { unseen: await notifications.unseen(id) });
  });
  app.put('/api/notifications/seen', async (c) => {
    const wish = await read(c, SEEN);
    if (isRefusal(wish)) return refused(wish);
    const who = await answers.member(c);
    if (who instanceof Response) return who;
    const paced = answers.paced(c, 'acts', who.account);
    if (paced) return paced;
    await settings.look(who.account.id, Date.parse(wish.value.until));
    notices.seen(who.account.id);
    return c.body(null, 204);
  });

  const shownSettings = async (
    id: string,
    language: 'en' | 'fr' | undefined,
    of: SocialSettings,
  ): Promise<object> => {
    const list = async (kind: 'mute' | 'block'): Promise<object[]> => {
      const ids = await relations.shields(id, kind, 500);
      const cards = await profiles.cards(ids);
      return ids.flatMap((one) => {
        const card = cards.get(one);
        return card ? { handle: card.handle, name: card.name, url: `${base}/@${card.handle}` } : [];
      });
    };
    return {
      ...{ off: of.off, people: of.people, mail: of.mail, language: language ?? null },
      ...{ muted: await list('mute'), blocked: await list('block') },
    };
  };
  app.get('/api/settings', async (c) => {
    const who = await answers.member(c);
    if (who instanceof Response) return who;
    const { id, language } = who.account;
    return c.json(await shownSettings(id, language, await settings.of(id)));
  });
  app.patch('/api/settings', async (c) => {
    const wish = await read(c, SETTINGS_CHANGE);
    if (isRefusal(wish)) return refused(wish);
    const who = await answers.member(c);
    if (who instanceof Response) return who;
    const paced = answers.paced(c, 'acts', who.account);
    if (paced) return paced;
    const { id } = who.account;
    const { language, off, people, mail } = wish.value;
    if (language !== undefined) await deps.setLanguage?.(id, language ?? undefined);
    await settings.change(id, {
      ...(off === undefined ? {} : { off }),
      ...(people === undefined ? {} : { people }),
      ...(mail === undefined ? {} : { mail }),
    });
    const now = language === undefined ? who.account.language : (language ?? undefined);
    return c.json(await shownSettings(id, now, await settings.of(id)));
  });
}
