import { join } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { EarshotError } from '../base/errors.ts';
import { silentLog } from '../base/log.ts';
import { fromProcess } from '../config/index.ts';
import { diskFiles, open, ROTATE } from '../evidence/index.ts';
import { paths } from '../role/paths.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { pause } from './pause.ts';

const HELP = `earshot evidence rotate-key    signs the evidence log with a new key from now on; the old one announces it in the log

  --data DIR    the data folder, if it is not the configured one

The server may run meanwhile. Afterwards tell people the new key: /evidence/keys.json has it.`;

/** A running server looks every ten seconds. */
const WAIT_MS = 40_000;
const LOOK_MS = 250;

/** `earshot evidence rotate-key`. */
export const command: Command = async (args) => {
  const { values, positionals } = readArguments(
    'evidence',
    args,
    { data: { type: 'string' }, help: { type: 'boolean', default: false } },
    1,
  );
  const [verb] = positionals;
  if (values.help || verb === undefined) {
    console.log(HELP);
    return values.help ? 0 : 2;
  }
  if (verb !== 'rotate-key')
    throw new EarshotError('unprocessable', `there is no "evidence ${verb}"; see earshot evidence --help`);
  const at = paths(fromProcess(values.data ? ['--data', values.data] : []).data);
  const before = await keysIn(at.evidence);
  if (before === undefined)
    throw new EarshotError('unprocessable', `there is no evidence log in ${at.evidence} yet`);
  await diskFiles.replace(join(at.evidence, ROTATE), '');
  // Where no server runs, the log is opened here, and finds the request.
  const opened = await open({
    ...{ dir: at.evidence, lock: at.lock('evidence'), clock: systemClock, log: silentLog, origin: 'unused' },
  }).catch(() => undefined);
  await opened?.[Symbol.asyncDispose]();
  for (let waited = 0; waited < WAIT_MS; waited += LOOK_MS) {
    const keys = await keysIn(at.evidence);
    if (keys && keys.length > before.length) {
      console.log(`the evidence log signs with a new key:\n${keys.at(-1)}`);
      return 0;
    }
    await pause(LOOK_MS, new AbortController().signal);
  }
  throw new EarshotError(
    'unprocessable',
    'the key was not changed within 40 s: look at the log of the server. The request stays, and is done as soon as it can be',
  );
};

async function keysIn(dir: string): Promise<readonly string[] | undefined> {
  const text = await diskFiles.readWhole(join(dir, 'log.json'));
  return text === undefined ? undefined : (JSON.parse(text.toString()) as { keys: string[] }).keys;
}
