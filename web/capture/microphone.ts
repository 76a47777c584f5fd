/** The microphone a person chose, and how its sound is processed. */
export interface MicrophoneChoice {
  /** Absent: the system's default. */
  readonly deviceId?: string;
  /** Stereo, with all processing off. */
  readonly music: boolean;
  readonly echoCancellation: boolean;
  readonly noiseSuppression: boolean;
  readonly autoGainControl: boolean;
}

/** Why there is no microphone. */
export type MicrophoneRefusal = 'denied' | 'none' | 'busy' | 'insecure' | 'failed';

/** An open microphone. */
export interface Microphone {
  /** What is published; disabled while muted. */
  readonly track: MediaStreamTrack;
  readonly deviceId: string;
  readonly label: string;
  /** Current level in dBFS, −127 for silence; also measured while muted, so that the page can say "you are muted". */
  level(): number;
  mute(muted: boolean): void;
  /** Plays the microphone back into the person's own ears, for the check. */
  hearYourself(on: boolean): void;
  close(): void;
}

/** The choice of a person who has not chosen anything. */
export const DEFAULT_MICROPHONE: MicrophoneChoice = {
  music: false,
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
};

/** The constraints of a choice. Spec: Media Capture and Streams, 4.3.8. */
export function constraintsOf(choice: MicrophoneChoice): MediaTrackConstraints {
  const process = !choice.music;
  return {
    ...(choice.deviceId ? { deviceId: { exact: choice.deviceId } } : {}),
    echoCancellation: process && choice.echoCancellation,
    noiseSuppression: process && choice.noiseSuppression,
    autoGainControl: process && choice.autoGainControl,
    channelCount: { ideal: choice.music ? 2 : 1 },
    sampleRate: { ideal: 48_000 },
  };
}

/** Why `getUserMedia` failed, as one of our reasons. */
export function refusalOfMicrophone(error: unknown): MicrophoneRefusal {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'none';
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy';
  return 'failed';
}

/** Opens a microphone; `ended` is called once when it is unplugged or taken away, never after `close`. */
export async function openMicrophone(
  choice: MicrophoneChoice,
  ended: () => void,
): Promise<Microphone | MicrophoneRefusal> {
  if (!globalThis.isSecureContext || !navigator.mediaDevices) return 'insecure';
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: constraintsOf(choice) });
  } catch (error) {
    return refusalOfMicrophone(error);
  }
  const track = stream.getAudioTracks()[0];
  if (!track) return 'none';
  track.addEventListener('ended', ended, { once: true });
  // The meter has its own copy, because a muted track measures as silence.
  const copy = track.clone();
  const context = new AudioContext({ latencyHint: 'interactive' });
  const source = context.createMediaStreamSource(new MediaStream([copy]));
  const analyser = context.createAnalyser();
  analyser.fftSize = 2048;
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let closed = false;
  return {
    track,
    deviceId: track.getSettings().deviceId ?? '',
    label: track.label,
    level() {
      if (!closed && context.state === 'suspended') void context.resume();
      analyser.getFloatTimeDomainData(samples);
      return levelOf(samples);
    },
    mute: (muted) => {
      track.enabled = !muted;
    },
    hearYourself(on) {
      if (closed) return;
      if (on) source.connect(context.destination);
      else {
        source.disconnect();
        source.connect(analyser);
      }
    },
    close() {
      closed = true;
      track.removeEventListener('ended', ended);
      track.stop();
      copy.stop();
      void context.close();
    },
  };
}

/** Level of full-scale ±1 samples in dBFS (a full-scale sine is 0), −127 for silence. */
export function levelOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const rms = Math.sqrt(sum / Math.max(samples.length, 1));
  return rms > 0 ? Math.max(20 * Math.log10(rms * Math.SQRT2), -127) : -127;
}
