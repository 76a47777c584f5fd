/** What stands at the address of a room that is private, and of one that does not exist: the same for both. */
import type { PageLanguage } from '../../base/negotiation.ts';
import { escapeHtml } from '../../base/plain-text.ts';
import type { EmbedWish } from '../../wire/listening/embed-wish.ts';
import { embedDocument } from '../embed/embed-document.ts';

interface ClosedWords {
  readonly title: string;
  readonly about: string;
  readonly heading: string;
  readonly lead: string;
  readonly invited: string;
  readonly password: string;
  readonly enter: string;
  readonly listed: string;
  readonly byAccount: string;
  readonly home: string;
  readonly embed: string;
}

const WORDS: Readonly<Record<PageLanguage, ClosedWords>> = {
  en: {
    title: 'No public room here',
    about: 'No room that is open to everybody has this address.',
    heading: 'No public room is at this address',
    lead: 'Either there is no room here, or it is private: for people who were invited. To strangers we do not say which.',
    invited:
      'If you were invited, open the link of your invitation, or enter the password of the room. A wrong password and a wrong address are answered alike: check both.',
    password: 'Password of the room',
    enter: 'Enter the room',
    listed:
      'If your account was invited, enter with it. If you are not signed in, you sign in first and then come back here.',
    byAccount: 'Enter with your account',
    home: 'Rooms that are open to everybody',
    embed: 'This room is private, or does not exist. If you were invited, open its own page.',
  },
  fr: {
    title: 'Pas de salle publique ici',
    about: 'Aucune salle ouverte à tous n’a cette adresse.',
    heading: 'Aucune salle publique n’est à cette adresse',
    lead: 'Soit il n’y a pas de salle ici, soit elle est privée : réservée aux personnes invitées. Aux autres, nous ne disons pas ce qu’il en est.',
    invited:
      'Si vous êtes invité, ouvrez le lien de votre invitation, ou saisissez le mot de passe de la salle. Un mauvais mot de passe et une mauvaise adresse reçoivent la même réponse : vérifiez les deux.',
    password: 'Mot de passe de la salle',
    enter: 'Entrer dans la salle',
    listed:
      'Si votre compte est invité, entrez avec lui. Si vous n’êtes pas connecté, vous vous connectez d’abord, puis vous revenez ici.',
    byAccount: 'Entrer avec votre compte',
    home: 'Les salles ouvertes à tous',
    embed: 'Cette salle est privée, ou n’existe pas. Si vous êtes invité, ouvrez sa propre page.',
  },
};

/** Title and description of the page. */
export const closedHead = (language: PageLanguage): { readonly title: string; readonly about: string } => {
  const { title, about } = WORDS[language];
  return { title, about };
};

/** The main part: what may be here, and a form that works without scripts. `slug`: as it was asked for. */
export function closedMain(slug: string, language: PageLanguage): string {
  const words = WORDS[language];
  return `<main class="plain page" id="closed" data-slug="${escapeHtml(slug)}">
<h1>${words.heading}</h1>
<p>${words.lead}</p>
<p id="closed-says" role="status" class="small"></p>
<form method="post" action="/r/${escapeHtml(slug)}/enter" class="card start">
<p>${words.invited}</p>
<label for="password">${words.password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="200" required>
<button class="button" type="submit">${words.enter}</button>
</form>
<form method="post" action="/r/${escapeHtml(slug)}/enter" class="card account">
<p>${words.listed}</p>
<button class="button quiet" type="submit">${words.byAccount}</button>
</form>
<p><a href="/">${words.home}</a></p>
</main>`;
}

/** The same inside a page of another site. */
export const closedEmbed = (wish: EmbedWish, tags: string): string =>
  embedDocument(
    wish,
    WORDS[wish.language].title,
    tags,
    `<main class="embed"><h1>${WORDS[wish.language].title}</h1><p class="what">${WORDS[wish.language].embed}</p></main>`,
  );
