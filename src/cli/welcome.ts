import { fileURLToPath } from 'node:url';
import { asSlug, asSpeakerId } from '../base/ids.ts';
import { openLog } from '../base/log.ts';
import { LOCAL_GENERATION, openTokens } from '../base/token.ts';
import { fromProcess } from '../config/index.ts';
import { paths } from '../role/paths.ts';
import { readSecret } from '../role/secret.ts';
import { readSound, speak } from '../stage/index.ts';
import { supervised } from '../supervisor/index.ts';
import type { Command } from './index.ts';
import { serverAddress } from './local-server.ts';
import { pause } from './pause.ts';

const TALK = fileURLToPath(new URL('../../assets/welcome.opus', import.meta.url));
/** Music between two talks. */
const PAUSE_MS = 25_000;
const RETRY_MS = 1_000;

/** `earshot welcome`: the speaker of the welcome room, a WebRTC publisher like any other. */
export const command: Command = async (flags) => {
  process.title = 'earshot welcome-0';
  const config = fromProcess(flags);
  const log = openLog(config.logLevel, { process: 'welcome-0' });
  const parent = supervised();
  const stop = new AbortController();
  void parent.stop.then(() => stop.abort());
  const slug = asSlug('welcome');
  const speaker = asSpeakerId('welcome-talk');
  if (!slug || !speaker) return 1;
  const token = await openTokens(readSecret(paths(config.data).secret)).sign({
    slug,
    speaker,
    role: 'speaker',
    name: 'Earshot',
    generation: LOCAL_GENERATION,
  });
  parent.ready();
  while (!stop.signal.aborted) {
    try {
      const whip = `${serverAddress(config)}/r/${slug}/whip?takeover=1`;
      await speak({ whip, token, sound: await readSound(TALK), signal: stop.signal, log });
      await pause(PAUSE_MS, stop.signal);
    } catch (error) {
      log.debug({ error: String(error) }, 'the studio is not answering yet');
      await pause(RETRY_MS, stop.signal);
    }
  }
  return 0;
};
