import { restoreBackup } from '../../backup/index.ts';
import { EarshotError } from '../../base/errors.ts';
import { fromProcess } from '../../config/index.ts';
import { paths } from '../../role/paths.ts';
import { readArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { running } from '../doctor/running.ts';
import { openProgress } from './progress-line.ts';

const HELP = `earshot restore FILE             puts a backup into the data folder and the database, which must be empty
earshot restore FILE --check     checks every byte of it, changes nothing, works beside a running server

The database may be of the other kind than it was: rows of SQLite go into PostgreSQL, and back.

  --data DIR        the data folder, if it is not the configured one
  --database URL    the database, if it is not the configured one
  --json            print the answer as JSON`;

/** `earshot restore FILE [--check]`. */
export const command: Command = async (args) => {
  const { values, positionals } = readArguments(
    'restore',
    args,
    {
      data: { type: 'string' },
      database: { type: 'string' },
      check: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
    1,
  );
  const [from] = positionals;
  if (values.help || !from) {
    console.log(HELP);
    return values.help ? 0 : 2;
  }
  const config = fromProcess([
    ...(values.data ? ['--data', values.data] : []),
    ...(values.database ? ['--database', values.database] : []),
  ]);
  if (config.database === 'sqlite::memory:')
    throw new EarshotError('unprocessable', 'a database in memory keeps nothing: name another');
  const at = paths(config.data);
  if (!values.check && (await running(config)))
    throw new EarshotError(
      'wrong-moment',
      `Earshot is running on the data folder ${config.data}: nothing was changed; restore into an empty folder (--data DIR)`,
    );
  // Below the data folder it is made in place with everything else.
  const inside = config.database === `sqlite:${at.database}`;
  const database = inside ? undefined : config.database;
  const progress = openProgress(values.json);
  const { head, bytes, files, rows } = await restoreBackup({
    ...{ from, data: config.data, database, check: values.check, progress },
  }).finally(() => progress.end());
  const what = `${(bytes / 1e6).toFixed(1)} MB of ${head.at} by Earshot ${head.earshot}: ${files} files, ${rows} rows`;
  console.log(
    values.json
      ? JSON.stringify({ ok: true, restored: !values.check, ...head, bytes, files, rows })
      : values.check
        ? `${from} is whole, every byte of it: ${what}`
        : `restored into ${config.data}: ${what}`,
  );
  return 0;
};
