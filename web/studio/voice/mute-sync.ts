import { type Refusal, retryDelay } from '../../capture/index.ts';

/** Dependencies of mute sync. */
export interface MuteSyncOptions {
  /** Whether the microphone is off; undefined while this person is not on stage, and nothing is sent. */
  muted(): boolean | undefined;
  send(muted: boolean): Promise<Refusal | undefined>;
  /** Called when the studio refuses. */
  refused(muted: boolean, why: Refusal): void;
}

/**
 * Tells the studio whether a microphone is off; call the returned function whenever that may have changed. Sends one
 * message at a time, so that none overtakes another, and repeats it until it arrives: the newest state wins.
 */
export function openMuteSync({ muted, send, refused }: MuteSyncOptions): () => void {
  let due = false;
  let busy = false;
  async function run(): Promise<void> {
    busy = true;
    let failures = 0;
    while (due) {
      due = false;
      const now = muted();
      if (now === undefined) break;
      const why = await send(now);
      if (why && (why.status === 0 || why.status === 429 || why.status >= 500)) {
        due = true;
        const delay = retryDelay(++failures, why.retryAfter);
        await new Promise((resolve) => setTimeout(resolve, delay));
      } else {
        failures = 0;
        if (why) refused(now, why);
      }
    }
    busy = false;
  }
  return () => {
    due = true;
    if (!busy) void run();
  };
}
