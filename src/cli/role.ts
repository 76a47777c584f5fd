import { EarshotError } from '../base/errors.ts';
import { fromProcess } from '../config/index.ts';
import { runRole } from '../main.ts';
import { asRole } from '../roles.ts';
import type { Command } from './index.ts';

/** `earshot role NAME INDEX [flags]`: one role in this process. The supervisor starts it. */
export const command: Command = async ([name, index, ...flags]) => {
  const role = asRole(name);
  if (!role) throw new EarshotError('bad-config', `there is no role "${name}"`);
  return runRole(fromProcess(flags), role, Number(index));
};
