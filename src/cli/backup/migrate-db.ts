import { existsSync } from 'node:fs';
import { moveDatabase } from '../../backup/index.ts';
import { EarshotError } from '../../base/errors.ts';
import { lockFolder } from '../../base/socket-file.ts';
import { fromProcess } from '../../config/index.ts';
import { paths } from '../../role/paths.ts';
import { readArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { openProgress } from './progress-line.ts';

const HELP = `earshot migrate-db --to URL      copies every row into an empty database, reads it back and compares it;
                                 stop Earshot before, and start it after with --database URL

  --to URL      postgres://USER:PASSWORD@HOST:PORT/NAME, or sqlite:PATH for the way back
  --from URL    the database to copy (default: the configured one)
  --without-nul NUL characters in texts, which PostgreSQL cannot hold, are left out; else such a row is refused
  --data DIR    the data folder, if it is not the configured one
  --json        print the answer as JSON`;

/** `earshot migrate-db --to URL`. */
export const command: Command = async (args) => {
  const { values } = readArguments(
    'migrate-db',
    args,
    {
      to: { type: 'string' },
      from: { type: 'string' },
      'without-nul': { type: 'boolean', default: false },
      data: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
    0,
  );
  if (values.help || !values.to) {
    console.log(HELP);
    return values.help ? 0 : 2;
  }
  const config = fromProcess(values.data ? ['--data', values.data] : []);
  const at = paths(config.data);
  const from = values.from ?? config.database ?? `sqlite:${at.database}`;
  const { to } = values;
  if (to === from) throw new EarshotError('unprocessable', '--to is the database itself: name another');
  // What is written meanwhile would be lost.
  await using running = existsSync(at.run) ? await lockFolder(at.lock('site')) : undefined;
  if (existsSync(at.run) && !running)
    throw new EarshotError('wrong-moment', 'Earshot is running: stop it, and start it with the new database');
  const progress = openProgress(values.json, { unit: 'rows' });
  const result = await moveDatabase({ from, to, progress, withoutNul: values['without-nul'] }).finally(() =>
    progress.end(),
  );
  console.log(
    values.json
      ? JSON.stringify(result)
      : `${result.rows} rows of ${result.tables} tables are there, each compared${result.nuls ? `; ${result.nuls} of them without their NUL characters` : ''}. Start Earshot with the setting database at that address; the old database is as it was.`,
  );
  return 0;
};
