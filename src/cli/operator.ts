import { EarshotError } from '../base/errors.ts';
import { fromProcess } from '../config/index.ts';
import { readSecret } from '../keys/secret.ts';
import { operatorLink, operatorToken, renewOperatorLink } from '../role/operator-link.ts';
import { paths } from '../role/paths.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { publicAddress } from './local-server.ts';

const HELP = `earshot operator link           prints the operator's link: anyone who opens it can start rooms and is host in each
earshot operator link --new     makes a new one; earlier ones stop working at once

  --data DIR    the data folder, if it is not the configured one
  --json        print the answer as JSON`;

/** `earshot operator link [--new]`. */
export const command: Command = async (args) => {
  const { values, positionals } = readArguments(
    'operator',
    args,
    {
      new: { type: 'boolean', default: false },
      data: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
    1,
  );
  const [verb] = positionals;
  if (values.help || !verb) {
    console.log(HELP);
    return values.help ? 0 : 2;
  }
  if (verb !== 'link')
    throw new EarshotError('unprocessable', `there is no "operator ${verb}"; see earshot operator --help`);
  const config = fromProcess(values.data ? ['--data', values.data] : []);
  readSecret(paths(config.data).secret);
  if (values.new) renewOperatorLink(config);
  const token = (await operatorToken(config)) ?? '';
  const link = operatorLink(publicAddress(config), token);
  console.log(values.json ? JSON.stringify({ link, token }) : link);
  return 0;
};
