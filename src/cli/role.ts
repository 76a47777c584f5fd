import { flushCompileCache } from 'node:module';
import { EarshotError } from '../base/errors.ts';
import type { Config } from '../config/index.ts';
import type { Command } from './command.ts';

/**
 * `earshot role NAME INDEX`: runs one role in this process. The supervisor starts it and sends it the configuration,
 * because reading and checking it here would cost memory for good.
 */
export const command: Command = async ([name, index]) => {
  // What `ps` and `top` show. The words in brackets are those of the command line that this replaces.
  process.title = `earshot ${name}-${index} (role ${name} ${index})`;
  const { asRole } = await import('../roles.ts');
  const role = asRole(name);
  if (!role) throw new EarshotError('bad-config', `there is no role "${name}"`);
  if (!process.send)
    throw new EarshotError('bad-config', 'a role is started by its supervisor: earshot start --role');
  const [{ told }, { runRole }] = await Promise.all([import('../supervisor/index.ts'), import('../main.ts')]);
  // Whoever is killed has no time for it later.
  return runRole(await told<Config>(), role, Number(index), flushCompileCache);
};
