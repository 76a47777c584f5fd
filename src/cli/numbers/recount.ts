import { request } from 'node:http';
import { EarshotError } from '../../base/errors.ts';
import { fromProcess } from '../../config/index.ts';
import { paths } from '../../role/paths.ts';
import { readArguments } from '../arguments.ts';
import type { Command } from '../command.ts';

const HELP = `earshot numbers recount --room SLUG   count a room again from its raw records, by the rules of today

What is found is written into the evidence log as a correction; what was said before stays beside it. Earshot must be
running on this machine.

  --data DIR    the data folder, if it is not the configured one
  --json        print the answer as JSON`;

/** The tally waits for its thread, which has a quarter of an hour. */
const WAIT_MS = 16 * 60_000;

interface RecountAnswer {
  readonly done: boolean;
  readonly why?: 'not-opened' | 'incomplete' | 'failed';
  readonly figures?: Readonly<Record<string, { readonly net: number; readonly gross: number }>>;
  readonly entry?: number;
}

const WHY = {
  'not-opened': 'the room has not been opened yet',
  incomplete: 'its raw records are not complete any more, so nothing was changed',
  failed: 'its raw records cannot be read: see the log',
} as const;

/** `earshot numbers recount --room SLUG`. */
export const command: Command = async (args) => {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const options = { room: text, data: text, json: flag, help: flag };
  const { values, positionals } = readArguments('numbers', args, options, 1);
  const [verb] = positionals;
  if (values.help || !verb) {
    console.log(HELP);
    return values.help ? 0 : 2;
  }
  if (verb !== 'recount')
    throw new EarshotError('unprocessable', `there is no "numbers ${verb}"; see earshot numbers --help`);
  if (!values.room) throw new EarshotError('unprocessable', 'earshot numbers recount needs --room SLUG');
  const config = fromProcess(values.data ? ['--data', values.data] : []);
  const answer = await ask(paths(config.data).tallyHttp, `/recount/${encodeURIComponent(values.room)}`);
  if (values.json) console.log(JSON.stringify(answer));
  else if (answer.done)
    for (const [id, { net, gross }] of Object.entries(answer.figures ?? {}))
      console.log(`${id.padEnd(18)} ${String(net).padStart(12)}   (${gross} before the rules)`);
  else console.log(`${values.room} was not counted again: ${WHY[answer.why ?? 'failed']}`);
  return answer.done ? 0 : 1;
};

function ask(socketPath: string, path: string): Promise<RecountAnswer> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(WAIT_MS);
    const asked = request({ socketPath, path, method: 'POST', signal }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('error', reject);
      answer.on('data', (chunk: string) => {
        body += chunk;
      });
      answer.on('end', () => {
        if (answer.statusCode === 404)
          reject(new EarshotError('room-unknown', 'nothing was ever counted of this room'));
        else resolve(JSON.parse(body) as RecountAnswer);
      });
    });
    asked.on('error', (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === 'ENOENT' || cause.code === 'ECONNREFUSED'
          ? new EarshotError('doors-away', 'Earshot is not running on this data folder', { cause })
          : cause,
      ),
    );
    asked.end();
  });
}
