/** What the lock screen and the buttons of headsets do while a recording is heard. */
import type { Sound } from '../sound.ts';

/** The buttons' meaning and the place that is shown. */
export interface ReplayLockScreen {
  /** On: the buttons mean speakers of the recording; off: what they mean in a live room. */
  bind(on: boolean): void;
  /** Where the recording is, and how long it is; seconds. */
  place(at: number, whole: number): void;
}

/** What the buttons lead to. */
export interface ReplayMoves {
  skip(by: 1 | -1): boolean;
  go(at: number): void;
}

/** Opens them; in browsers without a media session nothing happens. */
export function openLockScreen(sound: Sound, { skip, go }: ReplayMoves): ReplayLockScreen {
  let bound = false;
  /** Buttons of the lock screen and of headsets mean speakers while the recording is heard. */
  const bind = (on: boolean): void => {
    const session = 'mediaSession' in navigator ? navigator.mediaSession : undefined;
    if (!session || on === bound) return;
    bound = on;
    const answer = (action: MediaSessionAction, run: MediaSessionActionHandler | null): void => {
      try {
        session.setActionHandler(action, run);
      } catch {
        // This browser does not know the button.
      }
    };
    answer('previoustrack', on ? () => skip(-1) : null);
    answer('nexttrack', on ? () => skip(1) : () => sound.live());
    answer('seekto', on ? ({ seekTime }) => seekTime !== undefined && go(seekTime) : null);
  };
  const place = (at: number, whole: number): void => {
    const session = 'mediaSession' in navigator ? navigator.mediaSession : undefined;
    if (!sound.replay || !Number.isFinite(whole) || at > whole || whole === 0) return;
    session?.setPositionState?.({
      duration: whole,
      position: at,
      playbackRate: sound.audio.playbackRate || 1,
    });
  };
  return { bind, place };
}
