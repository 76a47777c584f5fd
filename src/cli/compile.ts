import { flushCompileCache } from 'node:module';
import type { Command } from './command.ts';

/**
 * `earshot compile`: loads the long-running parts, so that Node keeps their compiled code. The set-up runs it.
 */
export const command: Command = async () => {
  await Promise.all([
    import('./start.ts'),
    import('./role.ts'),
    import('../role/door.ts'),
    import('../role/site.ts'),
    import('../role/studio.ts'),
    import('../role/tally.ts'),
    import('../role/press.ts'),
  ]);
  flushCompileCache();
  return 0;
};
