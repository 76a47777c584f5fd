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
  readonly waiting: string;
  readonly roomTitle: string;
  readonly measureLead: string;
  readonly measureRoom: string;
  readonly measureReason: string;
  readonly measureNoRoom: string;
  readonly measureNoReason: string;
  readonly measures: Readonly<Record<'stop' | 'resume' | 'release', string>>;
  readonly measureDone: Readonly<Record<'stop' | 'resume' | 'release', (slug: string) => string>>;
}

const english: OperateWords = {
  locale: 'en-GB',
  lead: 'Visitors said this about rooms of this server. What you publish appears on the room’s page of claims, beside what the figures say of it. What you refuse is not kept; the reason that you write is public.',
  loading: 'The list is being read.',
  nothing: 'Nothing is waiting.',
  needKey: 'This page is for the operator of this server. earshot operator link prints the link.',
  key: 'The operator’s link or key',
  enter: 'Show the list',
  wrongKey: 'This is not the operator’s link or key of this server.',
  away: 'The list does not answer right now. This page tries again in a moment.',
  statement: 'A claim',
  objection: (text) => `A dispute of “${text}”`,
  inRoom: 'about',
  publish: 'Publish',
  refuse: 'Refuse',
  reason: 'Reason for refusing it, which everybody reads',
  reasonHint: 'such as: says nothing about the audience',
  noReason: 'Write a reason first: a refusal without one is not possible.',
  published: 'Published.',
  refused: 'Refused; the reason is on the room’s page of claims.',
  failed: (detail) => `That was not done: ${detail}`,
  waiting: 'What visitors said',
  roomTitle: 'A room',
  measureLead:
    'Stopping a room closes its stage, stream and recording to everybody at once, with the reason on its page. Nothing is deleted, and you can resume it. A room that made its studio fail is kept apart for an hour; you can bring it back before.',
  measureRoom: 'Address of the room',
  measureReason: 'Reason for stopping it, which everybody reads',
  measureNoRoom: 'Write the address of the room first.',
  measureNoReason: 'Write a reason first: it is shown on the page of the room.',
  measures: { stop: 'Stop the room', resume: 'Resume', release: 'Bring back from quarantine' },
  measureDone: {
    stop: (slug) => `${slug} is stopped.`,
    resume: (slug) => `${slug} goes on.`,
    release: (slug) => `${slug} is among the others again.`,
  },
};

const french: OperateWords = {
  locale: 'fr-FR',
  lead: 'Des visiteurs ont dit ceci de salles de ce serveur. Ce que vous publiez paraît sur la page des déclarations de la salle, à côté de ce qu’en disent les chiffres. Ce que vous refusez n’est pas gardé ; le motif que vous écrivez est public.',
  loading: 'La liste se charge.',
  nothing: 'Rien n’attend.',
  needKey: 'Cette page est pour l’exploitant de ce serveur. earshot operator link affiche le lien.',
  key: 'Le lien ou la clé de l’exploitant',
  enter: 'Montrer la liste',
  wrongKey: 'Ce n’est ni le lien ni la clé de l’exploitant de ce serveur.',
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
  waiting: 'Ce que des visiteurs ont dit',
  roomTitle: 'Une salle',
  measureLead:
    'Arrêter une salle ferme aussitôt à tous sa scène, son flux et son enregistrement, avec le motif sur sa page. Rien n’est effacé, et vous pouvez la reprendre. Une salle qui a fait échouer son studio tourne à part pendant une heure ; vous pouvez la ramener avant.',
  measureRoom: 'Adresse de la salle',
  measureReason: 'Motif de l’arrêt, que tout le monde lira',
  measureNoRoom: 'Écrivez d’abord l’adresse de la salle.',
  measureNoReason: 'Écrivez d’abord un motif : il est montré sur la page de la salle.',
  measures: { stop: 'Arrêter la salle', resume: 'Reprendre', release: 'Ramener de la quarantaine' },
  measureDone: {
    stop: (slug) => `${slug} est arrêtée.`,
    resume: (slug) => `${slug} continue.`,
    release: (slug) => `${slug} est de nouveau avec les autres.`,
  },
};

/** The words of a language. */
export const operateWords = (language: 'en' | 'fr'): OperateWords => (language === 'fr' ? french : english);
