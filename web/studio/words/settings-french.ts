import type { settingsEnglish } from './settings-english.ts';

/** The studio's texts about the settings of the room, in French. */
export const settingsFrench: typeof settingsEnglish = {
  title: 'La salle',
  clocks: 'Les heures de cette salle',
  now: 'Maintenant',
  planned: 'Annoncée',
  start: 'Début',
  draft:
    'Cette salle est un brouillon : seuls ses hôtes la voient. Annoncée, elle est là pour toutes les personnes qui peuvent venir ; sans heure de début, elle ouvre aussitôt.',
  announce: 'L’annoncer',
  announced: 'C’est annoncé.',
  opened: 'Ouverte',
  firstSpeech: 'Première parole',
  ended: 'Terminée',
  none: 'pas annoncée',
  notYet: 'pas encore',
  late: (minutes) => (minutes === 1 ? '1 minute de retard' : `${minutes} minutes de retard`),
  about: 'De quoi il est question',
  aboutHint:
    'Quelques phrases, 280 caractères au plus. Elles sont sur la page de la salle et dans son entrée d’agenda.',
  who: 'Qui peut venir',
  public: 'Tout le monde (dans les listes)',
  unlisted: 'Toute personne qui a l’adresse (hors listes)',
  private: 'Seulement les invités (privée)',
  password: 'Mot de passe des auditeurs',
  passwordSet: 'Un mot de passe est en place.',
  passwordNone: 'Aucun mot de passe n’est en place.',
  dropPassword: 'Supprimer le mot de passe',
  passwordGone: 'C’est fait. Plus personne n’entre avec le mot de passe.',
  passwordHint:
    'De 6 à 200 caractères. Laissez vide pour garder celui qui est en place. Qui est entré avec l’ancien doit entrer de nouveau.',
  reason: 'Pourquoi elle commence en retard',
  reasonHint: 'Tout le monde le lit aussitôt sur la page de la salle. Vide : rien n’est dit.',
  save: 'Enregistrer',
  saved: 'Enregistré. Les personnes sur la page le voient maintenant.',
  changed:
    'Quelqu’un d’autre a modifié la salle entre-temps : rien n’a été enregistré. Les réglages actuels sont affichés, et ce que vous avez saisi est gardé. Vérifiez, puis enregistrez de nouveau.',
  guests: {
    title: 'Invités par compte',
    invite: 'Ajouter',
    takeBack: 'Retirer',
    takenBack: 'Retiré. Qui était entré par là n’entend plus rien.',
    hint: 'Les invités se connectent sur la page de la salle et y entrent ; ils reçoivent un courriel et trouvent la salle sur la page de leur compte. Rien ne dit si le compte existe avant leur venue. Qui a aussi le lien des auditeurs ou le mot de passe entre par là.',
  },
  invitation: 'Inviter des auditeurs',
  invitationHint:
    'Un seul lien pour tous les auditeurs de cette salle privée. De nouvelles clés le retirent.',
  copyInvitation: 'Copier le lien des auditeurs',
  keys: 'Faire de nouvelles clés',
  cancelReason: 'Pourquoi',
  cancelReasonHint: 'Tout le monde le lit sur la page de la salle et dans son agenda. Vide : rien n’est dit.',
  continueIn: 'Continuer dans une autre salle',
  continueLink: 'Lien du studio de l’autre salle',
  continueHint:
    'Son hôte vous le donne. Dès lors, tous les auditeurs entendent l’autre salle, sans rien faire ; celle-ci se termine après 90 secondes. C’est définitif. Une salle privée continue dans une salle privée, où les mêmes personnes entrent.',
  continueNow: 'Y conduire tout le monde',
  continueNoLink: 'Collez le lien entier du studio de l’autre salle.',
  continued: 'C’est fait. Les auditeurs sont conduits dans l’autre salle.',
  keysDone: 'C’est fait. Les liens donnés aux auditeurs jusqu’ici ne marchent plus.',
};
