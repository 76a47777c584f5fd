import type { Context } from 'hono';
import { ERRORS } from '../base/errors.ts';
import { languageOf } from '../base/negotiation.ts';
import { escapeHtml } from '../base/plain-text.ts';
import type { RoomRefusal } from './refusal.ts';

const ENGLISH = {
  title: 'No room was started',
  back: 'Back to the start page',
  way: 'On the machine that runs this server, open the page at <code>http://localhost</code> (with its port): there, anyone can start rooms. Elsewhere, open the operator’s link, or paste it into the form. The operator finds it with <code>earshot operator link</code>.',
} as const;
const FRENCH = {
  title: 'Aucune salle n’a été créée',
  back: 'Retour à la page d’accueil',
  way: 'Sur la machine qui fait tourner ce serveur, ouvrez la page à l’adresse <code>http://localhost</code> (avec son port) : on y crée des salles sans rien d’autre. Ailleurs, ouvrez le lien de l’exploitant, ou collez-le dans le formulaire. L’exploitant l’obtient avec <code>earshot operator link</code>.',
} as const;

/** The answer to a refused form for browsers without scripts: what happened, and how to get in. */
export function refusalPage(c: Context, { refused, detail }: RoomRefusal): Response {
  const language = languageOf(c.req.header('accept-language'));
  const words = language === 'fr' ? FRENCH : ENGLISH;
  const { status, title } = ERRORS[refused];
  const way = status === 401 || refused === 'operator-only';
  const said = way ? words.way : escapeHtml(detail ?? title);
  return new Response(
    `<!doctype html>
<html lang="${language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex"><title>${words.title}</title>
<main><h1>${words.title}</h1><p>${said}</p><p><a href="/#start">${words.back}</a></p></main></html>
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
