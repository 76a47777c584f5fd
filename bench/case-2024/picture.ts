import { eveningPicture, factsOfBundle } from '../../src/claims/index.ts';

/** The pictures of a bundle, by file name. @throws RangeError when the bundle cannot be read. */
export function eveningPictures(bundle: string): Readonly<Record<string, string>> {
  const read = factsOfBundle(bundle);
  if ('why' in read) throw new RangeError(read.why);
  return {
    'evening.svg': eveningPicture(read.facts, 'en'),
    'evening-fr.svg': eveningPicture(read.facts, 'fr'),
  };
}
