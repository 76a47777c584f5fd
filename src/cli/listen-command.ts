import { EarshotError } from '../base/errors.ts';
import { decimal, readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { listen } from './listen.ts';

const HELP = `earshot listen URL [-o FILE] [--seconds N] [--json]

A listener without a browser: URL is a room (http://host/r/slug) or its stream. Prints delay, gaps, repeats and
dead air, one line a second; with --json one object at the end. -o writes what was heard: .wav decoded, .mp4 unchanged.
The delay is from the end of each 320 ms of sound to its arrival here, by this machine's clock.`;

/** What a timer holds. */
const LONGEST_SECONDS = 2_147_483;

/** `earshot listen URL`. Exits 1 when nothing came, or anything was missing or came twice. */
export const command: Command = async (args) => {
  const { values, positionals } = readArguments(
    'listen',
    args,
    {
      out: { type: 'string', short: 'o' },
      seconds: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
    1,
  );
  const [url] = positionals;
  if (values.help || !url) {
    console.log(HELP);
    return values.help ? 0 : 2;
  }
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new EarshotError(
      'unprocessable',
      `"${url}" is not an address such as http://localhost:8080/r/welcome`,
    );
  const seconds =
    values.seconds === undefined
      ? undefined
      : decimal(values.seconds, 'seconds', 0.1, LONGEST_SECONDS, 'number of seconds');
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const result = await listen(url, {
    ...(values.out ? { out: values.out } : {}),
    ...(seconds === undefined ? {} : { seconds }),
    json: values.json,
    signal: stop.signal,
  });
  return result.fragments > 0 && result.gaps === 0 && result.repeats === 0 ? 0 : 1;
};
