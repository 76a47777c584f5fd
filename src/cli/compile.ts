import { flushCompileCache } from 'node:module';
import type { Command } from './command.ts';

/** `earshot compile`: reads what runs for long, so that Node keeps what it makes of it. The set-up runs it. */
export const command: Command = async () => {
  await Promise.all([
    import('./start.ts'),
    import('./role.ts'),
    import('../role/door.ts'),
    import('../role/site.ts'),
    import('../role/studio.ts'),
  ]);
  flushCompileCache();
  return 0;
};
