import {
  DEFAULT_MICROPHONE,
  type Microphone,
  type MicrophoneRefusal,
  openMicrophone,
} from '../../capture/index.ts';

/** The microphone of a listener on stage: the system's own, and another one when that is unplugged. */
export interface CalledMicrophone {
  readonly track: MediaStreamTrack | undefined;
  /** Opens it, closed to everybody until `mute(false)`; why there is none, otherwise undefined. */
  open(): Promise<MicrophoneRefusal | undefined>;
  mute(muted: boolean): void;
  close(): void;
}

/** Prepares it. `changed`: there is another track to send; `gone`: it was taken away, and there is no other one. */
export function calledMicrophone(
  changed: () => void,
  gone: (why: MicrophoneRefusal) => void,
): CalledMicrophone {
  let microphone: Microphone | undefined;
  let [muted, closed] = [true, false];
  const open = async (): Promise<MicrophoneRefusal | undefined> => {
    const opened = await openMicrophone(DEFAULT_MICROPHONE, () => void another());
    if (typeof opened === 'string') return opened;
    if (closed) {
      opened.close();
      return undefined;
    }
    microphone?.close();
    microphone = opened;
    opened.mute(muted);
    return undefined;
  };
  const another = async (): Promise<void> => {
    const refused = await open();
    if (closed) return;
    if (refused) gone(refused);
    else changed();
  };
  return {
    get track() {
      return microphone?.track;
    },
    open,
    mute(on) {
      muted = on;
      microphone?.mute(on);
    },
    close() {
      closed = true;
      microphone?.close();
    },
  };
}
