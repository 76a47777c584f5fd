import { shortPage } from './short-page.ts';

/** How long a page that was only looked at waits before it looks again, in seconds. */
const AGAIN_SECONDS = 5;

/**
 * What a person reads in a browser while the site is away, in place of the problem that programs get. A form that was sent
 * is not sent again by itself.
 * @param sent Something was sent: the page does not reload.
 */
export const siteAwayPage = (sent: boolean): string =>
  shortPage({
    title: 'a moment, please',
    head: sent ? '' : `<meta http-equiv="refresh" content="${AGAIN_SECONDS}">`,
    main: `<h1>A moment, please</h1><p>The part of this server that has accounts and changes rooms does not answer right now. Rooms on air go on.</p><p>${
      sent
        ? 'What you sent may not have been saved. Go back, look, and send it again in a minute.'
        : 'This page looks again by itself.'
    }</p><p><a href="/">To the start page</a></p>`,
    french: `<h2>Un instant, s’il vous plaît</h2><p>La partie de ce serveur qui tient les comptes et modifie les salles ne répond pas en ce moment. Les salles à l’antenne continuent.</p><p>${
      sent
        ? 'Votre envoi n’est peut-être pas enregistré. Revenez en arrière, vérifiez, et renvoyez-le dans une minute.'
        : 'Cette page regarde d’elle-même à nouveau.'
    }</p><p><a href="/">À la page d’accueil</a></p>`,
  });

/**
 * The same in the place of a post inside a page of another site. There is no way out of it, so nothing of ours takes that
 * site's page away.
 */
export const frameAwayPage = (): string =>
  shortPage({
    title: 'a moment, please',
    head: `<meta http-equiv="refresh" content="${AGAIN_SECONDS}">`,
    main: '<p>The server of this post does not answer right now. The post comes by itself as soon as it does.</p>',
    french:
      '<p>Le serveur de cette publication ne répond pas en ce moment. Elle vient d’elle-même dès qu’il répond.</p>',
  });
