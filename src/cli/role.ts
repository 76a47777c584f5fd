import { statfsSync } from 'node:fs';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { dirname } from 'node:path';
import { EarshotError } from '../base/errors.ts';
import type { Command } from './index.ts';

/** What is kept takes 5 MB: never of a disk on which recordings may soon need them. */
const PLENTY_BYTES = 200e6;

/**
 * `earshot role NAME INDEX COMPILED [flags]`: one role in this process. The supervisor starts it. What Node makes of
 * our files is kept in the folder COMPILED, so that a role that has died is back in half the time: nothing of ours is
 * loaded before.
 */
export const command: Command = async ([name, index, compiled = '', ...flags]) => {
  // What `ps` and `top` show. The words in brackets are those of the command line that this replaces.
  process.title = `earshot ${name}-${index} (role ${name} ${index})`;
  if (hasPlenty(dirname(compiled))) enableCompileCache(compiled);
  const { asRole } = await import('../roles.ts');
  const role = asRole(name);
  if (!role) throw new EarshotError('bad-config', `there is no role "${name}"`);
  const [{ fromProcess }, { runRole }] = await Promise.all([
    import('../config/index.ts'),
    import('../main.ts'),
  ]);
  // Whoever is killed has no time for it later.
  return runRole(fromProcess(flags), role, Number(index), flushCompileCache);
};

function hasPlenty(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize > PLENTY_BYTES;
  } catch {
    return false;
  }
}
