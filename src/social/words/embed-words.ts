/** What is said of a post in pages of other sites. Names and reasons come as safe markup. */
export interface PostEmbedWords {
  /** "Post by Ana of 1 May 2026". */
  title(name: string | undefined, day: string): string;
  /** What stands where a post was. */
  stood(name: string | undefined, day: string): string;
  byAuthor(day: string, isErased: boolean): string;
  byModerator(day: string): string;
  reason(text: string): string;
  readonly noReason: string;
  /** An image, in a quote without images; `alt`: what is to be seen on it. */
  image(alt: string): string;
  readonly undescribed: string;
  readonly open: string;
  readonly thread: string;
  readonly unknown: string;
  readonly unknownWhy: string;
  readonly away: string;
  readonly code: string;
  readonly codeHint: string;
  readonly copy: string;
  readonly copied: string;
}

const english: PostEmbedWords = {
  title: (name, day) => (name === undefined ? `Post of ${day}` : `Post by ${name} of ${day}`),
  stood: (name, day) =>
    name === undefined
      ? `A post of ${day} stood here. Its author has erased their account.`
      : `A post by ${name} of ${day} stood here.`,
  byAuthor: (day, isErased) => (isErased ? `It was deleted on ${day}.` : `Its author deleted it on ${day}.`),
  byModerator: (day) => `The moderators of this server removed it on ${day}.`,
  reason: (text) => `The reason given: “${text}”`,
  noReason: 'No reason was given.',
  image: (alt) => `Image: ${alt}`,
  undescribed: 'An image without a description',
  open: 'Open the post',
  thread: 'What was answered',
  unknown: 'There is no post at this address',
  unknownWhy: 'This server knows of none that stood here. The address may have been copied in part.',
  away: 'Posts cannot be read right now. This frame looks again by itself.',
  code: 'Code for another site',
  codeHint:
    'Shows the post as it is. If you delete it, that is what stands there. Its text stays in the code, so that a page whose readers cannot reach this server still has its quote.',
  copy: 'Copy the code',
  copied: 'Code copied',
};

const french: PostEmbedWords = {
  title: (name, day) => (name === undefined ? `Publication du ${day}` : `Publication de ${name} du ${day}`),
  stood: (name, day) =>
    name === undefined
      ? `Une publication du ${day} se trouvait ici. Son auteur a effacé son compte.`
      : `Une publication de ${name} du ${day} se trouvait ici.`,
  byAuthor: (day, isErased) =>
    isErased ? `Elle a été supprimée le ${day}.` : `Son auteur l’a supprimée le ${day}.`,
  byModerator: (day) => `La modération de ce serveur l’a retirée le ${day}.`,
  reason: (text) => `La raison donnée : « ${text} »`,
  noReason: 'Aucune raison n’a été donnée.',
  image: (alt) => `Image : ${alt}`,
  undescribed: 'Une image sans description',
  open: 'Ouvrir la publication',
  thread: 'Ce qui a été répondu',
  unknown: 'Il n’y a pas de publication à cette adresse',
  unknownWhy:
    'Ce serveur n’en connaît aucune qui se serait trouvée ici. L’adresse n’a peut-être été copiée qu’en partie.',
  away: 'Les publications ne peuvent pas être lues en ce moment. Ce cadre regarde de lui-même à nouveau.',
  code: 'Code pour un autre site',
  codeHint:
    'Montre la publication telle qu’elle est. Si vous la supprimez, c’est ce qui est dit à sa place. Son texte reste dans le code : une page dont les lecteurs ne peuvent plus joindre ce serveur garde sa citation.',
  copy: 'Copier le code',
  copied: 'Code copié',
};

/** The words in a language. */
export const postEmbedWords = (language: 'en' | 'fr'): PostEmbedWords =>
  language === 'fr' ? french : english;
