import { languageOf, type PageLanguage } from '../base/negotiation.ts';
import { escapeHtml } from '../base/plain-text.ts';
import type { AccountCard } from '../wire/account.ts';
import type { AroundRoomDeps, SyndicationPage } from './deps.ts';

/** What every page is sent with: nothing inline, nothing foreign, kept nowhere. Spec: CSP 3. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'same-origin',
  vary: 'accept-language, cookie',
} as const;

const AWAY: Readonly<Record<PageLanguage, readonly [title: string, says: string]>> = {
  en: ['Reminders', 'The server cannot read its database at the moment. Try again in ten seconds.'],
  fr: [
    'Rappels',
    'Le serveur ne peut pas lire sa base de données en ce moment. Réessayez dans dix secondes.',
  ],
};

/** The language for a request: the one that an account has chosen, or that of the browser. */
export const languageFor = (request: Request, who?: Pick<AccountCard, 'language'>): PageLanguage =>
  who?.language ?? languageOf(request.headers.get('accept-language') ?? undefined);

/** A whole page as an answer. */
export function syndicationPage(
  { frame }: Pick<AroundRoomDeps, 'frame'>,
  language: PageLanguage,
  page: SyndicationPage,
  status = 200,
  more: Record<string, string> = {},
): Response {
  const html =
    frame?.(language, page) ??
    `<!doctype html><html lang="${language}"><meta charset="utf-8"><title>${escapeHtml(page.title)}</title>${page.main}</html>`;
  return new Response(html, { status, headers: { ...HEADERS, ...more } });
}

/** The page while the database is away. */
export function awayAnswer(deps: Pick<AroundRoomDeps, 'frame'>, request: Request): Response {
  const language = languageFor(request);
  const [title, says] = AWAY[language];
  const main = `<main class="page people"><h1>${title}</h1><p class="bad" role="alert">${says}</p></main>`;
  const page = { title, about: says, path: new URL(request.url).pathname, main };
  return syndicationPage(deps, language, page, 503, { 'retry-after': '10' });
}
