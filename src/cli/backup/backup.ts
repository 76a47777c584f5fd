import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import project from '../../../package.json' with { type: 'json' };
import { makeBackup, writeBackupMark } from '../../backup/index.ts';
import { fromProcess } from '../../config/index.ts';
import { paths } from '../../role/paths.ts';
import { readArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { openProgress } from './progress-line.ts';

const HELP = `earshot backup [FILE]     one file with everything: database, recordings, music, evidence, raw records, incidents,
                          lists and KEYS. Whoever has it can speak as every host: keep it like a password.
                          Earshot goes on meanwhile. Without a name: earshot-DATE.tar; a folder may be named as well.

  --data DIR    the data folder, if it is not the configured one
  --json        print the answer as JSON`;

/** `earshot backup [FILE]`. */
export const command: Command = async (args) => {
  const { values, positionals } = readArguments(
    'backup',
    args,
    {
      data: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
    1,
  );
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const config = fromProcess(values.data ? ['--data', values.data] : []);
  const usual = `earshot-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.tar`;
  const named = positionals[0] ?? '.';
  const to = existsSync(named) && statSync(named).isDirectory() ? join(named, usual) : named;
  const progress = openProgress(values.json);
  const report = await makeBackup({
    ...{ data: config.data, to: resolve(to), version: project.version, now: () => Date.now(), progress },
    database: config.database ?? `sqlite:${paths(config.data).database}`,
  }).finally(() => progress.end());
  await writeBackupMark(paths(config.data).backupMark, Date.now(), report).catch(() =>
    console.error(
      'earshot: the backup is made; /operate/server will not know of it, as the data folder cannot be written to',
    ),
  );
  const { file, bytes, files, rows, gone } = report;
  console.log(
    values.json
      ? JSON.stringify(report)
      : `${file}: ${(bytes / 1e6).toFixed(1)} MB, ${files} files, ${rows} rows${gone > 0 ? `; ${gone} files were removed by the server meanwhile` : ''}
It contains every key of this server, and only you may read it: keep it like a password.
Try it with: earshot restore ${file} --check`,
  );
  return 0;
};
