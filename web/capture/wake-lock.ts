/** Keeps the screen on until the signal aborts, in browsers that can. Spec: Screen Wake Lock, 6. */
export function keepAwake(signal: AbortSignal): void {
  let lock: WakeLockSentinel | undefined;
  const ask = async () => {
    if (document.visibilityState !== 'visible' || signal.aborted || !('wakeLock' in navigator)) return;
    lock = await navigator.wakeLock.request('screen').catch(() => undefined);
    if (signal.aborted) void lock?.release();
  };
  // The browser takes the lock away whenever the page is hidden.
  document.addEventListener('visibilitychange', () => void ask(), { signal });
  signal.addEventListener('abort', () => void lock?.release(), { once: true });
  void ask();
}
