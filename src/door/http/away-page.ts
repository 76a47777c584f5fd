import { ERRORS } from '../../base/errors.ts';
import { languageOf } from '../../base/negotiation.ts';
import type { Reply } from '../../base/reply.ts';

const WORDS = {
  en: {
    title: 'A moment, please',
    says: 'The part of this server that has accounts and changes rooms does not answer right now. Rooms on air go on.',
    again: 'This page looks again by itself.',
    send: 'What you sent may not have been saved. Go back, look, and send it again in a minute.',
    home: 'To the start page',
  },
  fr: {
    title: 'Un instant, s’il vous plaît',
    says: 'La partie de ce serveur qui tient les comptes et modifie les salles ne répond pas en ce moment. Les salles à l’antenne continuent.',
    again: 'Cette page regarde d’elle-même à nouveau.',
    send: 'Votre envoi n’est peut-être pas enregistré. Revenez en arrière, vérifiez, et renvoyez-le dans une minute.',
    home: 'À la page d’accueil',
  },
} as const;
/** How long a page that was only looked at waits before it looks again, in seconds. */
const AGAIN_SECONDS = 5;

/** What a person reads in a browser while the site is away, in place of the problem that programs get. */
export function awayPage(
  {
    method,
    acceptLanguage,
  }: { readonly method: string | undefined; readonly acceptLanguage: string | undefined },
  headers: Readonly<Record<string, string>>,
): Reply {
  const language = languageOf(acceptLanguage);
  const words = WORDS[language];
  const reads = method === 'GET';
  const refresh = reads ? `<meta http-equiv="refresh" content="${AGAIN_SECONDS}">` : '';
  return {
    status: ERRORS['site-away'].status,
    headers: {
      ...headers,
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'",
      vary: 'accept, accept-language',
    },
    body: `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">${refresh}<title>${words.title}</title></head>
<body><main><h1>${words.title}</h1><p>${words.says}</p><p>${reads ? words.again : words.send}</p><p><a href="/">${words.home}</a></p></main></body></html>
`,
  };
}
