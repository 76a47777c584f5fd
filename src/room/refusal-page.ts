import type { Context } from 'hono';
import { ERRORS, type ErrorCode } from '../base/errors.ts';
import { languageOf } from '../base/negotiation.ts';
import { escapeHtml } from '../base/plain-text.ts';
import type { RoomRefusal } from './refusal.ts';

const ENGLISH = {
  title: 'No room was started',
  back: 'Back to the start page',
  closed: 'This does not open a room',
  again: 'Back to the room’s address',
  unknown: 'Check the address and the password.',
  notListed:
    'Your account is not on the list of a room at this address. Ask whoever invited you, or sign in with the account that was invited.',
  often: 'Too many attempts. Try again in a minute.',
  way: 'On the machine that runs this server, open the page at <code>http://localhost</code> (with its port): there, anyone can start rooms. Elsewhere, open the operator’s link, or paste it into the form. The operator finds it with <code>earshot operator link</code>.',
} as const;
const FRENCH = {
  title: 'Aucune salle n’a été créée',
  back: 'Retour à la page d’accueil',
  closed: 'Cela n’ouvre aucune salle',
  again: 'Retour à l’adresse de la salle',
  unknown: 'Vérifiez l’adresse et le mot de passe.',
  notListed:
    'Votre compte n’est sur la liste d’aucune salle à cette adresse. Adressez-vous à la personne qui vous a invité, ou connectez-vous avec le compte invité.',
  often: 'Trop d’essais. Réessayez dans une minute.',
  way: 'Sur la machine qui fait tourner ce serveur, ouvrez la page à l’adresse <code>http://localhost</code> (avec son port) : on y crée des salles sans rien d’autre. Ailleurs, ouvrez le lien de l’exploitant, ou collez-le dans le formulaire. L’exploitant l’obtient avec <code>earshot operator link</code>.',
} as const;

/** The answer to a refused form to start a room, for browsers without scripts: what happened, and how to get in. */
export function refusalPage(c: Context, { refused, detail }: RoomRefusal): Response {
  const words = wordsFor(c);
  const { status, title } = ERRORS[refused];
  const way = status === 401 || refused === 'operator-only';
  return page(c, status, words.title, way ? words.way : escapeHtml(detail ?? title), ['/#start', words.back]);
}

/** The same for the form of a private room; `room`: its address. */
export function closedPage(c: Context, { refused, detail }: RoomRefusal, room: string): Response {
  const words = wordsFor(c);
  const { status, title } = ERRORS[refused];
  const known: Partial<Record<ErrorCode, string>> = {
    'room-unknown': words.unknown,
    'account-not-listed': words.notListed,
    'too-many-passwords': words.often,
  };
  return page(c, status, words.closed, known[refused] ?? escapeHtml(detail ?? title), [room, words.again]);
}

const wordsFor = (c: Context) => (languageOf(c.req.header('accept-language')) === 'fr' ? FRENCH : ENGLISH);

function page(
  c: Context,
  status: number,
  title: string,
  said: string,
  [to, name]: readonly [string, string],
): Response {
  const language = languageOf(c.req.header('accept-language'));
  return new Response(
    `<!doctype html>
<html lang="${language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex"><title>${title}</title>
<main><h1>${title}</h1><p>${said}</p><p><a href="${to}">${name}</a></p></main></html>
`,
    {
      status,
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'",
        vary: 'accept-language',
      },
    },
  );
}
