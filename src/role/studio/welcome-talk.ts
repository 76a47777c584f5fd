import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Slug, SpeakerId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import { LOCAL_GENERATION, type Tokens } from '../../keys/token.ts';
import { readSound, type Stage, speak } from '../../stage/index.ts';

/** Dependencies of the talk. */
export interface WelcomeTalkDeps {
  readonly slug: Slug;
  readonly log: Log;
  readonly tokens: Tokens;
  readonly stage: Pick<Stage, 'fetch'>;
}

/** The speaker of the welcome room, connected over WebRTC like any other. */
export interface WelcomeTalk extends Disposable {
  /**
   * Whether somebody is listening: the talk begins when they come, and stops when the last of them leaves.
   */
  hearing(on: boolean): void;
}

const TALK = fileURLToPath(new URL('../../../assets/welcome.opus', import.meta.url));
/** Music between two talks. */
const PAUSE_MS = 25_000;
const RETRY_MS = 1_000;

/** Opens the talk; nothing is said before `hearing(true)`. */
export function openWelcomeTalk({ slug, log, tokens, stage }: WelcomeTalkDeps): WelcomeTalk {
  let talking: AbortController | undefined;
  const talk = async (signal: AbortSignal): Promise<void> => {
    const token = await tokens.sign({
      ...{ slug, speaker: 'welcome-talk' as SpeakerId, role: 'speaker', name: 'Earshot' },
      generation: LOCAL_GENERATION,
    });
    const whip = `http://studio/r/${slug}/whip?takeover=1`;
    const ask: typeof fetch = (input, init) => stage.fetch(new Request(input, init));
    while (!signal.aborted)
      try {
        await speak({ whip, token, sound: await readSound(TALK), signal, log, ask });
        await sleep(PAUSE_MS, undefined, { signal, ref: false });
      } catch (error) {
        if (signal.aborted) return;
        log.debug({ error: String(error) }, 'the welcome talk could not begin; trying again');
        await sleep(RETRY_MS, undefined, { signal, ref: false }).catch(() => undefined);
      }
  };
  return {
    hearing(on) {
      if (on === (talking !== undefined)) return;
      talking?.abort();
      talking = on ? new AbortController() : undefined;
      if (talking) void talk(talking.signal);
    },
    [Symbol.dispose]: () => talking?.abort(),
  };
}
