/** The clock by which minutes are counted: that of the machine, but that nobody can set it meanwhile. */
import { systemClock } from '../base/clock.ts';
import { followWallClock, openSteadyWall, type SteadyWall } from '../native/steady-wall.ts';
import type { Paths } from './paths.ts';

/** Opens it, as the other processes have it. `stepped`: see `openSteadyWall`. */
export const openCountingClock = (at: Paths, stepped?: (ahead: number) => void): SteadyWall =>
  openSteadyWall({ clock: systemClock, path: at.countingClock, ...(stepped && { stepped }) });

/** Follows the machine's clock again, before any process counts. */
export const resetCountingClock = (at: Paths): void => followWallClock(at.countingClock, systemClock);
