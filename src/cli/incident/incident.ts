import { readFile } from 'node:fs/promises';
import { EarshotError } from '../../base/errors.ts';
import { fromProcess } from '../../config/index.ts';
import type { Incident, IncidentOutline } from '../../incident/index.ts';
import { webhookKey } from '../../role/incidents.ts';
import { operatorToken } from '../../role/operator-link.ts';
import { readArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { givenAddress, serverAddress } from '../local-server.ts';
import { call } from '../room.ts';
import { localTime } from '../room-table.ts';

const HELP = `earshot incident list                          what went wrong on a server, newest first
earshot incident show ID                       one of them, with the facts as an account begins with them
earshot incident open "TITLE" [--room SLUG]    says that something is wrong that was not measured; it lasts until it is closed
earshot incident note ID "TEXT"                publishes a note beside it, as a statement of whoever writes it
earshot incident close ID                      ends what a person has opened; what is measured ends by itself
earshot incident postmortem ID --file FILE     publishes an account of it (plain text; # headings, - points); - is standard input
earshot incident webhook-key                   prints the key that signs what incidentWebhooks are sent

What a person writes is published as theirs, beside the measurements and never among them. It cannot be removed; a new
version of an account stands above the earlier ones.
  --url URL        the server (default: this machine, at the configured port)
  --token T        the operator's token; for a note a host link's as well (default: the operator's, from the data folder)
  --data DIR       that data folder, if it is not the configured one
  --json           print the answer as JSON

Exit code: 0 done, 1 refused, with the reason.`;

/** Lifetime of a token made for one command. */
const TOKEN_SECONDS = 600;
const VERBS: ReadonlySet<string> = new Set([
  'list',
  'show',
  'open',
  'note',
  'close',
  'postmortem',
  'webhook-key',
]);

/** `earshot incident VERB …`. */
export const command: Command = async (args) => {
  const { values, positionals } = readArguments(
    'incident',
    args,
    {
      room: { type: 'string' },
      file: { type: 'string' },
      url: { type: 'string' },
      token: { type: 'string' },
      data: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
    3,
  );
  const [verb, subject, text] = positionals;
  if (values.help || verb === undefined) {
    console.log(HELP);
    return values.help ? 0 : 2;
  }
  if (!VERBS.has(verb))
    throw new EarshotError('unprocessable', `there is no "incident ${verb}"; see earshot incident --help`);
  const config = fromProcess(values.data ? ['--data', values.data] : []);
  const api = `${givenAddress(values.url) ?? serverAddress(config)}/api/incidents`;
  if (verb === 'list') {
    const { incidents } = (await call(api, 'GET')) as unknown as { incidents: readonly IncidentOutline[] };
    console.log(values.json ? JSON.stringify({ incidents }) : incidentList(incidents));
    return 0;
  }
  if (verb === 'webhook-key') {
    const key = webhookKey(config);
    console.log(values.json ? JSON.stringify({ key }) : key);
    return 0;
  }
  if (subject === undefined)
    throw new EarshotError(
      'unprocessable',
      `earshot incident ${verb} needs ${verb === 'open' ? 'a title' : 'an ID'}`,
    );
  const one = `${api}/${encodeURIComponent(subject)}`;
  const token = values.token ?? config.operatorKey ?? (await operatorToken(config, TOKEN_SECONDS));
  if (verb === 'show') {
    const found = (await call(one, 'GET', token)) as unknown as { incident: Incident; draft: string };
    console.log(values.json ? JSON.stringify(found) : found.draft);
    return 0;
  }
  const sent =
    verb === 'open'
      ? call(api, 'POST', token, {
          title: subject,
          ...(values.room === undefined ? {} : { room: values.room }),
        })
      : verb === 'note'
        ? call(`${one}/notes`, 'POST', token, { text: text ?? '' })
        : verb === 'close'
          ? call(`${one}/close`, 'POST', token, {})
          : call(`${one}/postmortem`, 'POST', token, { text: await accountFrom(values.file) });
  const { id } = (await sent) as unknown as { id: string };
  console.log(values.json ? JSON.stringify({ id }) : `Published: ${new URL(api).origin}/incidents/${id}`);
  return 0;
};

async function accountFrom(file: string | undefined): Promise<string> {
  if (file === undefined)
    throw new EarshotError('unprocessable', 'earshot incident postmortem needs --file FILE');
  if (file !== '-')
    return readFile(file, 'utf8').catch((cause: unknown) => {
      throw new EarshotError('unprocessable', `${file} cannot be read`, { cause });
    });
  process.stdin.setEncoding('utf8');
  let text = '';
  for await (const chunk of process.stdin) text += String(chunk);
  return text;
}

/** Incidents for a person at a terminal. */
function incidentList(incidents: readonly IncidentOutline[]): string {
  if (incidents.length === 0) return 'Nothing has gone wrong since this server began to write it down.';
  return incidents
    .map(({ id, window, label, title, rooms }) => {
      const when = `${localTime(window.from)} ${window.to === undefined ? 'going on' : `to ${localTime(window.to)}`}`;
      const where = rooms.length > 0 ? rooms.slice(0, 5).join(' ') : 'this server';
      return `${id}  ${when}  ${label}  ${where}${title === undefined ? '' : `  “${title}”`}`;
    })
    .join('\n');
}
