import type { english } from './english.ts';
import { isolated } from './isolated.ts';

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

/** The texts of the listeners' pages in French. */
export const french: typeof english = {
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
    stopped: 'Arrêté par l’exploitant',
  },
  with: (hosts) => `avec ${hosts}`,
  listFormat: (names) => new Intl.ListFormat('fr').format(isolated(names)),
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
  live: 'En direct, avec environ une seconde de décalage.',
  liveSeconds: (seconds) => `En direct, avec ${seconds} secondes de décalage.`,
  liveNow: 'En direct maintenant.',
  behind: (seconds, streams) =>
    `${seconds} secondes de décalage : ${streams} connexions à l’écoute. Rien n’est coupé.`,
  busy: (seconds, streams) =>
    `Affluence : ${streams} connexions à l’écoute, le son vous arrive avec ${seconds} secondes de décalage. Rien n’est coupé.`,
  lowBandwidth: 'Qualité de son réduite pour tous en ce moment, pour que tout le monde puisse écouter.',
  lowAndLine:
    'Qualité de son réduite pour tous en ce moment, et ceux qui arrivent maintenant écoutent avec une demi-minute de décalage, pour que tout le monde puisse écouter.',
  ringCap: (seconds) =>
    `Les places en direct sont limitées. Vous entendez tout, ${seconds} secondes plus tard, et vous passez au direct dès qu’une place se libère.`,
  ringFull: (seconds, streams) =>
    `${seconds} secondes de décalage : ${streams} connexions à l’écoute. Vous entendez tout, et vous passez au direct dès qu’une place se libère.`,
  eitherWay: (seconds) =>
    `En direct, ou jusqu’à ${seconds} secondes plus tard : ce navigateur ne le dit pas. Rien n’est coupé.`,
  liveLater: (seconds) =>
    `En direct maintenant. Les places en direct sont prises : vous entendrez tout ${seconds} secondes plus tard, et vous passerez au direct dès qu’une place se libérera.`,
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
  studioAway:
    'Pas de nouvelles du studio pour un instant. De la musique en attendant ; les intervenants reviennent d’eux-mêmes.',
  connecting: 'Nous rejoignons le direct.',
  reconnecting: 'Votre connexion s’est coupée. De retour dans un instant, là où vous en étiez.',
  blocked: 'Votre navigateur attend un geste de votre part avant de jouer le son. Appuyez sur Écouter.',
  ended: (time) => `Terminé à ${time}.`,
  endedPlain: 'Terminé.',
  again: 'Réécoutez depuis le début.',
  recordingRemoved: 'L’enregistrement a été retiré.',
  musicMeanwhile: 'Vous entendez de la musique en attendant.',
  welcomeTalk: 'Quelques mots, puis de la musique. Cela commence quand quelqu’un écoute.',
  cancelled: 'Les hôtes ont annulé cette rencontre.',
  apart: 'À part après des pannes : les intervenants s’entendent, vous entendez de la musique.',
  stateAway: 'Pas de nouvelles de la salle depuis un moment. Le son n’en dépend pas.',
  listen: 'Écouter',
  listenMusic: 'Écouter la musique',
  pause: 'Pause',
  goOn: 'Reprendre là',
  listenFrom: (clock) => `Écouter à partir de ${clock}`,
  pausedAt: (time) => `En pause depuis ${time}.`,
  pauses: (seconds) => `${seconds} secondes de décalage, parce que votre connexion s’interrompt par moments.`,
  steady: (seconds) => `${seconds} secondes de décalage, comme vous l’avez choisi : plus stable.`,
  playReplay: 'Réécouter',
  behindLive: (clock) => `${clock} de retard`,
  mute: 'Couper le son',
  unmute: 'Remettre le son',
  volume: 'Volume',
  replayMissing: 'Il n’y a pas encore d’enregistrement à écouter.',
  replayNone: 'Il n’y a pas d’enregistrement à écouter.',
  timeOn: (time, day) => `${time}, ${day}`,
  welcomeTitle: 'Bienvenue sur Earshot',
  skip: 'Aller à la salle',
  skipHome: 'Aller aux salles',
  theme: 'Clair ou sombre',
  otherLanguage: 'English',
  footer: 'Earshot : logiciel libre, sur ce serveur. Aucun traceur.',
  privacy: 'Ce qui est gardé de vous',
};
