import { stat } from 'node:fs/promises';
import type { Config } from '../../config/index.ts';
import { journalsIn, look } from '../journal.ts';
import type { Finding } from './finding.ts';

/** Newest files are read first, up to this many bytes: the other checks are waiting. */
const MOST_BYTES = 32_000_000;

/** Checks that the journals of the data folder are unchanged. */
export async function journals(config: Config): Promise<Finding> {
  const what = 'Journals';
  const files = await Promise.all(
    (await journalsIn(config.data)).map(async (path) => ({
      path,
      of: await stat(path).catch(() => undefined),
    })),
  );
  files.sort((a, b) => (b.of?.mtimeMs ?? 0) - (a.of?.mtimeMs ?? 0));
  let left = MOST_BYTES;
  const read = files.filter(({ of }) => {
    left -= of?.size ?? 0;
    return left >= 0;
  });
  const looked = await Promise.all(read.map(({ path }) => look(path)));
  const bad = looked.filter(({ found }) => !found?.holds);
  const entries = looked.reduce((sum, { found }) => sum + (found?.entries ?? 0), 0);
  if (bad.length === 0)
    return {
      ...{ what, state: 'good' },
      found: looked.length === 0 ? 'none yet' : `${looked.length} with ${entries} entries, unchanged`,
    };
  return {
    ...{ what, state: 'notice' },
    found: `${bad.length} of ${looked.length} were changed, have lost entries or cannot be read; the first is ${bad[0]?.path}`,
    change: 'run earshot journal verify to see where; sound does not depend on it',
  };
}
