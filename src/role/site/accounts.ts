import { fileURLToPath } from 'node:url';
import { systemClock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Config } from '../../config/index.ts';
import { type Identity, open, openSmtp, type RoomsPort, readServices } from '../../identity/index.ts';
import { readSecret } from '../../keys/secret.ts';
import { keyFor } from '../../keys/signing-keys.ts';
import { accountFrame, loadManifest } from '../../pages/index.ts';
import type { Rooms } from '../../room/index.ts';
import type { Social } from '../../social/index.ts';
import type { Store } from '../../store/index.ts';
import type { Syndication } from '../../syndication/index.ts';
import { keepFirstInvitation } from '../operator-link.ts';
import type { Paths } from '../paths.ts';

const BUILD = fileURLToPath(new URL('../../../dist', import.meta.url));

/** What accounts ask of rooms and posts, which are opened after them. */
export interface OpenedLater {
  rooms?: Rooms['ofAccounts'];
  social?: Social;
  syndication?: Syndication;
}

/** Opens the accounts of the site on its database. Mail is sent where a server and the public address are known. */
export async function openSiteAccounts(
  config: Config,
  at: Paths,
  store: Store,
  log: Log,
  later: OpenedLater,
): Promise<Identity> {
  const { publicUrl, smtpUrl } = config;
  const part = log.part('identity');
  if (smtpUrl !== undefined && publicUrl === undefined)
    part.warn(
      {},
      'smtpUrl is set and publicUrl is not: no mail is sent, and links wait at /operate/accounts',
    );
  const smtp =
    smtpUrl === undefined || publicUrl === undefined
      ? undefined
      : openSmtp(smtpUrl, config.mailFrom ?? `earshot@${new URL(publicUrl).hostname}`);
  const identity = await open({
    ...{ store, clock: systemClock, log: part, publicUrl, isOpen: config.signUp === 'open' },
    secret: keyFor(readSecret(at.secret), 'account sessions'),
    frame: accountFrame(await loadManifest(BUILD)),
    rooms: roomsPort(later),
    ...(smtp ? { send: smtp.send } : {}),
    ...(config.signInServices === undefined ? {} : { services: await readServices(config.signInServices) }),
  });
  keepFirstInvitation(config, identity.first);
  return identity;
}

const roomsPort = (later: OpenedLater): RoomsPort => ({
  adopt: async (who, link) => (await later.rooms?.adopt(who, link)) ?? { refused: 'room-unknown' },
  async studio(who, slug) {
    const made = await later.rooms?.ownLink(who, slug);
    return made && !('refused' in made) ? `/r/${made.slug}/studio#token=${made.token}` : undefined;
  },
  own: async (who) => ({
    ...(await later.social?.exported(who.id)),
    ...(await later.syndication?.exported(who.id)),
  }),
  unseen: async (who) => (await later.social?.unseen(who.id)) ?? 0,
  async forget(who) {
    await later.rooms?.forget(who);
    await later.social?.forget(who.id);
    await later.syndication?.forget(who.id);
  },
  asked: async (who) => (await later.rooms?.invitations.asked(who)) ?? [],
  answer: async (who, id, yes) => (await later.rooms?.invitations.answer(who, id, yes)) ?? false,
  guestWay: async (who, slug) => later.rooms?.guestWay(who, slug),
});

/** Pages of accounts first, then everything else. */
export const accountsFirst =
  (identity: Identity, next: (request: Request) => Promise<Response>) =>
  (request: Request): Promise<Response> =>
    identity.fetch(request) ?? next(request);
