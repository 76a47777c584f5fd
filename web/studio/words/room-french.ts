import type { roomEnglish } from './room-english.ts';

/** The studio's texts about the room itself, in French. */
export const roomFrench: typeof roomEnglish = {
  standing: {
    scheduled: 'Programmée',
    open: 'En coulisses',
    live: 'En direct',
    break: 'Pause',
    ended: 'Terminée',
    cancelled: 'Annulée',
    stopped: 'Arrêtée',
    checking: 'Connexion…',
    unreachable: 'Injoignable',
    restarting: 'Redémarrage',
    late: 'Reconnexion…',
  },
  contactLost: {
    unreachable:
      'Le serveur est injoignable. On ne sait pas ici ce que le public entend. Cette page réessaie toute seule.',
    restarting:
      'Le studio redémarre. Le public entend la musique d’attente ; tous ceux qui sont sur scène reviennent tout seuls.',
    late: 'Cette page est sans nouvelles du studio et réessaie toute seule. Ce qu’elle montre peut dater.',
  },
  refusals: {
    network: 'Le serveur est injoignable. Réessayez dans un instant.',
    'token-missing': 'Il faut votre lien personnel.',
    'token-expired': 'Votre lien a expiré. Demandez-en un nouveau.',
    'token-invalid': 'Votre lien est incomplet ou a été modifié en route.',
    'token-other-room': 'Votre lien est pour une autre salle.',
    'link-withdrawn': 'Ce lien a été retiré. Demandez-en un nouveau.',
    removed: 'On vous a retiré de la scène. Demandez un nouveau lien.',
    banned: 'Un hôte vous a banni de la scène de cette salle.',
    'moved-to-listeners': 'Un hôte vous a renvoyé dans le public ; il peut vous faire revenir.',
    'not-host': 'Seul l’hôte peut faire cela.',
    'operator-only': 'Seul l’exploitant du serveur peut faire cela.',
    'room-unknown': 'Aucune salle n’a cette adresse.',
    'room-not-open': 'La salle n’est pas ouverte.',
    'room-ended': 'La salle est terminée.',
    'room-stopped': 'L’exploitant de ce serveur a arrêté cette salle. Le motif est sur sa page.',
    'wrong-moment': 'Ce n’est pas possible à ce moment de la salle.',
    'session-unknown': 'Votre place sur scène n’existe plus. Remontez sur scène.',
    'already-on-stage': 'Vous êtes déjà sur scène avec ce lien, ailleurs.',
    'stage-full': 'La scène est pleine.',
    'rooms-full': 'Le serveur porte autant de salles qu’il peut. Réessayez quand une autre sera terminée.',
    'studio-away': 'Le studio ne répond pas pour l’instant. Réessayez dans quelques secondes.',
    'site-away':
      'La liste des salles ne répond pas pour l’instant. Ce qui est à l’antenne continue ; réessayez dans quelques secondes.',
    'database-away':
      'La liste des salles ne peut pas changer maintenant. Ce qui est à l’antenne continue ; réessayez dans une minute.',
    'doors-away': 'Le serveur démarre ou redémarre. Réessayez dans un instant.',
    'door-full': 'Le serveur a toutes les connexions qu’il peut porter. Réessayez dans un instant.',
    crowded: 'Le serveur est occupé. Réessayez dans un instant.',
    'too-slow': 'Votre connexion est trop lente pour cela. Réessayez, ou avec un fichier plus petit.',
    'too-large': 'C’est plus gros que ce que le serveur accepte.',
    'disk-full': 'Le disque du serveur est plein.',
    internal: 'Le serveur a fait une erreur. Son exploitant en trouvera la cause dans le journal.',
  },
  nameMixed: 'Un nom a, dans chaque mot, les lettres d’un seul alphabet.',

  beforeTitle: 'Commence',
  zone: 'Fuseau horaire',
  yourZone: (zone) => `Votre fuseau horaire : ${zone}`,
  opensAt: (time) => `La scène s’ouvre d’elle-même à ${time}.`,
  beforeHost:
    'Inscrivez-vous quand vous voulez : vous monterez sur scène à l’ouverture. Vous pouvez aussi ouvrir maintenant.',
  beforeGuest:
    'Inscrivez-vous quand vous voulez et laissez cette page ouverte : vous monterez sur scène dès l’ouverture, sans rien faire.',
  toCalendar: 'Ajouter à l’agenda',
  announce: 'Changer le titre ou l’heure',
  announceTitle: 'Changer le titre',
  roomTitle: 'Titre',
  start: 'Début',
  announced: 'Enregistré. Tout le monde le voit sur la page de la salle.',
  titleMissing: 'Donnez un titre à la salle.',
  titleLong: 'Ce titre est trop long : 140 caractères au plus.',
  startMissing: 'Choisissez un jour et une heure.',
  startPast: 'Cette heure est passée. Choisissez-en une plus tard.',
  startFar: 'Une salle s’annonce au plus un an à l’avance.',
  startOpen: 'La salle a ouvert entre-temps : son heure ne change plus.',
  cancelRoom: 'Annuler cette salle',
  cancelSure: 'Annuler cette salle ? Quiconque ouvre sa page lira qu’elle n’aura pas lieu. C’est définitif.',
  cancelNo: 'La garder',
  cancelYes: 'Annuler la salle',
  joinWhenOpen: 'Monter à l’ouverture',
  waitingStage: 'Vous monterez sur scène dès l’ouverture, sans rien faire. Laissez cette page ouverte.',
  waitingEars: 'Vous entendrez la scène dès l’ouverture, sans rien faire. Laissez cette page ouverte.',
  waitNoMore: 'Ne pas attendre',

  hostLink: 'Votre lien d’hôte',
  hostLinkKeep:
    'Gardez-le : c’est votre chemin de retour vers ce studio, aussi depuis un autre appareil. Personne ici ne peut le retrouver pour vous.',
  hostLinkSecret: 'Qui l’a mène la salle. Ne le donnez qu’à des personnes de confiance.',
  copyHostLink: 'Copier le lien d’hôte',
  mailHostLink: 'Envoyer par courriel',
  mailSubject: (title) => `Lien d’hôte : ${title}`,
  mailBody: (link) => `Gardez ce lien. Il ouvre le studio de la salle :\n\n${link}\n`,
  keepRoom: 'Garder cette salle dans mon compte',
  keptRoom: 'C’est fait : votre compte ouvre désormais ce studio.',
  keepSignIn: 'Connectez-vous d’abord, puis appuyez de nouveau.',
  signIn: 'Se connecter',
  voidLinks: 'Annuler tous les liens et en faire de nouveaux',
  voidSure:
    'Annuler tous les liens ? Plus aucun lien vers ce studio ne marchera, ceux des invités et des co-hôtes non plus. Vous recevez un nouveau lien d’hôte et continuez ici ; envoyez-en de nouveaux aux autres.',
  voidYes: 'Tout annuler',
  linksRenewed: 'Tous les liens ont été remplacés. Copiez maintenant votre nouveau lien d’hôte.',

  show: 'Le spectacle',
  opening: 'Ouverture…',
  goingMusic: 'Passage à la musique…',
  breakHost:
    'Le public lit : « Une courte pause. De la musique jusqu’à la reprise. » Seule la scène vous entend.',
  breakGuest: 'Une courte pause. De la musique jusqu’à la reprise ; seule la scène vous entend.',
  late: (minutes, time) =>
    `${minutes === 1 ? '1 minute' : `${minutes} minutes`} de retard : c’était annoncé pour ${time}, et le public le lit.`,
  emptyTitle: 'Personne n’est sur scène',
  emptyText:
    'Si vous passez en direct maintenant, le public entend le silence, puis après quelques secondes la musique d’attente.',
  emptyLive: 'Passer en direct quand même',
  joinAndGoLive: 'Monter et passer en direct',
  noMicToGoLive:
    'On n’entendrait personne : il n’y a pas de micro. La raison est indiquée à côté du niveau du micro.',

  holdMusic: 'Musique d’attente',
  holdMusicHint:
    'Elle passe en boucle quand personne n’est entendu. Choisissez un morceau que vous avez le droit de diffuser ; ses 40 premières secondes servent, ou 80 si le fichier est mono.',
  musicNow: (file, length) => `En ce moment : ${file}, ${length}`,
  musicOwn: 'votre propre musique',
  musicHouse: 'En ce moment : la musique d’Earshot',
  musicChoose: 'Votre propre musique',
  musicOther: 'Un autre fichier',
  musicDay: 'Une salle reçoit sa musique dans les 24 heures avant son début.',
  musicPlay: 'Écouter',
  musicStop: 'Arrêter',
  musicReading: 'Lecture du fichier…',
  musicSending: 'Envoi',
  musicRemove: 'Retirer',
  musicNoSound: (file) => `${file} : ce n’est pas un fichier son.`,
  musicUnreadable: (file) =>
    `Ce navigateur ne peut pas lire ${file}. Essayez un fichier MP3, M4A, WAV ou Opus.`,
  musicTooLarge: 'Ce fichier dépasse 100 Mo. Choisissez un morceau plus court.',

  endedTitle: 'La salle est terminée',
  endedText: 'Tout ce qui est passé à l’antenne se réécoute à la même adresse.',
  endedUnspoken: 'Personne n’est passé à l’antenne : il n’y a rien à réécouter.',
  endLength: 'À l’antenne',
  endOpen: 'Ouverte',
  duration: (seconds) => {
    const minutes = Math.round(seconds / 60);
    if (seconds < 60) return `${seconds} s`;
    return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  },
  endReplay: 'Enregistrement',
  endPeak: 'Connexions au plus fort',
  endPeakHint:
    'Comptées par le serveur, vues par cette page tant qu’elle était ouverte. Une personne peut avoir plusieurs connexions.',
  endGaps: 'Coupures dans l’enregistrement',
  endNoGaps: 'aucune',
  replay: 'Réécouter depuis le début',
  download: 'Télécharger l’enregistrement',
  copyReplay: 'Copier le lien',
  newRoom: 'Ouvrir une nouvelle salle',
  toHome: 'Toutes les salles',
  removeRecording: 'Supprimer l’enregistrement',
  removeRecordingSure:
    'Supprimer l’enregistrement pour toujours ? Plus personne ne pourra l’écouter ni le télécharger. C’est définitif.',
  removeRecordingYes: 'Supprimer',
  recordingRemoved: 'L’enregistrement a été supprimé.',
  recordingGoes: (date) =>
    `Ce serveur supprime l’enregistrement le ${date}. Téléchargez-le avant si vous voulez le garder.`,
};
