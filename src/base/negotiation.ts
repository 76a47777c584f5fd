/** Shared rules about versions and content codings for all parts that answer HTTP. */
import { createHash } from 'node:crypto';

/** A strong entity tag of some bytes, quoted. Spec: RFC 9110, 8.8.3. */
export const etagOf = (bytes: Uint8Array): string =>
  `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;

/**
 * The entity tag of a coded representation. Different bytes need different tags, so that no cache mixes them. Spec: RFC
 * 9110, 8.8.3.3.
 */
export const codedTag = (etag: string, coding: 'br' | 'gzip' | undefined): string =>
  coding === undefined ? etag : etag.replace(/"$/, `-${coding}"`);

/** Whether an entity tag is listed in If-None-Match; proxies may have made it weak. Spec: RFC 9110, 13.1.2. */
export const matches = (header: string | undefined, etag: string): boolean =>
  header === '*' || (header ?? '').split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);

const named = (coding: string): RegExp =>
  new RegExp(`(?:^|,)\\s*${coding}\\s*(?:,|$|;(?!\\s*q=0(?:\\.0*)?\\s*(?:,|$)))`, 'i');
const CODINGS = { br: named('br'), gzip: named('gzip') } as const;

/** Whether Accept-Encoding names a coding with a weight above zero. Spec: RFC 9110, 12.5.3. */
export const takes = (header: string | undefined, coding: keyof typeof CODINGS): boolean =>
  CODINGS[coding].test(header ?? '');

/** The languages of the pages. */
export type PageLanguage = 'en' | 'fr';

/** The language for an Accept-Language header: French if it is preferred to English. Spec: RFC 9110, 12.5.4. */
export function languageOf(accepted: string | undefined): PageLanguage {
  const wanted = { en: 0, fr: 0 };
  let first: PageLanguage | undefined;
  for (const entry of (accepted ?? '').slice(0, 200).toLowerCase().split(',')) {
    const found = /^\s*(en|fr)(?:-[a-z0-9-]+)?\s*(?:;\s*q=([\d.]+))?\s*$/.exec(entry);
    if (!found) continue;
    const name = found[1] as PageLanguage;
    // With equal weights the first name is preferred.
    first ??= name;
    wanted[name] ||= Number(found[2] ?? 1);
  }
  return wanted.fr > wanted.en || (wanted.fr > 0 && wanted.fr === wanted.en && first === 'fr') ? 'fr' : 'en';
}
