/** A microphone or loudspeaker to choose from. */
export interface Device {
  readonly id: string;
  /** Empty until the person has allowed the microphone. */
  readonly label: string;
}

/** The machine's sound devices at this moment. */
export interface Devices {
  readonly inputs: readonly Device[];
  readonly outputs: readonly Device[];
}

/**
 * Calls `changed` now and whenever a device is plugged in or out, until the signal aborts. The returned function looks
 * again.
 */
export function watchDevices(changed: (devices: Devices) => void, signal: AbortSignal): () => Promise<void> {
  const look = async () => {
    const all = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
    if (signal.aborted) return;
    const of = (kind: MediaDeviceKind) =>
      all
        .filter((d) => d.kind === kind && d.deviceId !== '')
        .map((d) => ({ id: d.deviceId, label: d.label }));
    changed({ inputs: of('audioinput'), outputs: of('audiooutput') });
  };
  navigator.mediaDevices?.addEventListener('devicechange', () => void look(), { signal });
  void look();
  return look;
}
