/** What the parts that answer HTTP agree on about versions and codings of a thing. */
import { createHash } from 'node:crypto';

/** A strong entity tag of some bytes, quoted. Spec: RFC 9110, 8.8.3. */
export const etagOf = (bytes: Uint8Array): string =>
  `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;

/** The tag of a thing in a coding: other bytes are another tag, so that no cache mixes them. Spec: RFC 9110, 8.8.3.3. */
export const codedTag = (etag: string, coding: 'br' | 'gzip' | undefined): string =>
  coding === undefined ? etag : etag.replace(/"$/, `-${coding}"`);

/** Whether an entity tag is among those of If-None-Match; proxies may have made it a weak one. Spec: RFC 9110, 13.1.2. */
export const matches = (header: string | undefined, etag: string): boolean =>
  header === '*' || (header ?? '').split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);

const named = (coding: string): RegExp =>
  new RegExp(`(?:^|,)\\s*${coding}\\s*(?:,|$|;(?!\\s*q=0(?:\\.0*)?\\s*(?:,|$)))`, 'i');
const CODINGS = { br: named('br'), gzip: named('gzip') } as const;

/** Whether Accept-Encoding names a coding, and not with a weight of nought. Spec: RFC 9110, 12.5.3. */
export const takes = (header: string | undefined, coding: keyof typeof CODINGS): boolean =>
  CODINGS[coding].test(header ?? '');

/** The languages that people read here. */
export type Language = 'en' | 'fr';

/** The language for an Accept-Language: French where it is wanted more than English. Spec: RFC 9110, 12.5.4. */
export function languageOf(accepted: string | undefined): Language {
  const wanted = { en: 0, fr: 0 };
  let first: Language | undefined;
  for (const entry of (accepted ?? '').slice(0, 200).toLowerCase().split(',')) {
    const found = /^\s*(en|fr)(?:-[a-z0-9-]+)?\s*(?:;\s*q=([\d.]+))?\s*$/.exec(entry);
    if (!found) continue;
    const name = found[1] as Language;
    // First named, first wanted, where weights are the same.
    first ??= name;
    wanted[name] ||= Number(found[2] ?? 1);
  }
  return wanted.fr > wanted.en || (wanted.fr > 0 && wanted.fr === wanted.en && first === 'fr') ? 'fr' : 'en';
}
