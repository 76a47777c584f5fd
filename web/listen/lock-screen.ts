/** What buttons on the lock screen, a headset and the keyboard do. */
export interface LockScreenActions {
  play(): void;
  pause(): void;
  live(): void;
  seek(by: number): void;
}

/** The room on the lock screen. */
export interface LockScreen {
  playing(on: boolean): void;
}

/** Shows the room on the lock screen and handles its buttons, in browsers that can. */
export function lockScreen(title: string, hosts: string, asked: LockScreenActions): LockScreen {
  const session = 'mediaSession' in navigator ? navigator.mediaSession : undefined;
  if (!session) return { playing() {} };
  session.metadata = new MediaMetadata({
    title: `\u2068${title}\u2069`,
    artist: hosts,
    album: 'Earshot',
    // Lock screens of phones show no SVG.
    artwork: [
      { src: '/_/icon-192.png', sizes: '192x192', type: 'image/png' },
      { src: '/_/icon-512.png', sizes: '512x512', type: 'image/png' },
      { src: '/favicon.svg', sizes: 'any', type: 'image/svg+xml' },
    ],
  });
  const answer = (action: MediaSessionAction, run: (details: MediaSessionActionDetails) => void): void => {
    try {
      session.setActionHandler(action, run);
    } catch {
      // This browser does not know the button.
    }
  };
  answer('play', () => asked.play());
  answer('pause', () => asked.pause());
  answer('stop', () => asked.pause());
  answer('seekbackward', ({ seekOffset }) => asked.seek(-(seekOffset ?? 15)));
  answer('seekforward', ({ seekOffset }) => asked.seek(seekOffset ?? 15));
  answer('nexttrack', () => asked.live());
  return {
    playing(on) {
      session.playbackState = on ? 'playing' : 'paused';
    },
  };
}
