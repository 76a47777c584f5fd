import { keep, kept } from './words.ts';

const KEY = 'earshot-device';
let fresh: string | undefined;

/**
 * The random key of this browser: a host can keep a device from a stage by it. Where nothing can be stored it is
 * another one for each page.
 */
export function deviceKey(): string {
  const known = kept(KEY);
  if (known !== null && /^[\w-]{16,64}$/.test(known)) return known;
  if (fresh === undefined) {
    const bytes = crypto.getRandomValues(new Uint8Array(18));
    fresh = btoa(String.fromCharCode(...bytes))
      .replaceAll('+', '-')
      .replaceAll('/', '_');
    keep(KEY, fresh);
  }
  return fresh;
}
