import { EarshotError } from '../base/errors.ts';
import { configuration, DEFAULTS, EDGES, type EdgeProgram } from '../edge/index.ts';
import { readArguments, wholeNumber } from './arguments.ts';
import type { Command } from './command.ts';

const HELP = `earshot edge ${EDGES.join('|')} [--origin HOST:PORT] [--listen PORT] [--folder DIR] [--size MB]

Prints the configuration of a cache in front of Earshot. cdn prints rules in words, for settings made by hand.
  --origin  where Earshot listens (${DEFAULTS.origin.host}:${DEFAULTS.origin.port})
  --listen  where the cache listens, nginx and HAProxy (${DEFAULTS.listen})
  --folder  where nginx stores its cache (${DEFAULTS.folder})
  --size    megabytes it may store (${DEFAULTS.megabytes})

  earshot edge nginx > /etc/nginx/conf.d/earshot.conf && nginx -s reload
docs/caches.md says which one to choose.`;

/** A port from 1 to 65535. */
const LISTEN =
  /^(?:[\w.-]+:|\[[\da-f:]+\]:)?(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5])$/i;
/** A petabyte. */
const MOST_MEGABYTES = 1_000_000_000;

/** `earshot edge PROGRAM`: prints a configuration. */
export const command: Command = async (args) => {
  const { values, positionals } = readArguments(
    'edge',
    args,
    {
      origin: { type: 'string' },
      listen: { type: 'string' },
      folder: { type: 'string' },
      size: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
    1,
  );
  const edge = EDGES.find((known) => known === positionals[0]) as EdgeProgram | undefined;
  if (!values.help && !edge && positionals[0] !== undefined)
    throw new EarshotError(
      'unprocessable',
      `there is no "edge ${positionals[0]}", only ${EDGES.join(', ')}; see earshot edge --help`,
    );
  if (values.help || !edge) {
    console.log(HELP);
    return values.help ? 0 : 2;
  }
  const megabytes =
    values.size === undefined ? DEFAULTS.megabytes : wholeNumber(values.size, 'size', 8, MOST_MEGABYTES);
  // What is written into a file of another program must not be able to say more than it should.
  for (const [name, text, form, use] of [
    ['--listen', values.listen, LISTEN, 'a port from 1 to 65535, with or without an address before it'],
    ['--folder', values.folder, /^\/[\w./-]+$/, 'an absolute path of letters, digits and ./_-'],
  ] as const)
    if (text !== undefined && !form.test(text))
      throw new EarshotError('unprocessable', `${name} = ${text}: use ${use}`);
  console.log(
    configuration(edge, {
      origin: values.origin === undefined ? DEFAULTS.origin : hostAndPort(values.origin),
      listen: values.listen ?? DEFAULTS.listen,
      folder: values.folder ?? DEFAULTS.folder,
      megabytes,
    }),
  );
  return 0;
};

function hostAndPort(text: string): { host: string; port: number } {
  const [, host, port] = /^(\[[\da-f:.]{2,45}\]|[\w.-]{1,253}):(\d{1,5})$/i.exec(text) ?? [];
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535)
    throw new EarshotError(
      'unprocessable',
      `--origin = ${text}: use a host and a port from 1 to 65535, such as 10.0.0.5:8080 or [2001:db8::5]:8080`,
    );
  return { host, port: Number(port) };
}
