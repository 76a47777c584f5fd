import { type Refusal, retryDelay } from '../../capture/index.ts';

/** What a report needs. */
export interface MuteReportOptions {
  /** Whether the microphone is off now; undefined while this person has no place on stage: then nothing is told. */
  muted(): boolean | undefined;
  send(muted: boolean): Promise<Refusal | undefined>;
  /** The studio does not allow it. */
  refused(muted: boolean, why: Refusal): void;
}

/**
 * Tells the studio that a microphone is off or on; call what comes back whenever that may have changed. One message at a
 * time, so that two of them cannot overtake each other, and again until it is heard: the newest state is the one that stays.
 */
export function openMuteReport({ muted, send, refused }: MuteReportOptions): () => void {
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
