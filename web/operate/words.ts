/** The texts of the operator's page in one language. */
export interface OperateWords {
  readonly locale: string;
  readonly lead: string;
  readonly loading: string;
  readonly nothing: string;
  readonly needKey: string;
  readonly key: string;
  readonly enter: string;
  readonly wrongKey: string;
  readonly away: string;
  readonly statement: string;
  /** `text`: what is disputed. */
  objection(text: string): string;
  readonly inRoom: string;
  readonly publish: string;
  readonly refuse: string;
  readonly reason: string;
  readonly reasonHint: string;
  readonly noReason: string;
  readonly published: string;
  readonly refused: string;
  failed(detail: string): string;
}

const english: OperateWords = {
  locale: 'en-GB',
  lead: 'Visitors said this about rooms of this server. What you publish appears on the room’s page of claims, beside what the figures say of it. What you refuse is not kept; the reason that you write is public.',
  loading: 'The list is being read.',
  nothing: 'Nothing waits.',
  needKey: 'This page is for the operator of this server. earshot operator link prints the link.',
  key: 'The operator’s link or key',
  enter: 'Show the list',
  wrongKey: 'This is not the operator’s link or key of this server.',
  away: 'The list does not answer right now. It is tried again in a moment.',
  statement: 'A claim',
  objection: (text) => `A dispute of “${text}”`,
  inRoom: 'about',
  publish: 'Publish',
  refuse: 'Refuse',
  reason: 'Reason of a refusal, which everybody reads',
  reasonHint: 'such as: says nothing about the audience',
  noReason: 'Write a reason first: a refusal without one is not possible.',
  published: 'Published.',
  refused: 'Refused; the reason is on the room’s page of claims.',
  failed: (detail) => `That was not done: ${detail}`,
};

const french: OperateWords = {
  locale: 'fr-FR',
  lead: 'Des visiteurs ont dit ceci de salles de ce serveur. Ce que vous publiez paraît sur la page des déclarations de la salle, à côté de ce qu’en disent les chiffres. Ce que vous refusez n’est pas gardé ; le motif que vous écrivez est public.',
  loading: 'La liste se charge.',
  nothing: 'Rien n’attend.',
  needKey: 'Cette page est pour l’opérateur de ce serveur. earshot operator link affiche le lien.',
  key: 'Le lien ou la clé de l’opérateur',
  enter: 'Montrer la liste',
  wrongKey: 'Ce n’est ni le lien ni la clé de l’opérateur de ce serveur.',
  away: 'La liste ne répond pas en ce moment. Nouvel essai dans un instant.',
  statement: 'Une déclaration',
  objection: (text) => `Une contestation de « ${text} »`,
  inRoom: 'sur',
  publish: 'Publier',
  refuse: 'Refuser',
  reason: 'Motif d’un refus, que tout le monde lira',
  reasonHint: 'par exemple : ne dit rien du public',
  noReason: 'Écrivez d’abord un motif : on ne refuse pas sans motif.',
  published: 'Publié.',
  refused: 'Refusé ; le motif est sur la page des déclarations de la salle.',
  failed: (detail) => `Cela n’a pas été fait : ${detail}`,
};

/** The words of a language. */
export const operateWords = (language: 'en' | 'fr'): OperateWords => (language === 'fr' ? french : english);
