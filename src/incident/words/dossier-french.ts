import type { DossierWords } from './dossier-words.ts';
import { REQUESTS_FRENCH } from './request-words.ts';

const ANSWERS = {
  supported: 'les mesures vont dans ce sens',
  'in-part': 'les mesures vont en partie dans ce sens : il y avait aussi une foule',
  'not-supported': 'les mesures ne vont pas dans ce sens',
  contradicted: 'les mesures disent le contraire',
} as const;

/** French. */
export const DOSSIER_FRENCH: DossierWords = {
  home: 'Accueil',
  otherLanguage: 'English',
  attackSaid: (text, who, time, answer) => `à ${time} UTC, ${who} a dit : « ${text} » ; ${ANSWERS[answer]}`,
  ownFaults: 'Pannes de ce serveur',
  noFaults: 'Aucune n’a été trouvée.',
  unlisted: (count) => `Signes au-delà des 500 premiers, qui ne sont pas énumérés : ${count}.`,
  verdict: 'Ce que les mesures permettent de dire',
  requests: REQUESTS_FRENCH,
  speaksFor: 'Pour',
  speaksAgainst: 'Contre',
  blast: 'Ce qui marchait, et ce qui ne marchait pas',
  blastLead:
    'Les mêmes minutes pour chaque partie du serveur, face à ce qu’elle doit faire. Une barre pleine : une minute où elle l’a fait ; avec un bout foncé : une minute où elle ne l’a pas fait ; une barre basse : personne n’a rien demandé ; un cadre : rien n’a été mesuré.',
  groups: {
    listening: 'Écoute',
    joining: 'Arrivée',
    speaking: 'Parole',
    replays: 'Enregistrements',
    pages: 'Pages et API',
    numbers: 'Chiffres et preuves',
  },
  objective: (share, silent, players) =>
    `${share} de bonnes réponses${silent === undefined ? '' : ` ; au plus ${silent} d’absence ou de silence`}${players === undefined ? '' : ` ; ${players} des arrivées réussies`}`,
  partMet: (met, missed) =>
    missed === 0
      ? `tenu ${met === 1 ? 'pendant la seule minute' : `pendant les ${met} minutes`} où il y avait à faire`
      : `manqué ${missed} minute${missed > 1 ? 's' : ''} sur ${met + missed}`,
  partIdle: 'personne n’a rien demandé',
  partUnknown: 'pas mesuré',
  answered: (asked, failed, refused) =>
    `${asked} requêtes, dont ${failed} en échec${refused === undefined ? '' : ` ; ${refused} priées d’attendre`}`,
  states: { met: 'tenu', missed: 'manqué', idle: 'rien demandé', unknown: 'pas mesuré' },
  noMinutes: 'Aucune minute entière n’a encore été mesurée.',
  demand: 'La demande et la capacité',
  demandLead: 'Minute par minute, depuis cinq minutes avant. La partie ombrée est l’incident.',
  connections: 'connexions, en part de ce que les portes acceptent',
  bytes: 'son envoyé, en part de ce qui peut quitter cette machine',
  full: 'plein',
  capacityUnknown: 'On ne sait pas combien de son peut quitter cette machine : ce n’est donc pas dessiné.',
  listeners: 'auditeurs comptés',
  attempts: 'arrivées',
  failures: 'arrivées échouées',
  failedAnswers: 'réponses en échec',
  minute: 'Minute (UTC)',
  asTable: 'La même chose en tableau',
  got: 'Ce qu’ont eu les auditeurs',
  toSound: 'De l’appui sur Écouter au premier son',
  answersOf: (group) => `Une réponse : ${group.toLowerCase()}`,
  half: 'la moitié en',
  p95: '95 % en',
  p99: '99 % en',
  counted: 'comptées',
  classes: 'Les durées sont comptées par classes qui doublent : chaque chiffre est le haut de sa classe.',
  silence: (total, longest) => `Silence que personne n’a voulu : ${total} en tout, le plus long ${longest}.`,
  noSilence: 'Il n’y a pas eu de silence que personne n’a voulu.',
  cut: (count) => `Flux coupés par une panne de ce serveur : ${count}.`,
  notTimed: 'Aucune durée n’a été mesurée.',
  said: 'Ce que des personnes ont dit',
  saidLead:
    'Des déclarations de personnes, chacune comme la sienne, à côté de ce que le journal a pour cette minute. Ce ne sont pas des mesures, et rien ci-dessus n’en vient.',
  nothingSaid: 'Personne n’en a rien dit ici.',
  who: (author, room) =>
    author === 'operator'
      ? 'l’exploitant'
      : author === 'host'
        ? `un hôte${room === undefined ? '' : ` de ${room}`}`
        : author === 'stranger'
          ? 'quelqu’un que l’on ne connaît pas ici'
          : author,
  statement: 'affirmation',
  note: 'note',
  earlier: 'Avant correction',
  objects: 'conteste',
  answer: 'répond',
  logOf: (time) => `le journal de ${time}`,
  logMinute: (listeners, attempts, failures, rung) =>
    `${listeners} auditeurs comptés ; ${attempts} arrivées, dont ${failures} échouées ; palier ${rung}`,
  logUnknown: 'rien n’a été mesuré pendant cette minute',
  figuresSay: 'les chiffres de la salle',
  attackAnswers: ANSWERS,
  postmortem: 'Le récit de l’exploitant',
  postmortemBy: (who, time, version) =>
    `Par ${who}, ${time} UTC, version ${version}. C’est aussi une déclaration.`,
  earlierVersions: 'Versions précédentes',
  inRecord: 'un chiffre de cette page',
  notInRecord: 'Ce chiffre n’est pas sur cette page',
  definitions: 'Ce que veulent dire les mots',
  definitionList: [
    [
      'auditeur compté',
      'une session qui a eu au moins la moitié du son des 30 dernières secondes, et l’a prouvé',
    ],
    ['arrivée', 'Écouter a été pressé ; échouée si aucun son n’a été joué en 30 s, selon le lecteur'],
    ['réponse en échec', 'le serveur a répondu par une panne (5xx), refusé un flux, ou l’a coupé'],
    [
      'silence que personne n’a voulu',
      'pas de son alors qu’on devrait entendre la scène : pas de paquets, ou un encodeur en panne',
    ],
    [
      'palier',
      'ce à quoi une salle a renoncé pour être entendue de tous : dès 2, on arrive avec 30 s de retard',
    ],
    ['partie absente', 'un processus s’est arrêté ou bloqué, jusqu’à ce qu’il serve de nouveau'],
  ],
  limits: 'Ce que cette page ne peut pas dire',
  limitList: [
    'Elle est écrite par le serveur qui a eu l’incident. Le journal signé dit si elle a été changée après coup, non si elle est vraie.',
    'Les arrivées échouées sont celles que les lecteurs ont encore pu dire ; qui n’a jamais atteint le serveur n’est dans aucun chiffre.',
    'Une porte tuée emporte les comptes de ses cinq dernières secondes.',
    'Les publications et les profils n’existent pas encore sur ce serveur, et n’ont pas de ligne.',
  ],
  bundleOf: (room) => `Preuves de ${room}, à vérifier avec earshot verify`,
  person: 'dit par',
  measured: 'mesuré',
  desk: 'Pour l’exploitant et les hôtes de ces salles',
  deskLead:
    'Ce que vous écrivez est publié comme votre déclaration, avec votre rôle, et ne peut être retiré.',
  more: 'Écrire une note ou un récit, ou le clore',
};
