import type { RequestFailure } from '../api/index.ts';
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

const AWAY: Readonly<
  Record<PageLanguage, readonly [title: string, away: string, broken: (mark: string) => string]>
> = {
  en: [
    'Reminders',
    'The server cannot read its database at the moment. Try again in ten seconds.',
    (mark) =>
      `A mistake of ours keeps this from being shown or saved. The operator of this server finds it in the log as ${mark}; tell them if it happens again.`,
  ],
  fr: [
    'Rappels',
    'Le serveur ne peut pas lire sa base de données en ce moment. Réessayez dans dix secondes.',
    (mark) =>
      `Une erreur de notre part empêche d’afficher ou d’enregistrer ceci. L’exploitant de ce serveur la trouve dans le journal sous ${mark} ; dites-le-lui si elle se répète.`,
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

/** The page in place of one that could not be made: the database is away, or we have made a mistake. */
export function failedAnswer(
  deps: Pick<AroundRoomDeps, 'frame'>,
  request: Request,
  { mark }: RequestFailure,
): Response {
  const language = languageFor(request);
  const [title, away, broken] = AWAY[language];
  const says = mark === undefined ? away : broken(mark);
  const main = `<main class="page people"><h1>${title}</h1><p class="bad" role="alert">${says}</p></main>`;
  const page = { title, about: says, path: new URL(request.url).pathname, main };
  return mark === undefined
    ? syndicationPage(deps, language, page, 503, { 'retry-after': '10' })
    : syndicationPage(deps, language, page, 500);
}
