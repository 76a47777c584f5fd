import { timeInZone } from '../../../wire/zones/said-time.ts';
import type { ReminderWords, RoomSaid } from './english.ts';

const NUMBER = new Intl.NumberFormat('fr');

/** The same in French. */
export const french: ReminderWords = {
  language: 'fr',
  title: 'Me le rappeler',
  noRoom:
    'Il n’y a pas de salle à cette adresse. Les salles gardent la leur : elle a sans doute été mal recopiée.',
  toHome: 'Voir ce qui passe et ce qui vient',
  isOn: 'Cela a commencé : il n’y a plus rien à rappeler.',
  isOver: 'C’est terminé. Ce qui se réécoute est sur sa page.',
  isOff: 'Cela n’aura pas lieu : il n’y a rien à rappeler.',
  toRoom: 'Aller à la salle',
  starts: (at) => `Début : ${at}.`,
  overdue: (at) => `Le début était prévu : ${at}.`,
  movedFrom: (from) => `L’heure a changé. D’abord annoncé : ${from}.`,
  isOpen: 'Les portes sont ouvertes. Le rappel part quand cela commence.',
  count: (people) =>
    people < 2 ? `${people} personne sera prévenue.` : `${NUMBER.format(people)} personnes seront prévenues.`,
  clock: (at, zone) => timeInZone(at, zone, 'fr', 'clock'),
  when: (at, zone) => timeInZone(at, zone, 'fr', 'date'),
  window: (from, until) =>
    `Les rappels partent de ${from} à ${until}, quelques-uns à la fois, pour que tout le monde n’arrive pas à la même seconde.`,
  push: {
    title: 'Sur cet appareil',
    lead: 'Votre navigateur vous prévient, même quand cette page est fermée. Sans compte, sans nom.',
    button: 'Me le rappeler sur cet appareil',
    asking: 'Votre navigateur demande à son service de messages…',
    on: 'Cet appareil sera prévenu.',
    leave: 'Ne plus me le rappeler',
    left: 'Cet appareil n’est plus prévenu.',
    denied:
      'Votre navigateur ne laisse pas ce site afficher de messages. Vous pouvez le changer dans ses réglages pour ce site.',
    unable:
      'Ce navigateur ne reçoit pas de messages de sites. Ce qui suit fonctionne dans tous les navigateurs.',
    ios: 'Sur iPhone et iPad, cela fonctionne une fois la page sur l’écran d’accueil : appuyez sur Partager, puis « Sur l’écran d’accueil », et ouvrez-la de là.',
    failed: 'Votre navigateur n’a pas pu s’abonner. Réessayez, ou choisissez un autre moyen.',
    script: 'Ce moyen a besoin de scripts. Ce qui suit, non.',
  },
  mail: {
    title: 'Par courriel',
    lead: 'Un message avant le début, et un si l’heure change. Vous recevez d’abord un lien qui confirme votre adresse. Elle est supprimée un jour après la fin de la salle.',
    field: 'Votre adresse de courriel',
    button: 'Me le rappeler par courriel',
    sent: 'Un lien est en route vers cette adresse. Le rappel est prévu dès que vous l’aurez ouvert.',
    wrong: 'Écrivez une adresse, comme ana@example.org.',
    subject: (title) => `Confirmez le rappel : ${title}`,
    confirm: (title, link) =>
      `Quelqu’un, sans doute vous, demande qu’un rappel de « ${title} » soit envoyé à cette adresse.\n\nOui, me le rappeler :\n${link}\n\nSi ce n’était pas vous, ne faites rien : rien d’autre n’est envoyé, et votre adresse est supprimée dans la journée.\n`,
    foot: (link) => `\n--\nVous avez demandé un rappel de cette salle. Ne plus me le rappeler :\n${link}\n`,
    followedFoot: (link, all) =>
      `\n--\nVous suivez la personne qui a annoncé cette salle, et avez choisi un rappel. Ne plus rappeler cette salle :\n${link}\nN’en rappeler aucune :\n${all}\n`,
    facts: (link, at, zone) =>
      `${at === undefined ? '' : `Début : ${timeInZone(at, zone, 'fr', 'date')}\n`}Écouter : ${link}\n`,
  },
  calendar: {
    title: 'Dans votre agenda',
    lead: 'Une entrée d’agenda vous prévient dix minutes avant, sans que rien soit gardé ici.',
    button: 'Entrée d’agenda',
  },
  own: {
    title: 'Votre rappel',
    none: 'Ce rappel n’existe plus : il a pris fin, ou sa salle est terminée. Rien n’en est gardé.',
    confirmLead: (title) => `Recevoir un rappel de « ${title} » par courriel ?`,
    confirm: 'Oui, me le rappeler',
    confirmed: 'Un courriel vous préviendra.',
    lead: (title) => `Un rappel de « ${title} » est prévu pour vous.`,
    leave: 'Ne plus me le rappeler',
    left: 'Il n’y a plus de rappel pour vous. Rien n’en est gardé.',
  },
  followed: {
    title: 'Salles des personnes que vous suivez',
    lead: 'Quand quelqu’un que vous suivez annonce une salle, ce serveur peut vous la rappeler. À vous de choisir ; sans choix, personne ne vous écrit.',
    noMail:
      'Ce serveur n’envoie pas de courriel : il ne peut donc pas vous écrire à leur sujet. « Me le rappeler », sur la page d’une salle, la rappelle sur cet appareil.',
    way: 'Me le rappeler',
    off: 'Pas du tout',
    mail: 'Par courriel, à l’adresse de votre compte',
    keep: 'Garder ce choix',
    kept: 'C’est gardé. Cela vaut pour les salles annoncées à partir de maintenant.',
    ended: 'C’est gardé. Plus aucun rappel ne part, pas même pour les salles déjà annoncées.',
    signIn: 'Se connecter',
    needed:
      'Il faut un compte pour cela. Pour une seule salle, appuyez sur « Me le rappeler » sur sa page : il n’en faut pas.',
  },
  refused: {
    foreign: 'Ce formulaire venait d’un autre site. Ouvrez la page ici et appuyez encore.',
    unread: 'Le formulaire n’a pas pu être lu. Réessayez.',
    full: 'Aucun nouveau rappel n’est pris en ce moment. L’entrée d’agenda fonctionne toujours.',
    often: (seconds) => `Trop de demandes en peu de temps. Réessayez dans ${seconds} secondes.`,
    noMail: 'Ce serveur n’envoie pas de courriel.',
  },
  soon: { head: (it: RoomSaid) => it.title, says: () => 'Début à {time}.' },
  soonLate: { says: (it) => `Début en retard : ${it.reason}` },
  live: { head: (it) => it.title, says: () => 'Cela commence.' },
  late: { head: (it) => `En retard : ${it.title}`, says: (it) => `Le début est retardé : ${it.reason}` },
  moved: {
    head: (it) => `Nouvelle heure : ${it.title}`,
    says: () => 'Elle commence désormais {day}. Un rappel vous parviendra avant.',
  },
  cancelled: {
    head: (it) => `Annulé : ${it.title}`,
    says: (it) => (it.reason === undefined ? 'Cela n’a pas lieu.' : `Cela n’a pas lieu : ${it.reason}`),
  },
  timeIn: (text, at, zone) =>
    text
      .replace('{time}', timeInZone(at, zone, 'fr', 'clock'))
      .replace('{day}', timeInZone(at, zone, 'fr', 'date')),
};
