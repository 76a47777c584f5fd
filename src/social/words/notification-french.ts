import type { NotificationWords } from './notification-words.ts';

const list = (names: readonly string[]): string => new Intl.ListFormat('fr').format(names);
const figure = (many: number): string => many.toLocaleString('fr');

/** French. */
export const notificationFrench: NotificationWords = {
  title: 'Notifications',
  about:
    'Ce que d’autres ont fait de vos publications, les salles des personnes que vous suivez, et les invitations.',
  empty:
    'Rien pour l’instant. Réponses, mentions, « j’aime » et nouveaux abonnés seront ici, ainsi que les salles des personnes que vous suivez.',
  older: 'Notifications plus anciennes',
  isNew: 'Nouveau',
  end: 'Il n’y a rien de plus ancien. Les notifications sont gardées 90 jours.',
  unseen: (many) => (many >= 100 ? '99+' : `${many}`),
  people: (names, more) =>
    more === 0 && names.length > 0
      ? list(names)
      : list([
          ...names,
          names.length === 0
            ? `${figure(more)} ${more === 1 ? 'personne' : 'personnes'}`
            : `${figure(more)} autre${more === 1 ? '' : 's'}`,
        ]),
  line: (kind, who, many) =>
    ({
      mention: `${who} vous a mentionné`,
      reply: `${who} vous a répondu`,
      quote: `${who} vous a cité`,
      like: `${who} ${many === 1 ? 'aime' : 'aiment'} votre publication`,
      repost: `${who} ${many === 1 ? 'a' : 'ont'} repartagé votre publication`,
      follow: `${who} ${many === 1 ? 'vous suit' : 'vous suivent'}`,
    })[kind],
  invited: (inviter, title, role) =>
    `${inviter || 'Un hôte'} vous invite à ${title}${{ guest: '', speaker: ', pour parler', 'co-host': ', comme co-hôte' }[role]}`,
  answerInvitation: 'Accepter ou décliner sur la page de votre compte',
  reports: (many) =>
    many === 1 ? 'Un signalement attend une décision' : `${figure(many)} signalements attendent une décision`,
  readReports: 'Lire les signalements',
  morePosts: (many) =>
    many === 1
      ? 'Une autre publication de cette personne, ce jour-là, n’est pas dans la liste.'
      : `${figure(many)} autres publications de cette personne, ce jour-là, ne sont pas dans la liste.`,
  rooms: {
    announced: 'Une salle est annoncée',
    moved: 'Une salle a changé d’horaire',
    cancelled: 'Une salle est annulée',
    begun: 'Une salle a commencé',
  },
  settings: 'Réglages',
  settingsAbout: 'Ce dont on vous avertit, qui vous lisez, et dans quelle langue.',
  saved: 'Enregistré.',
  save: 'Enregistrer',
  tellMe: 'M’avertir de',
  kinds: {
    mention: 'Mentions',
    reply: 'Réponses',
    quote: 'Citations',
    like: '« J’aime »',
    repost: 'Repartages',
    follow: 'Nouveaux abonnés',
    room: 'Salles des personnes que vous suivez : annoncées, déplacées, annulées, commencées',
    invitation: 'Invitations à des salles',
    report: 'Signalements qui attendent une décision',
  },
  whose: 'Mentions, réponses et citations',
  byWhom: { all: 'De tout le monde', followed: 'Des personnes que vous suivez' },
  whoseHint:
    'Ce que d’autres écrivent reste de toute façon dans la conversation. Qui vous masquez ou bloquez ne vous avertit jamais.',
  mail: 'M’écrire un courriel quand il y a du nouveau',
  mailHint: 'Un par jour au plus, seulement s’il y a du nouveau.',
  language: 'Langue',
  languageHint:
    'De ces pages, de celles de votre compte, et des courriels qui vous sont envoyés. Les salles ont la langue que vous y choisissez.',
  ofBrowser: 'Celle de mon navigateur',
  muted: 'Masqués',
  blocked: 'Bloqués',
  nobodyMuted: 'Vous n’avez masqué personne.',
  nobodyBlocked: 'Vous n’avez bloqué personne.',
  keptAway: 'Les personnes que vous tenez à distance',
  yours: 'Vous',
  profile: 'Modifier votre page',
  account: 'Votre compte',
  reminders: 'Rappels',
  remindersHint: 'Choisissez si l’on vous rappelle les salles des personnes que vous suivez.',
  accountHint: 'Nom, adresse, mot de passe, clés d’accès ; tout dans un fichier ; l’effacer.',
  mailSubject: 'Du nouveau pour vous',
  mailText: (name, many, link, settings) =>
    `Bonjour ${name},\n\n${many === 1 ? 'il y a une nouvelle notification' : `il y a ${many >= 100 ? 'plus de 99' : many} nouvelles notifications`} pour vous :\n${link}\n\nPour ne plus recevoir ces courriels : ${settings}\n`,
};
