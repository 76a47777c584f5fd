import { openLog } from '../base/log.ts';
import { fromProcess } from '../config/index.ts';
import { readSound, speak } from '../stage/index.ts';
import { decimal, readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { givenAddress, serverAddress, signLocally } from './local-server.ts';
import { pause } from './pause.ts';
import { openReturn } from './sound/return.ts';

const HELP = `earshot say FILE --room SLUG [--name NAME] [--url URL] [--token TOKEN] [--loop] [--pause SECONDS]

Speaks FILE (WAV or Ogg Opus; other formats if ffmpeg is installed) into a room over real WebRTC.
Without --token it signs a speaker link with the secret of the data folder on this machine.
Listeners hear it once the room is live: earshot room live SLUG. With --loop it comes back by itself when the server\nrestarts, and ends when the link is withdrawn or the room is over.`;

/** `earshot say FILE --room SLUG`. */
export const command: Command = async (args) => {
  const { values, positionals } = readArguments(
    'say',
    args,
    {
      room: { type: 'string' },
      name: { type: 'string', default: 'Announcer' },
      url: { type: 'string' },
      token: { type: 'string' },
      data: { type: 'string' },
      loop: { type: 'boolean', default: false },
      pause: { type: 'string', default: '0' },
      help: { type: 'boolean', default: false },
    },
    1,
  );
  const [file] = positionals;
  if (values.help || !file || !values.room) {
    console.log(HELP);
    return values.help ? 0 : 2;
  }
  const between = decimal(values.pause, 'pause', 0, 86_400, 'number of seconds') * 1000;
  const config = fromProcess(values.data ? ['--data', values.data] : []);
  const log = openLog(config.logLevel).part('say');
  const url = givenAddress(values.url) ?? serverAddress(config);
  const token = values.token ?? (await signLocally(config, values.room, 'speaker', values.name));
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  const whip = `${url}/r/${values.room}/whip?takeover=1`;
  const again = openReturn({ wait: (ms) => pause(ms, stop.signal), say: (line) => console.error(line) });
  do {
    const sound = await readSound(file);
    try {
      await speak({ whip, token, sound, signal: stop.signal, log, connected: () => again.well() });
    } catch (error) {
      // Without --loop whoever called decides; with it, a restart of the server is no reason to end.
      if (!values.loop || stop.signal.aborted || !(await again.after(error))) throw error;
      continue;
    }
    if (values.loop && between > 0) await pause(between, stop.signal);
  } while (values.loop && !stop.signal.aborted);
  return 0;
};
