/** The packager: encodes one program in all renditions, cut on the grid of 320 ms. */
import { startThread } from './encoder-thread.ts';
import { openWith, type Packager, type PackagerDeps } from './flow.ts';

export type { Packager, PackagerDeps } from './flow.ts';
export type { LoopDeps, PackagedLoop } from './loop.ts';
export { packageLoop } from './loop.ts';

/**
 * Starts the encoders and warms them up (about a second). A thread that dies is restarted and continues with the slot
 * due then; the slots in between are missing.
 * @throws when the encoders cannot be started the first time.
 */
export const open = (deps: PackagerDeps): Promise<Packager> => openWith(deps, startThread);
