import type { ClaimWords } from './claim-words.ts';

/** The texts in French. */
export const FRENCH: ClaimWords = {
  language: 'fr',
  figures: {
    listeners_now: 'personnes à l’écoute à cet instant',
    peak_concurrent: 'le plus de personnes à l’écoute au même moment',
    avg_concurrent: 'personnes à l’écoute au même moment, en moyenne',
    in_room_now: 'personnes ayant la salle ouverte, à l’écoute ou non',
    tuned_in_live: 'sessions d’une minute ou plus en direct',
    drop_ins: 'sessions de moins d’une minute',
    unique_listeners: 'auditeurs différents en un jour, estimés',
    listening_seconds: 'secondes d’écoute, tous auditeurs réunis',
    replay_listens: 'réécoutes d’une minute ou plus',
    listens_total: 'écoutes, direct et réécoute',
    visits: 'visites de la page de la salle',
    join_attempts: 'tentatives d’entrée',
    join_retries: 'nouveaux essais automatiques des lecteurs',
    join_success: 'entrées réussies',
    join_failures: 'entrées manquées',
    post_impressions: 'affichages de la publication sur un écran',
    embed_impressions: 'affichages d’une carte ou d’un lecteur sur un autre site',
    embed_listens: 'sessions d’une minute ou plus à l’écoute sur un autre site',
    post_reach: 'personnes différentes ayant eu la publication à l’écran, estimées',
    downloads: 'téléchargements de l’enregistrement',
  },
  rules: {
    listeners_now:
      'Sessions qui ont reçu au moins la moitié du son des 30 dernières secondes et envoyé une preuve valable depuis 45 s au plus (75 s dans un onglet caché) ; les personnes sur scène ne comptent pas.',
    peak_concurrent:
      'Le plus grand nombre de sessions à l’écoute parmi tous les relevés, faits toutes les 10 s au même instant sur chaque serveur ; jamais une somme de maximums.',
    avg_concurrent: 'Les secondes d’écoute divisées par la durée du direct.',
    in_room_now:
      'Pages ouvertes sur la salle ou son studio à la fin des 10 dernières secondes, avec ou sans le son ; les personnes sur scène comptent, les lecteurs placés dans d’autres sites non.',
    tuned_in_live: 'Sessions dont l’écoute prouvée en direct atteint 60 s en tout.',
    drop_ins: 'Sessions avec un peu d’écoute prouvée en direct, mais moins de 60 s en tout.',
    unique_listeners:
      'Clés d’auditeur différentes avec au moins 60 s d’écoute, dans une salle et un jour. La clé change chaque jour : on n’additionne ni deux jours ni deux salles.',
    listening_seconds:
      'Secondes jouées et prouvées, au plus le temps passé et le son livré ; la scène et la musique d’attente sont comptées à part.',
    replay_listens:
      'Réécoutes dont 60 s au moins ont été livrées et prouvées ; une par clé d’auditeur en 24 heures.',
    listens_total: 'Le direct et la réécoute côte à côte, toujours écrits « A en direct + B en réécoute ».',
    visits: 'La page de la salle a été chargée ; après 30 minutes sans signe, c’est une nouvelle visite.',
    join_attempts: 'On a appuyé sur Écouter. Les essais automatiques sont comptés à part.',
    join_retries: 'Un lecteur a réessayé de lui-même.',
    join_success: 'Tentatives après lesquelles un segment a été livré et le premier son joué en 30 s.',
    join_failures: 'Tentatives qui n’ont pas réussi, par motif.',
    post_impressions:
      'Au moins la moitié d’une carte est restée visible une seconde sans interruption dans un onglet visible ; une fois par carte et par page. Ni l’auteur ni l’équipe ne comptent ; les cartes intégrées ailleurs ont leur propre ligne.',
    embed_impressions:
      'La même chose pour les lecteurs placés dans d’autres sites : au moins la moitié du lecteur visible une seconde sans interruption dans un onglet visible, une fois par page.',
    embed_listens: 'Celles de tuned_in_live qui ont écouté dans un lecteur placé dans un autre site.',
    post_reach:
      'Clés d’auditeur différentes parmi les affichages, en un jour. La clé change chaque jour : on n’additionne ni deux jours ni deux salles.',
    downloads:
      'Enregistrements pris comme fichiers dont une minute au moins a été livrée, en un ou plusieurs morceaux ; une fois par clé d’auditeur et par jour, jamais pour une demande des deux premiers octets (IAB 2.2).',
  },
  units: {
    events: 'des événements : quelque chose a été affiché ou pressé',
    sessions: 'des lecteurs à l’écoute ou ouverts',
    people: 'des personnes, par estimation',
    listens: 'des écoutes d’une minute ou plus',
    seconds: 'des secondes',
  },
  nouns: {
    ...{
      listeners: 'auditeurs',
      'at-once': 'en même temps',
      'in-room': 'dans la salle',
      people: 'personnes',
    },
    ...{ unique: 'auditeurs différents', average: 'auditeurs en moyenne', 'tuned-in': 'à l’écoute' },
    ...{ 'drop-ins': 'de passage', plays: 'écoutes', replays: 'réécoutes', views: 'vues' },
    ...{
      'room-views': 'vues de la salle',
      impressions: 'vues de la publication',
      embeds: 'vues de la carte',
    },
    ...{
      reach: 'personnes touchées',
      visits: 'visites',
      attempts: 'tentatives d’entrée',
      retries: 'réessais',
    },
    ...{ joins: 'entrées', failures: 'entrées manquées', downloads: 'téléchargements' },
    ...{ hours: 'heures d’écoute', minutes: 'minutes d’écoute', seconds: 'secondes d’écoute', none: '' },
  },
  quoted: (text) => `« ${text} »`,
  said: (bound, number, noun) =>
    `${{ rounded: '', between: '', about: 'environ ', nearly: 'près de ', 'at-least': 'au moins ', 'at-most': 'au plus ' }[bound]}${number} ${noun}`.trim(),
  parts: {
    tuned_in_live: 'en direct',
    live: 'en direct',
    replay_listens: 'en réécoute',
    replay: 'en réécoute',
    stage: 'de scène',
    standby: 'de musique d’attente',
  },
  headings: {
    matches: 'C’est exact.',
    'named-wrongly': 'Le nombre est juste, le nom ne l’est pas.',
    'sum-of-unlike': 'Une somme de choses différentes.',
    'no-match': 'Aucun chiffre de la salle n’est ce nombre.',
  },
  matches: (name, value) => `${value} : ${name}.`,
  namedWrongly: (name, value, unit, said) =>
    `${value}, c’est ceci : ${name}. On y compte ${unit}${said === '' ? '' : `, et non « ${said} »`}.`,
  sum: (total) =>
    `Ensemble, cela fait ${total}, mais on y compte des choses différentes, ou plusieurs fois les mêmes personnes. Ce n’est pas un public :`,
  noMatch: 'Les plus proches :',
  nearest: (name, value, times) => `${name} : ${value} (le nombre en est ${times} fois la valeur)`,
  component: (name, value, unit, of) => `${value} : ${name} (${of}) ; ${unit}`,
  also: (names) => `Cela convient aussi à : ${names}.`,
  passed: (when, later) => `Le compteur a passé ce nombre à ${when}, puis a continué jusqu’à ${later}.`,
  at: (when) => `À ${when}.`,
  entry: (index) => `Cela repose sur l’entrée ${index} du journal de preuves.`,
  corrected: 'Ce chiffre a été corrigé après sa première publication.',
  note: (note, read) =>
    ({
      'long-billion': `« billion » vaut en français un million de millions : le nombre a été lu ${read}. Le billion anglais est un milliard.`,
      'short-billion': `« billion » vaut en anglais mille millions : le nombre a été lu ${read}. En français, c’est mille fois plus.`,
      separator: `La virgule ou le point peut se lire de deux façons : le nombre a été lu ${read}.`,
    })[note],
  read: (number) => `Lu : ${number}.`,
  unread: {
    empty: 'Il n’y a pas de phrase. Écrivez par exemple « 1,4 million d’auditeurs ».',
    'too-long': 'La phrase est trop longue : 400 caractères au plus.',
    'hidden-characters':
      'La phrase contient des caractères invisibles, qui peuvent changer le nombre que l’on voit. Retapez-la.',
    'mixed-scripts':
      'Un mot ou un nombre mêle des lettres ou des chiffres de plusieurs écritures, ce qui peut tromper l’œil. Retapez-le.',
    'no-number': 'Il n’y a pas de nombre dans la phrase. Écrivez par exemple « 1,4 million d’auditeurs ».',
    'two-numbers': 'Il y a plusieurs nombres dans la phrase. Vérifiez-les un par un.',
    'unclear-number':
      'On ne sait pas quel nombre est voulu. Écrivez-le comme « 1,4 million », « 1.402.117 » ou « 1 402 117 ».',
    'not-a-number': 'Ce n’est pas un nombre jusqu’auquel on puisse compter.',
    negative: 'Un public n’est jamais inférieur à zéro.',
    'too-large': 'Le nombre dépasse tout ce qui a jamais été compté ici : 10^15 au plus.',
    share: 'C’est une part, pas un nombre. Seuls les nombres se vérifient.',
    'unclear-time': 'On ne sait pas quelle heure est voulue. Écrivez une seule heure, comme « à 20 h 40 ».',
    'time-unknown':
      'Il n’y a pas de chiffres de cette heure-là. Indiquez une heure à laquelle la salle était ouverte, avec son fuseau si ce n’est pas UTC.',
    'no-figures': 'Rien n’a encore été compté dans cette salle.',
  },
  notAdded: {
    'unlike-units':
      'On y compte des choses différentes, comme des vues et des auditeurs. La somme ne serait le nombre de rien.',
    'unlike-figures':
      'Ce sont des événements de nature différente : qui a vu la publication puis est venu figure dans les deux. La somme compterait des gens plusieurs fois.',
    'not-additive':
      'Le maximum de plusieurs moments, ou les personnes différentes de plusieurs salles, ne s’additionnent pas : les moments n’étaient pas les mêmes, et les personnes l’étaient peut-être.',
    'same-figure': 'Le même chiffre y figure deux fois.',
  },
  page: {
    title: 'Vérifier un nombre',
    lead: 'Quelqu’un dit combien de personnes ont écouté. Cette page confronte la phrase à ce qui a été compté, et dit ce que le nombre est vraiment.',
    sentence: 'Ce qui a été dit',
    example: 'par exemple : 1,4 million d’auditeurs à 20 h 40',
    room: 'Salle',
    roomHint: 'son adresse : ce qui suit /r/',
    time: 'Fuseau des heures de la phrase',
    timeHint: 'par exemple Europe/Paris ; UTC si rien n’est écrit',
    check: 'Vérifier',
    card: 'Une carte à partager',
    signed: 'La carte est signée par ce serveur : ce qu’elle dit pourra être vérifié plus tard.',
    definition: 'Ce qui est compté',
    how: 'Un nombre est exact s’il s’arrondit aux chiffres prononcés et tombe dans la marge d’erreur du chiffre publié.',
    toRoom: 'La salle',
    away: 'Les chiffres de cette salle ne répondent pas pour l’instant. Réessayez dans une minute.',
    said: 'Dit :',
    noRooms: 'Il n’y a pas encore de salle dont on puisse demander les chiffres.',
  },
  attached: {
    title: (room) => `Ce qui a été dit de ${room}`,
    lead: 'Des déclarations sur le public de cette salle, ce que les chiffres en disent, et ce que d’autres en disent. Rien n’est modifié après coup : une correction figure à côté de ce qu’elle corrige.',
    none: 'Personne n’a encore rien dit ici.',
    say: 'Quelque chose a été dit ailleurs ? Ajoutez-le',
    dispute: 'En quoi est-ce faux ?',
    disputeThis: 'Contester',
    send: 'Envoyer',
    waits: 'Merci. Cela paraîtra ici quand l’exploitant de ce serveur l’aura vu.',
    willWait: 'L’exploitant de ce serveur le voit d’abord. 400 caractères au plus.',
    earlier: 'Formulation précédente',
    correctedTo: 'Corrigé ainsi :',
    kinds: { dispute: 'Contesté', answer: 'Réponse' },
    refused: 'Déclarations de visiteurs que l’exploitant de ce serveur n’a pas publiées, et pourquoi',
    authors: { host: 'l’hôte', operator: 'l’exploitant de ce serveur', stranger: 'un visiteur' },
    check: 'Vérifier un nombre',
  },
};
