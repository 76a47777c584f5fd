import { figuresFrench } from '../../words/figures-french.ts';
import type { NumbersWords } from './words.ts';

/** The numbers page in French. */
export const numbersFrench: NumbersWords = {
  ...figuresFrench,
  title: (room) => `Chiffres : ${room}`,
  about: (room) => `Combien ont écouté ${room}, comment on a compté, et comment le vérifier.`,
  back: 'Vers la salle',
  now: (count) => `${count} à l’écoute en ce moment.`,
  peak: (count) => `Au plus fort, ${count} écoutaient en même temps.`,
  between: (low, high) =>
    `Entre ${low} et ${high} : le compte du serveur et celui des lecteurs diffèrent trop pour donner un seul chiffre.`,
  nothing: 'Rien n’a encore été compté. Les chiffres apparaissent ici avec la première personne à l’écoute.',
  picture: 'La soirée',
  pictureNeedsScripts: (slug) =>
    `Le graphique a besoin de scripts. Les mêmes chiffres, minute par minute, sont dans <a href="/r/${slug}/numbers.csv">un tableau (CSV)</a>, dans le dossier de preuves ci-dessous et dans evening.json.`,
  figures: 'Chaque chiffre, et ce qu’il veut dire',
  rules: {
    listeners_now:
      'Lecteurs qui ont reçu au moins la moitié du son des 30 dernières secondes et l’ont prouvé il y a 45 secondes au plus (75 dans un onglet caché). Les hôtes et les intervenants ne comptent pas.',
    peak_concurrent:
      'La plus grande valeur de « à l’écoute », relevée toutes les 10 secondes au même instant sur tous les serveurs. Jamais une somme de maximums.',
    avg_concurrent: 'Le temps d’écoute divisé par la durée du direct.',
    in_room_now:
      'Pages ouvertes sur la salle ou son studio à la fin des dix dernières secondes, avec ou sans lecture. Hôtes et intervenants comptent ; les lecteurs placés dans d’autres sites, non.',
    tuned_in_live: 'Lecteurs avec au moins 60 secondes d’écoute prouvée en direct, au total.',
    drop_ins: 'Lecteurs avec un peu d’écoute prouvée en direct, mais moins de 60 secondes au total.',
    unique_listeners:
      'Clés d’auditeur différentes avec au moins 60 secondes d’écoute. Les clés changent chaque jour : les chiffres de deux jours ou de deux salles ne s’additionnent pas.',
    listening_seconds:
      'Temps de lecture prouvé, jamais plus que le temps passé ni que le son livré. La parole et la musique d’attente sont comptées à part.',
    replay_listens:
      'Rediffusions avec au moins 60 secondes livrées et prouvées ; une par clé d’auditeur en 24 heures.',
    listens_total:
      'Direct et rediffusion côte à côte. Ce sont deux choses différentes : on ne les additionne pas.',
    visits: 'Chargements de la page de la salle ; après 30 minutes sans signe, c’est une nouvelle visite.',
    join_attempts:
      'Fois où quelqu’un a appuyé sur Écouter. Les nouvelles tentatives automatiques n’en sont pas.',
    join_retries: 'Fois où un lecteur a réessayé de lui-même.',
    join_success: 'Essais après lesquels le son a été livré, et joué dans les 30 secondes.',
    join_failures: 'Essais sans succès, par raison.',
    post_impressions:
      'La moitié de la carte au moins était visible, dans un onglet visible, pendant une seconde sans interruption ; une fois par carte et par page vue. Une impression n’est pas un auditeur.',
    embed_impressions:
      'Au moins la moitié du lecteur placé dans un autre site est restée visible une seconde sans interruption, dans un onglet visible ; une fois par page vue.',
    embed_listens:
      'Ceux qui ont écouté en direct une minute ou plus dans un lecteur placé sur un autre site. Ils font partie des écoutes ci-dessus.',
    post_reach:
      'Clés d’auditeur différentes parmi ceux qui ont vu la carte sur ce site. Les clés changent chaque jour : on n’additionne ni deux jours ni deux salles.',
    downloads:
      'Fois où au moins une minute de l’enregistrement a été prise comme fichier, en un ou plusieurs morceaux ; une fois par clé d’auditeur et par jour. Un téléchargement n’est pas une écoute.',
  },
  definition: 'Qu’est-ce que c’est ?',
  version: (version, since) => `Définition ${version}, en vigueur depuis le ${since}.`,
  band: (low, high) => `les deux comptes donnent ${low} à ${high}`,
  grossIs: (gross) => `${gross} avant exclusions`,
  entry: (index) => `entrée ${index} du journal`,
  noEntry: 'pas encore au journal : l’entrée est écrite à la fin de la minute',
  final: 'Ce sont les chiffres définitifs, recomptés après la fin à partir des relevés bruts.',
  excluded: 'Ce qui a été laissé de côté, et pourquoi',
  excludedLead: 'Les chiffres ci-dessus sont sans cela. Le chiffre qui les comprend est indiqué à côté.',
  excludedNone: 'Rien n’a été laissé de côté.',
  failures: 'Pourquoi des entrées ont échoué',
  reason: 'Raison',
  count: 'Nombre',
  check: 'Comment vérifier vous-même',
  checkSteps: (slug) => [
    `Téléchargez <a href="/r/${slug}/bundle" download>le dossier de preuves</a> : un seul fichier, avec chaque entrée sur cette salle et les signatures publiées pendant que cela se passait.`,
    'Déposez-le sur <a href="/verify">le vérificateur</a>, ici ou sur un autre Earshot, ou enregistrez cette page et servez-vous-en sans réseau. <code>earshot verify</code> fait de même dans un terminal.',
    'Pour être sûr que rien n’a été coupé ni échangé depuis, comparez-le à un point de contrôle gardé par quelqu’un d’autre : un témoin, ou votre copie du <a href="/evidence/checkpoint">dernier point de contrôle</a>.',
    `Confrontez une phrase sur cette salle, comme « 1,4 million d’auditeurs », aux chiffres avec <a href="/claims?room=${slug}">le vérificateur d’affirmations</a>. Ce que d’autres ont dit de son public, avec les réponses, <a href="/r/${slug}/claims">est gardé ici</a>.`,
  ],
  checkLimit:
    'Une signature montre que rien n’a été changé après coup. Elle ne montre pas que ce qui a été écrit est vrai. Des auditeurs inventés ne sont limités que par la comparaison de deux comptes indépendants : les octets envoyés, et les preuves renvoyées par les lecteurs.',
  embed: 'Citer un chiffre',
  embedLead: 'Cette image porte le chiffre avec son sens et son entrée au journal :',
  sampled: 'Seule une part des lecteurs rend compte, car ils sont très nombreux ; l’erreur est indiquée.',
  inShort: 'En bref',
  asks: {
    howMany: 'Combien ont écouté ?',
    howSure: 'À quel point est-ce sûr ?',
    gotIn: 'Tout le monde a-t-il pu entrer ?',
    leftOut: 'Qu’a-t-on laissé de côté ?',
    otherNumbers: 'J’ai entendu un nombre plus grand. Est-il juste ?',
    canCheck: 'Peut-on le vérifier sans se fier à ce site ?',
  },
  more: 'Toutes les raisons',
  atOnce: (peak) => `Au plus fort, ${peak} écoutaient en même temps.`,
  onAverage: (count) => `En moyenne, ${count}.`,
  inAll: (live, replay) =>
    `Sur toute la durée, il y a eu ${live} écoutes en direct d’une minute ou plus${replay ? `, et ${replay} de l’enregistrement` : ''}.`,
  different: (people) => `Auditeurs différents de la journée : ${people}.`,
  minuteBelow: '<a href="#picture-section">Combien à une minute donnée</a> est indiqué plus bas.',
  twoCounts: (low, high, both) =>
    `Il y a deux comptes indépendants : le son que le serveur a livré, et les preuves que les lecteurs ont renvoyées. Au plus fort, le vrai chiffre est entre ${low} et ${high} : le plus haut des deux comptes donnait ${high}, et ${both} étaient dans les deux. Ces ${both} sont le chiffre.`,
  noEstimate: (method) => `Il est ${method}.`,
  estimate: (error) =>
    `C’est une estimation : l’erreur est de ± ${error}, et un chiffre sur vingt s’écarte davantage.`,
  joinsUnknown: 'On ne sait pas ici combien ont essayé d’écouter.',
  allIn: (pressed, heard) =>
    `On a appuyé ${pressed} fois sur Écouter, et ${heard} fois le son est venu en moins de 30 secondes. On ne connaît aucun échec.`,
  someFailed: (pressed, heard, failed, share, why) =>
    `Non. On a appuyé ${pressed} fois sur Écouter : ${heard} fois le son est venu en moins de 30 secondes, ${failed} fois non (${share}). Pourquoi : ${why}.`,
  notCounted: (sessions, why) => `${sessions} sessions ne sont dans aucun de ces chiffres : ${why}.`,
  withThem: (gross, net) => `Avec elles, le plus fort aurait été ${gross} au lieu de ${net}.`,
  otherNumbers: (peak, listed) =>
    `Jamais plus de ${peak} n’ont écouté en même temps. Un nombre plus grand compte autre chose${listed ? ` ; pour cette salle, il y a : ${listed}. Ce ne sont pas des auditeurs, et cela ne s’additionne pas` : ''}. Un nombre qui n’est aucun des chiffres de cette page n’a pas été compté ici.`,
  named: (name, value) => `${name} : ${value}`,
  separator: ' ; ',
  andMore: (listed) => `${listed}, et d’autres`,
  canCheck:
    'Oui. Les chiffres de chaque minute ont été inscrits dans un journal et signés pendant que cela se passait. <a href="#check">Téléchargez un seul fichier</a> et vérifiez-le dans votre navigateur sans réseau, ou avec vos propres outils. Cela montre que rien n’a été changé depuis ; cela ne montre pas que ce qui a été écrit était vrai.',
  checkNumber: 'Vérifier un nombre que vous avez entendu',
  numberExample: '1,4 million d’auditeurs',
  checkIt: 'Vérifier',
};
