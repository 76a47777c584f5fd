import type { detailsEnglish } from './details-english.ts';
import { spoken } from './figures.ts';
import { french } from './french.ts';

const { count: n, span } = french;

/** The texts of the listeners' pages that are not needed for the first sound, in French. */
export const detailsFrench: typeof detailsEnglish = {
  gap: (gap, time) =>
    `Il manque ${span(gap.seconds)} à l’enregistrement à ${time} : ${
      {
        'disk-full': 'notre disque était plein',
        'disk-error': 'notre disque a lâché',
        'studio-restart': 'notre studio redémarrait',
        'studio-busy': 'notre studio était débordé',
      }[gap.reason]
    }.`,
  remind: 'Ajouter à l’agenda',
  remindMe: 'Me le rappeler',
  reminded: (people) =>
    people < 2
      ? `${people} personne sera prévenue.`
      : `${people.toLocaleString('fr')} personnes seront prévenues.`,
  remindHint: 'Enregistre un rendez-vous d’agenda, avec un rappel.',
  tellMe: 'Me prévenir sur cette page à l’ouverture',
  telling: 'Vous serez prévenu ici tant que cette page reste ouverte.',
  startedNow: (title) => `« ${title} » a ouvert ses portes.`,
  rewind: '15 s en arrière',
  forward: '15 s en avant',
  backToLive: 'Revenir au direct',
  fromStart: 'Depuis le début',
  seek: 'Position dans l’enregistrement',
  speed: 'Vitesse',
  waveform: 'Position dans l’enregistrement, en image de son volume',
  replayParts: 'Chapitres, extraits et intervenants',
  chapters: 'Chapitres',
  allChapters: (all) => `Les ${all} chapitres`,
  chapterLink: 'En savoir plus',
  clips: 'Extraits',
  previousSpeaker: 'Intervenant précédent',
  nextSpeaker: 'Intervenant suivant',
  nowSpeaking: (name) => `Parle : \u2068${name}\u2069`,
  trimmed: ({ made, seconds, note }, at) =>
    `Coupé par l’hôte le ${new Date(made).toLocaleDateString('fr', { dateStyle: 'long' })} : ${span(Math.round(seconds))} en moins à ${at} : \u2068${note}\u2069`,
  originalKept: 'L’enregistrement intact est conservé',
  originalHash:
    'L’hôte et l’exploitant le gardent. Son SHA-256 est dans le journal de preuves depuis la coupe :',
  share: 'Partager',
  shareFrom: (clock) => `Partager à partir de ${clock}`,
  goOnFrom: (clock) => `Reprendre à ${clock}`,
  spoken: (seconds) => spoken(seconds, ['heure', 'heures'], ['minute', 'minutes'], ['seconde', 'secondes']),
  placeOf: (at, whole) => `${at} sur ${whole}`,
  steadier: 'Plus stable',
  steadierHint:
    'Garde 8 secondes en réserve, pour une connexion qui s’interrompt. Désactivé, il vous ramène au direct.',
  lasted: (length) => `L’enregistrement dure ${length}.`,
  gapsCount: (gaps) =>
    gaps === 0
      ? 'Il n’y manque rien.'
      : gaps === 1
        ? 'Il comporte une coupure.'
        : `Il comporte ${gaps} coupures.`,
  copied: 'Lien copié',
  embed: 'Copier le code pour un autre site',
  qr: 'Code QR',
  codeCopied: 'Code copié',
  claims: 'Vérifier un nombre annoncé',
  verify: 'Vérifier des chiffres vous-même',
  incidents: 'Ce qui s’est mal passé ici',
  posts: 'Publications',
  postsHere: 'Dernières publications ici',
  postsFollowed: 'Publications des personnes que vous suivez',
  account: 'Votre compte',
  hostErased: 'Un hôte de cette salle a effacé son compte, et avec lui son nom ici.',
  feed: 'Flux RSS',
  numbers: 'Combien de personnes écoutent, et comment on les compte',
  said: 'Ce qui a été dit de son public',
  localOnly: (host) =>
    `Cette adresse ne marche que sur cet ordinateur. Les autres l’ouvrent avec le nom ou l’adresse de la machine à la place de « ${host} » ; si publicUrl (EARSHOT_PUBLIC_URL) est réglé, les liens le portent d’eux-mêmes. Pour parler depuis un autre ordinateur, il faut https.`,
  download: 'Télécharger l’enregistrement',
  stage: 'Sur scène',
  speaking: 'parle',
  muted: 'micro coupé',
  gone: 'connexion perdue, place gardée',
  emptyStage: 'Personne ne parle encore',
  emptyOver: 'La scène est vide',
  roles: { host: 'hôte', 'co-host': 'co-hôte', speaker: 'intervenant' },
  scale: (people) => `Un point représente ${people} connexions`,
  scaleOne: 'Un point représente une connexion',
  you: 'vous',
  streams: (count, rung, later = 0) =>
    later > 0
      ? `${n(count, rung)} en direct, ${n(later, rung)} en différé`
      : count <= 1
        ? `${count} connexion à l’écoute`
        : `${n(count, rung)} connexions à l’écoute`,
  listening: (count) => `${n(count)} à l’écoute`,
  listeningBetween: (low, high) => `${n(low)} à ${n(high)} à l’écoute`,
  listeningCounted: '(compté, pas estimé)',
  listeningRange: '(deux comptes qui diffèrent : la vérité est entre les deux)',
  listeningServer: '(compté par le serveur seul)',
  listeningPlayers: '(annoncé par les lecteurs, pas encore confirmé par le serveur)',
  whatIsThis: 'qu’est-ce que c’est ?',
  connections: (count, rung, later = 0) =>
    `${count <= 1 ? `${count} connexion` : `${n(count, rung)} connexions`}${later > 0 ? `, ${n(later, rung)} en différé` : ''}`,
  streamsHint: 'Comptées par le serveur, arrondies en cas d’affluence. Des connexions, pas des personnes.',
  theatre: (streams, names, rung) =>
    `Le théâtre : ${streams <= 1 ? `${streams} connexion` : `${n(streams, rung)} connexions`} à l’écoute. ${
      names ? `Parle en ce moment : ${names}.` : 'Personne ne parle.'
    }`,
  clocks: 'Quatre horloges',
  clockScheduled: 'Prévu',
  clockOpened: 'Ouverture des portes',
  clockFirstAudio: 'Premier son',
  clockFirstSpeech: 'Premiers mots',
  notYet: 'pas encore',
  none: 'sans heure fixée',
  homeTitle: 'Des salles que tout le monde entend',
  homeLead:
    'Quelques personnes parlent, toutes celles qui viennent les entendent. Plus de monde, c’est un peu plus de décalage, jamais une erreur et jamais le silence.',
  onNow: 'En ce moment',
  coming: 'À venir',
  earlier: 'Conversations passées',
  empty: 'Personne ne parle encore.',
  emptyWelcome: 'Seul le mot de bienvenue est à l’antenne.',
  emptyMore:
    'Ouvrez une salle et envoyez son lien : qui l’ouvre vous entend une seconde plus tard. Rien à installer, pas de compte.',
  welcomeRoom: 'Écouter le mot de bienvenue',
  startRoom: 'Ouvrir une salle',
  roomTitle: 'De quoi s’agit-il ?',
  roomTitleExample: 'Jeudi soir, questions libres',
  yourName: 'Votre nom',
  when: 'Quand',
  optional: '(facultatif)',
  whenHint: 'Laissez vide pour ouvrir les portes maintenant.',
  zone: 'Fuseau horaire',
  who: 'Qui peut venir',
  whoPublic: 'Tout le monde',
  whoUnlisted: 'Toute personne qui a l’adresse',
  whoPrivate: 'Seulement les personnes admises',
  roomPassword: 'Mot de passe (facultatif)',
  roomPasswordHint:
    'De 6 à 200 caractères. Sans mot de passe, vous faites entrer par un lien ou par leur compte, dans le studio.',
  roomPasswordWrong: 'De 6 à 200 caractères, ou laissez vide.',
  draft: 'Enregistrer comme brouillon',
  draftHint: 'Seuls ses hôtes voient la salle, jusqu’à ce qu’ils l’annoncent dans le studio.',
  saveDraft: 'Enregistrer le brouillon',
  openStudio: 'Ouvrir le studio',
  schedule: 'Programmer',
  starting: 'Préparation de votre salle',
  scheduled:
    'Le lien d’hôte est la clé de la scène : gardez-le. Cet appareil le retient sous « Vos salles ».',
  anotherRoom: 'Ouvrir une autre salle',
  copyHostLink: 'Copier le lien d’hôte',
  copyRoomLink: 'Copier le lien public',
  yourRooms: 'Vos salles',
  yourRoomsHint: 'Retenues sur cet appareil seulement.',
  forget: 'Retirer de la liste',
  whenPast: 'Choisissez une heure à venir.',
  whenFar: 'Choisissez une date d’ici un an.',
  whenUnclear: 'Indiquez un jour et une heure, ou laissez vide.',
  titleWrong: 'De 1 à 140 caractères, dont un visible au moins.',
  nameWrong:
    'De 1 à 60 caractères, dont un visible au moins, et dans chaque mot les lettres d’un seul alphabet.',
  ruleBroken: (rule) =>
    `Ce que vous avez écrit enfreint la règle « \u2068${rule}\u2069 » de ce serveur. Écrivez-le autrement.`,
  roomRefused: 'Le serveur n’a pas ouvert cette salle. Réessayez dans une minute.',
  tooManyRooms: 'Beaucoup de salles viennent d’être créées. Réessayez dans une demi-minute.',
  startLocal:
    'Les salles s’ouvrent sur la machine qui fait tourner ce serveur, à l’adresse http://localhost, ou avec le lien de l’exploitant.',
  startOperator: 'Les salles s’ouvrent avec le lien de l’exploitant du serveur.',
  operatorLink: 'Le lien de l’exploitant',
  operatorEnter: 'Continuer',
  operatorTaken:
    'Vous pouvez ouvrir des salles sur ce serveur dans cet onglet : le lien de l’exploitant est accepté.',
  operatorBroken:
    'Le lien de l’exploitant qui a été ouvert est incomplet ou n’est plus valable. La commande earshot operator link l’affiche.',
  operatorWrong:
    'Ce n’est pas le lien de l’exploitant de ce serveur. La commande earshot operator link l’affiche.',
  siteAway:
    'La liste des salles ne répond pas pour l’instant. Ce qui est à l’antenne continue ; réessayez dans quelques secondes.',
  titleMissing: 'Donnez un titre à la salle, pour qu’on sache ce qu’on entend.',
  keys: 'Touches',
  keysOn: 'Raccourcis clavier',
  keyPlay: 'écouter ou pause',
  keyMute: 'couper le son',
  keyLive: 'revenir au direct',
  keySeek: '15 secondes en arrière ou en avant',
  keyVolume: 'volume',
  keySpeaker: 'intervenant précédent ou suivant',
  hostSays: (words) => `L’hôte dit : « ${words} »`,
  continues: 'Suite de',
  continuedBy: 'La conversation continue dans',
  hostGone: (at, name) =>
    name === undefined
      ? `La connexion de l’hôte s’est interrompue à ${at} ; la salle reste ouverte.`
      : `La connexion de l’hôte s’est interrompue à ${at}. \u2068${name}\u2069 anime la salle en attendant.`,
  moved: (from) => `Déplacée : prévue d’abord ${from}.`,
};
