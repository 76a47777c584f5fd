import { shortPage } from './short-page.ts';

/** The script of this page, at an address that never changes: it is kept together with the page. */
const SCRIPT = '/_/offline.js';

/**
 * The page that a browser keeps and shows when it reaches no server. It cannot know why, and says so; it is in both
 * languages, because nobody is asked.
 */
export const OFFLINE_PAGE = shortPage({
  title: 'no connection',
  head: `<meta name="robots" content="noindex"><script type="module" src="${SCRIPT}"></script>`,
  main: `<h1>No connection to this server</h1><p>Either your device is offline, or the server cannot be reached from where you are. A room goes on without you, and where it is recorded, you can hear afterwards what you missed.</p><p data-status role="status" hidden>This page tries again by itself, and opens what you asked for as soon as it can. There is nothing you need to do.</p><p><a href="" data-again>Try again now</a></p>`,
  french: `<h2>Pas de connexion à ce serveur</h2><p>Ou bien votre appareil est hors ligne, ou bien le serveur est hors d’atteinte d’où vous êtes. Une salle continue sans vous, et si elle est enregistrée, vous pourrez entendre ensuite ce que vous avez manqué. Cette page réessaie d’elle-même, et ouvre ce que vous avez demandé dès que possible. Vous n’avez rien à faire.</p><p><a href="" data-again>Réessayer maintenant</a></p>`,
});
