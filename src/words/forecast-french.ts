import type { ForecastTexts } from './forecast-words.ts';

const many = (count: string, one: string, more: string): string =>
  `${count} ${count === '0' || count === '1' ? one : more}`;

/** En français. */
export const forecastFrench: ForecastTexts = {
  title: 'Prévision',
  estimate: 'Une estimation, pas un comptage. Quatre intervalles sur cinq devraient contenir ce qui vient.',
  between: (low, high, middle) =>
    `Entre ${low} et ${high} auditeurs à la fois, le plus probable étant environ ${middle}.`,
  wide: (low, high) =>
    `Entre ${low} et ${high} auditeurs à la fois. On en sait trop peu pour un seul chiffre.`,
  nothing: (high) =>
    `On en sait trop peu pour le dire : ni rappels, ni abonnés, ni salles passées. Tout ce qui va jusqu’à ${high} auditeurs à la fois ne surprendrait pas.`,
  heard: (low, high) => `Auditeurs d’une minute ou plus : ${low} à ${high}.`,
  worst: (low, high, second, minute) =>
    `Dans la minute la plus chargée arrivent ${low} à ${high} personnes, jusqu’à ${second} par seconde ; on l’attend ${
      minute === 0
        ? 'à la minute du début annoncé'
        : minute > 0
          ? `${many(`${minute}`, 'minute', 'minutes')} après le début annoncé`
          : `${many(`${-minute}`, 'minute', 'minutes')} avant le début annoncé`
    }.`,
  basis({ reminders, followers, invited, own, others }) {
    const known = [
      ...(reminders === '0' ? [] : [many(reminders, 'rappel', 'rappels')]),
      ...(followers === '0' ? [] : [many(followers, 'abonné', 'abonnés')]),
      ...(invited === '0' ? [] : [many(invited, 'invitation', 'invitations')]),
    ];
    const signals =
      known.length === 0 ? 'Ni rappel, ni abonné, ni invitation encore' : `D’après ${known.join(', ')}`;
    const past = own === '0' ? 'aucune salle passée' : many(own, 'salle passée', 'salles passées');
    return `${signals} ; ${past} des mêmes hôtes, et ${others === '0' ? 'aucune' : others} d’autres sur ce serveur.`;
  },
  unknowable:
    'Ce que personne n’a dit à ce serveur n’y est pas : un invité que tout le monde veut entendre, un lien qui circule.',
  rung: {
    0: (holds) => `D’après le calcul, cette machine en porte ${holds} à la fois.`,
    1: (holds) =>
      `C’est près de ce que cette machine porte d’après le calcul (${holds}) : on entendra peut-être une ou deux secondes plus tard.`,
    2: (holds) =>
      `C’est peut-être plus que ce que cette machine porte d’après le calcul (${holds}) : certains entendront une demi-minute plus tard, par les caches.`,
    4: (holds) =>
      `C’est peut-être plus que ce que cette machine porte d’après le calcul (${holds}) : les nouveaux venus entendront une demi-minute plus tard, et feront la queue pour le direct.`,
  },
  proven: (people, day) =>
    `Le plus grand nombre de personnes à la fois ici sans que personne n’y perde : ${people}, le ${day}.`,
  reminding: (people, first, last) =>
    `Prévenus avant le début : ${people}, l’un après l’autre, de ${first} à ${last} minutes avant, pour que tous n’arrivent pas dans la même seconde.`,
  noNetwork:
    'C’est son processeur seul : son exploitant n’a pas réglé ce que porte son réseau (egressLimit).',
  unproven: 'Aucune foule n’est encore venue ici : ce n’est donc que du calcul.',
  advice: {
    rehearse: (people) => `Répétez avec jusqu’à ${people} auditeurs (earshot crowd).`,
    cache: (people) => `Mettez un cache devant : sans lui, tous ceux au-delà de ${people} attendent.`,
    cap: (people) =>
      `La limite de la salle est de ${people} auditeurs en direct : tous les autres entendent une demi-minute plus tard et peuvent faire la queue. Relevez-la, à moins que ce ne soit voulu.`,
    spread: (minutes) =>
      `Les rappels s’étalent d’eux-mêmes. Un lien que vous envoyez vous-même à tous, envoyez-le par vagues sur ${minutes} minutes : d’un coup, il amène plus de personnes par seconde que les portes n’en laissent entrer.`,
    limit: () =>
      'Réglez egressLimit sur ce que porte votre réseau : sans lui, personne ne sait quand le réseau est plein.',
  },
  more: 'Quand ils viennent, et sur quoi cela repose',
  toDo: 'Ce qu’il faut faire maintenant',
  nothingToDo: 'Il n’y a rien à faire.',
  moment: {
    ...{ announced: 'À l’annonce', day: 'Un jour avant', hour: 'Une heure avant', start: 'Au début' },
  },
  shown: (when, low, high) => `${when} : ${low} à ${high} à la fois`,
  came: (people) => `Il en est venu ${people}`,
  checked: (said, hit) => `${said} : ${hit}`,
  hit: {
    inside: 'juste.',
    below: 'faux, il en est venu moins.',
    above: 'faux, il en est venu plus.',
    unknown: 'personne n’a compté.',
  },
  score: (inside, checked, expected) =>
    `${inside} ${checked === '1' ? 'intervalle sur 1 contenait' : `intervalles sur ${checked} contenaient`} ce qui est venu ; on en attendait ${expected}.`,
  tooFew: 'C’est moins que le hasard ne l’explique : tenez ces intervalles pour trop étroits.',
  tooMany: 'C’est plus que le hasard ne l’explique : ces intervalles sont plus larges que nécessaire.',
  noScore: 'Aucune prévision n’a encore été vérifiée : cela se fait après chaque salle.',
  pending:
    'La salle est terminée. On compare dès que les chiffres définitifs sont là, environ deux minutes après la fin.',
  isLive: 'La salle a commencé : ce qui était prévu est ci-dessous, et sera comparé à la fin.',
  cancelled: 'La salle a été annulée : il n’y a rien à comparer.',
  before: 'Ce qui était prévu',
  serverScore: 'Toutes les salles de ce serveur : ',
  picture: 'L’intervalle, sur un axe où chaque puissance de dix a la même longueur',
  curve:
    'Quand ils arrivent, d’une demi-heure avant le début annoncé (le trait vertical) à deux heures après',
};
