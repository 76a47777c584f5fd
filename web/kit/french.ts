import type { Words } from './words.ts';

const n = (value: number, rung = 0): string =>
  (rung && value > 99 ? 'environ ' : '') + value.toLocaleString('fr');

const span = (seconds: number): string => {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 90 * 60)
    return Math.round(seconds / 60) === 1 ? 'une minute' : `${Math.round(seconds / 60)} minutes`;
  if (seconds < 36 * 3600)
    return Math.round(seconds / 3600) === 1 ? 'une heure' : `${Math.round(seconds / 3600)} heures`;
  return Math.round(seconds / 86_400) === 1 ? 'un jour' : `${Math.round(seconds / 86_400)} jours`;
};

/** What the listeners' pages say, in French. */
export const french: Words = {
  locale: 'fr',
  span,
  count: n,
  status: {
    scheduled: 'Annoncé',
    open: 'Portes ouvertes',
    break: 'Pause',
    live: 'En direct',
    ended: 'Terminé',
    cancelled: 'Annulé',
  },
  with: (hosts) => `avec ${hosts}`,
  listFormat: (names) => new Intl.ListFormat('fr').format(names),

  starts: (day, time) => `Commence ${day} à ${time}, à votre heure.`,
  startsSoon: (wait) => `Commence dans ${wait}.`,
  unscheduled: 'Pas encore ouvert. C’est l’hôte qui décide.',
  lateAway: (wait) =>
    `${wait} de retard : les hôtes ne sont pas encore là. Cette page change d’elle-même à leur arrivée.`,
  doorsOpen: 'Les portes sont ouvertes. Les hôtes ne sont pas encore sur scène.',
  hostsHere: 'Les hôtes sont là et commencent bientôt. Musique d’ici là : vous entendrez le début.',
  lateNobody: (wait) => `${wait} de retard : les hôtes ne sont pas encore sur scène.`,
  lateMuted: (wait) => `${wait} de retard : les hôtes sont là, leurs micros sont coupés.`,
  lateHere: (wait) => `${wait} de retard : les hôtes sont là et n’ont pas encore commencé.`,
  holdMusic: 'De la musique jusqu’au début. Vous l’entendrez commencer.',
  backMusic: 'Une courte pause. De la musique jusqu’à la reprise.',
  live: 'En direct, à une seconde près.',
  liveSeconds: (seconds) => `En direct, avec ${seconds} secondes de décalage.`,
  liveNow: 'En direct maintenant.',
  behind: (seconds, streams) =>
    `${seconds} secondes de décalage : ${streams} connexions à l’écoute. Rien n’est coupé.`,
  busy: (seconds, streams) =>
    `Affluence : ${streams} connexions à l’écoute, le son vous arrive avec ${seconds} secondes de décalage. Rien n’est coupé.`,
  lowBandwidth: 'Son moins fin pour tout le monde en ce moment, pour que tout le monde puisse écouter.',
  lowAndLine:
    'Son moins fin pour tout le monde en ce moment, et qui arrive maintenant écoute avec une demi-minute de décalage : pour que tout le monde puisse écouter.',
  ringCap: (seconds) =>
    `Un nombre limité écoute en direct. Vous entendez tout, ${seconds} secondes plus tard, et vous avancez dès qu’il y a de la place.`,
  ringFull: (seconds, streams) =>
    `${seconds} secondes de décalage : ${streams} connexions à l’écoute. Vous entendez tout, et vous avancez dès qu’il y a de la place.`,
  eitherWay: (seconds) =>
    `En direct, ou jusqu’à ${seconds} secondes plus tard : ce navigateur ne le dit pas. Rien n’est coupé.`,
  liveLater: (seconds) =>
    `En direct maintenant. Les places en direct sont prises : vous entendrez tout ${seconds} secondes plus tard, et vous avancerez dès qu’il y aura de la place.`,
  textOnly:
    'Il y a plus de monde que nos lignes n’en portent. Le son peut tarder d’une demi-minute, ou manquer : suivez ici par écrit.',
  deadAir: {
    'nobody-on-stage': (s) => `Silence sur scène depuis ${s} : il n’y a personne en ce moment.`,
    'all-muted': (s) =>
      `Silence sur scène depuis ${s} : tous les micros sont coupés. Nous les avons prévenus.`,
    'no-packets': (s) =>
      `Silence sur scène depuis ${s} : rien n’arrive des intervenants. Nous attendons leur connexion.`,
    encoder: (s) => `Silence depuis ${s} : notre encodeur s’est arrêté. Il redémarre.`,
    quiet: (s) => `Silence sur scène depuis ${s} : les micros sont ouverts, personne ne parle.`,
  },
  studioAway: 'Le studio redémarre. De la musique en attendant ; les intervenants reviennent d’eux-mêmes.',
  connecting: 'Nous rejoignons le direct.',
  reconnecting: 'Votre connexion s’est coupée. De retour dans un instant, là où vous en étiez.',
  blocked: 'Votre navigateur demande un geste avant de jouer du son. Appuyez sur Écouter.',
  ended: (time) => `Terminé à ${time}. Réécoutez depuis le début.`,
  endedPlain: 'Terminé. Réécoutez depuis le début.',
  cancelled: 'Les hôtes ont annulé cette rencontre.',
  gap: (gap, time) =>
    `Il manque ${span(gap.seconds)} à l’enregistrement à ${time} : ${
      {
        'disk-full': 'notre disque était plein',
        'disk-error': 'notre disque a lâché',
        'studio-restart': 'notre studio redémarrait',
        'studio-busy': 'notre studio était débordé',
      }[gap.reason]
    }.`,
  stateAway: 'Pas de nouvelles de la salle depuis un moment. Le son n’en dépend pas.',

  listen: 'Écouter',
  listenMusic: 'Écouter la musique',
  pause: 'Pause',
  remind: 'Me le rappeler',
  remindHint: 'Enregistre un rendez-vous d’agenda.',
  tellMe: 'Me prévenir sur cette page',
  telling: 'Vous serez prévenu ici, si cette page reste ouverte.',
  startedNow: (title) => `« ${title} » a ouvert ses portes.`,
  playReplay: 'Réécouter',
  pauseReplay: 'Pause',
  rewind: '15 s en arrière',
  forward: '15 s en avant',
  backToLive: 'Revenir au direct',
  fromStart: 'Depuis le début',
  behindLive: (clock) => `${clock} de retard`,
  seek: 'Position dans l’enregistrement',
  speed: 'Vitesse',
  mute: 'Couper le son',
  unmute: 'Remettre le son',
  volume: 'Volume',
  share: 'Partager',
  copied: 'Lien copié',
  download: 'Télécharger l’enregistrement',
  replayWaits: 'L’enregistrement arrive.',
  replayMissing: 'Il n’y a pas encore d’enregistrement à écouter.',

  stage: 'Sur scène',
  speaking: 'parle',
  muted: 'micro coupé',
  gone: 'connexion perdue, place gardée',
  emptyStage: 'Personne ne parle encore',
  emptyOver: 'La scène est vide',
  timeOn: (time, day) => `${time}, ${day}`,
  roles: { host: 'hôte', 'co-host': 'co-hôte', speaker: 'intervenant' },
  scale: (people) => `Un point représente ${people} connexions`,
  scaleOne: 'Un point représente une connexion',
  you: 'vous',
  streams: (count, rung) =>
    count <= 1 ? `${count} connexion à l’écoute` : `${n(count, rung)} connexions à l’écoute`,
  streamsHint: 'Comptées à nos portes, arrondies si affluence. Des connexions, pas des personnes.',
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
  earlier: 'À réécouter',
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
  openStudio: 'Ouvrir le studio',
  schedule: 'Mettre au programme',
  starting: 'Votre salle se prépare',
  scheduled: 'Votre salle est au programme. Gardez votre lien d’hôte : c’est la clé de la scène.',
  hostLink: 'Votre lien d’hôte',
  roomLink: 'Le lien pour tout le monde',
  copy: 'Copier',
  siteAway: 'Le site redémarre. Ce qui est à l’antenne continue ; réessayez dans quelques secondes.',
  titleMissing: 'Donnez un titre à la salle, pour qu’on sache ce qu’on entend.',

  skip: 'Aller à la salle',
  skipHome: 'Aller aux salles',
  theme: 'Clair ou sombre',
  otherLanguage: 'English',
  keys: 'Touches',
  keysOn: 'Raccourcis clavier',
  keyPlay: 'écouter ou pause',
  keyMute: 'couper le son',
  keyLive: 'revenir au direct',
  keySeek: '15 secondes en arrière ou en avant',
  keyVolume: 'volume',
  footer: 'Earshot : logiciel libre, sur ce serveur. Aucun traceur.',
};
