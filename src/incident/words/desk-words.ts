/** The texts of the page on which the operator writes about incidents. */
export interface DeskWords {
  readonly openTitle: string;
  readonly about: string;
  readonly what: string;
  readonly room: string;
  readonly open: string;
  readonly key: string;
  readonly keyLead: string;
  readonly note: string;
  readonly writeNote: string;
  readonly closeTitle: string;
  readonly closeLead: string;
  readonly close: string;
  readonly account: string;
  readonly accountLead: string;
  readonly publish: string;
  readonly facts: string;
  readonly back: string;
  readonly refused: (why: string) => string;
  readonly why: string;
  readonly changes: string;
}

/** English. */
export const DESK_ENGLISH: DeskWords = {
  openTitle: 'Report an incident',
  about: 'For the operator of this server.',
  what: 'What is wrong, in one line (at most 140 characters)',
  room: 'The room it is about; empty: the whole server',
  open: 'Open the incident',
  key: 'Your link or key',
  keyLead: 'earshot operator link prints the operator’s; a host has the link of the room.',
  note: 'Note (at most 500 characters)',
  writeNote: 'Publish the note',
  closeTitle: 'Close it',
  closeLead:
    'Ends what a person has opened. What is measured ends by itself, and an incident with measured signs is over when they are.',
  close: 'Close',
  account: 'Your account of it',
  accountLead:
    'It begins with the facts. Each figure that is not in the record is marked when it is published; earlier versions remain readable. Lines that begin with # are headings, those with - are points.',
  publish: 'Publish the account',
  facts: 'Fill in the last version, or the facts',
  back: 'Back to the incident',
  refused: (why) => `Nothing was published: ${why}`,
  why: 'Why it happened',
  changes: 'What we change',
};

/** French. */
export const DESK_FRENCH: DeskWords = {
  openTitle: 'Signaler un incident',
  about: 'Pour l’exploitant de ce serveur.',
  what: 'Ce qui ne va pas, en une ligne (140 caractères au plus)',
  room: 'La salle concernée ; vide : tout le serveur',
  open: 'Ouvrir l’incident',
  key: 'Votre lien ou votre clé',
  keyLead: 'earshot operator link affiche celui de l’exploitant ; un hôte a le lien de sa salle.',
  note: 'Note (500 caractères au plus)',
  writeNote: 'Publier la note',
  closeTitle: 'Le clore',
  closeLead:
    'Termine ce qu’une personne a ouvert. Ce qui est mesuré se termine de lui-même, et un incident qui a des signes mesurés est fini quand ils le sont.',
  close: 'Clore',
  account: 'Votre récit',
  accountLead:
    'Il commence par les faits. Chaque chiffre qui n’est pas dans le journal est marqué à la publication ; les versions précédentes restent lisibles. Une ligne qui commence par # est un titre, par - un point.',
  publish: 'Publier le récit',
  facts: 'Insérer la dernière version, ou les faits',
  back: 'Retour à l’incident',
  refused: (why) => `Rien n’a été publié : ${why}`,
  why: 'Pourquoi c’est arrivé',
  changes: 'Ce que nous changeons',
};
