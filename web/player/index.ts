/** The player: plays one room live with whatever this browser supports. */
import { livePlayer } from './live.ts';
import { nativePlayer } from './native.ts';
import type { Player, PlayerOptions } from './player.ts';

export type { Player, PlayerOptions, PlayerState, PlayerStats } from './player.ts';

/** Opens the best player that this browser supports; nothing is fetched before `play`. */
export function openPlayer(options: PlayerOptions): Player {
  const audio = options.audio ?? new Audio();
  return livePlayer(options, audio) ?? nativePlayer(options, audio);
}

export { nativePlayer };
