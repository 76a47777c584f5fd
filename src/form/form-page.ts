import { escapeHtml } from '../base/plain-text.ts';
import { mediaTypeOf, readBody } from '../http/index.ts';

/** What every page with forms is sent with: nothing inline, nothing foreign, kept nowhere. Spec: CSP 3. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  // A link in a mail is a secret that stands in the address.
  'referrer-policy': 'no-referrer',
  vary: 'accept-language, cookie',
} as const;

/** A page: its title and its main part. */
export interface FormPage {
  readonly title: string;
  readonly main: string;
  /** The path of a page that only somebody has who is signed in: the ways to their other pages stand on it. */
  readonly own?: string;
  /** Notifications of whom it belongs to that came after their last look. */
  readonly unseen?: number;
}

/** The frame that pages are shown in. */
export type FormFrame<P extends FormPage> = (language: 'en' | 'fr', page: P) => string;

/** A whole page as an answer; without a frame it is bare HTML. `more`: headers beside, or in place of, those of all. */
export function formAnswer<P extends FormPage>(
  frame: FormFrame<P> | undefined,
  language: 'en' | 'fr',
  page: P,
  status = 200,
  more: Readonly<Record<string, string>> = {},
): Response {
  const html =
    frame?.(language, page) ??
    `<!doctype html><html lang="${language}"><meta charset="utf-8"><title>${escapeHtml(page.title)}</title>${page.main}</html>`;
  return new Response(html, { status, headers: { ...HEADERS, ...more } });
}

/** The fields of a form of at most `most` bytes; undefined when it is too long, broke off, or is none. */
export async function sentFields(request: Request, most: number): Promise<URLSearchParams | undefined> {
  if (mediaTypeOf(request.headers.get('content-type')) !== 'application/x-www-form-urlencoded')
    return undefined;
  const bytes = await readBody(request.body, request.headers.get('content-length'), most);
  return typeof bytes === 'string' ? undefined : new URLSearchParams(bytes.toString('utf8'));
}

/** Sends the browser on to another page of ours, with the cookies of another answer. */
export function goOn(location: string, status = 303, cookies: readonly string[] = []): Response {
  const headers = new Headers({ location, 'cache-control': 'no-store' });
  for (const cookie of cookies) headers.append('set-cookie', cookie);
  return new Response(null, { status, headers });
}
