import { shortPage } from './short-page.ts';

/**
 * The page for a browser that sends a larger request head than a door accepts: nearly always cookies of other
 * programs.
 */
export const LARGE_HEAD_PAGE = shortPage({
  title: 'your browser sent too much with its request',
  main: '<h1>Your browser sent too much with its request</h1><p>This is nearly always cookies that other programs under the same name have left behind. Earshot needs none of them. Delete the cookies of this site, or open this address in a private window.</p><p>If it happens again, the people who run this server can give Earshot a name of its own.</p>',
  french:
    '<h2>Votre navigateur envoie trop avec sa demande</h2><p>Presque toujours, ce sont des cookies que d’autres programmes sous ce nom ont laissés. Earshot n’en a pas besoin. Supprimez les cookies de ce site, ou ouvrez cette adresse dans une fenêtre privée.</p><p>Si cela revient : les personnes qui gèrent ce serveur peuvent donner à Earshot un nom à lui.</p>',
});
