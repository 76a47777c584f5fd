import { serveParent } from '../rehearsal/index.ts';
import type { Command } from './command.ts';

/** `earshot crowd-process`: one process of a rehearsal. `earshot crowd` starts it. */
export const command: Command = async () => {
  await serveParent();
  return 0;
};
