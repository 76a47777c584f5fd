import { fileURLToPath } from 'node:url';
import { EarshotError } from '../../base/errors.ts';
import type { Finding } from './finding.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const BUILD = `npm --prefix '${ROOT}' run build`;

interface Freshness {
  missingPackage(root: string, dev: boolean): string | undefined;
  pagesAreOld(root: string): boolean;
}

const load = async (): Promise<Freshness> =>
  (await import(new URL('../../../scripts/freshness.mjs', import.meta.url).href)) as Freshness;

/**
 * Checks that packages and pages match this code, which they may not after an upgrade. Returns a warning of outdated
 * pages, or nothing.
 * @throws EarshotError `bad-config` when the packages do not match.
 */
export async function checkFreshness(): Promise<string> {
  const [{ missingPackage, pagesAreOld }] = [await load()];
  const missing = missingPackage(ROOT, false);
  if (missing !== undefined)
    throw new EarshotError(
      'bad-config',
      `the installed packages do not match this version of Earshot (${missing}). Run once: ${BUILD}`,
    );
  return pagesAreOld(ROOT)
    ? `earshot: the pages were built from another version of Earshot, so visitors get outdated ones. Run once: ${BUILD}\n`
    : '';
}

/** Checks freshness for `doctor`. */
export async function freshness(): Promise<Finding> {
  const what = 'Packages and pages';
  const { missingPackage, pagesAreOld } = await load();
  const missing = missingPackage(ROOT, false);
  if (missing !== undefined)
    return { what, state: 'bad', found: `do not match this version: ${missing}`, change: `run ${BUILD}` };
  if (pagesAreOld(ROOT))
    return {
      what,
      state: 'bad',
      found: 'the pages were built from an older or newer version of the code',
      change: `run ${BUILD}, and start again`,
    };
  return { what, state: 'good', found: 'match this version' };
}
