import { EarshotError } from '../../base/errors.ts';
import { fromProcess } from '../../config/index.ts';
import { type DefenceAct, type ListedNetwork, REST, readNetwork } from '../../door/index.ts';
import { type Paths, paths } from '../../role/paths.ts';
import { readArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { bannedOf, type ExportFormat, exported, FORMATS } from './exports.ts';
import { actsIn, addTo, askLift, networksOf, removeFrom, textOf } from './lists.ts';

const HELP = `earshot defence list              what the doors do now about whom, and why; the operator's lists
earshot defence lift NETWORK      take it back; whoever still costs too much begins at the first step again
earshot defence lift rest         the same for all who share a row, because a table of costs is full
earshot defence allow NETWORK     always serve an address or network, such as 192.0.2.7 or 2001:db8::/48
earshot defence deny NETWORK      never serve it
earshot defence remove NETWORK    take it off both lists
earshot defence export FORMAT     who is refused now and the deny list, for programs in front:
${Object.entries(FORMATS)
  .map(([name, does]) => `                                    ${name.padEnd(16)} ${does}`)
  .join('\n')}

  --data DIR     the data folder, if it is not the configured one
  --remark TEXT  written beside the network in a list
  --json         print the answer as JSON`;

/** Bans of the deny list have no end; other programs want one. */
const DENY_MS = 86_400_000;

type Verb = 'list' | 'lift' | 'allow' | 'deny' | 'remove' | 'export';

/** `earshot defence …`. */
export const command: Command = async (args) => {
  const { values, positionals } = readArguments(
    'defence',
    args,
    {
      data: { type: 'string' },
      remark: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
    2,
  );
  const [verb, what] = positionals;
  if (values.help || !verb) {
    console.log(HELP);
    return values.help ? 0 : 2;
  }
  const config = fromProcess(values.data ? ['--data', values.data] : []);
  const at = paths(config.data);
  switch (verb as Verb) {
    case 'list':
      return list(at, config.doors, values.json);
    case 'export':
      return print(at, config.doors, what);
    case 'lift':
      return lift(at, what === REST ? REST : networkOf(verb, what), values.json);
    case 'allow':
    case 'deny':
    case 'remove':
      return change(at, verb as Verb, networkOf(verb, what), values);
    default:
      throw new EarshotError('unprocessable', `there is no "defence ${verb}"; see earshot defence --help`);
  }
};

function networkOf(verb: string, text: string | undefined): ListedNetwork {
  const network = text === undefined ? undefined : readNetwork(text);
  if (network) return network;
  throw new EarshotError(
    'unprocessable',
    `earshot defence ${verb} needs an address or a network, such as 192.0.2.7 or 192.0.2.0/24`,
  );
}

/** What all doors do now. */
async function actsOf(at: Paths, doors: number): Promise<readonly DefenceAct[]> {
  const texts = await Promise.all(Array.from({ length: doors }, (_, door) => textOf(at.defence.now(door))));
  return texts.flatMap(actsIn);
}

async function list(at: Paths, doors: number, json: boolean): Promise<number> {
  const acts = await actsOf(at, doors);
  const [allow, deny] = [await networksOf(at.defence.allow), await networksOf(at.defence.deny)];
  if (json) {
    console.log(JSON.stringify({ acts, allow, deny }));
    return 0;
  }
  console.log(acts.map(lineOf).join('\n') || 'nothing is done about anybody now');
  if (allow.length > 0) console.log(`\nalways served: ${allow.join(', ')}`);
  if (deny.length > 0) console.log(`\nnever served: ${deny.join(', ')}`);
  return 0;
}

const timeOf = (at: number): string => new Date(at).toISOString().slice(11, 19);

const lineOf = ({ scope, who, step, mode, reason, since, until }: DefenceAct): string =>
  `${who.padEnd(24)} ${scope.padEnd(8)} ${step.padEnd(7)}${mode === 'on' ? '' : ' (log-only)'} ` +
  `${timeOf(since)} to ${timeOf(until)} UTC  ${reason}`;

async function print(at: Paths, doors: number, format: string | undefined): Promise<number> {
  if (format === undefined || !(format in FORMATS))
    throw new EarshotError(
      'unprocessable',
      `earshot defence export needs a format: ${Object.keys(FORMATS).join(', ')}`,
    );
  const lists = { allow: await networksOf(at.defence.allow), deny: await networksOf(at.defence.deny) };
  const now = Date.now();
  const banned = bannedOf(await actsOf(at, doors), lists, now + DENY_MS);
  process.stdout.write(exported(format as ExportFormat, banned, now));
  return 0;
}

async function lift(at: Paths, what: ListedNetwork | typeof REST, json: boolean): Promise<number> {
  await askLift(at.defence.lifts, what, Date.now());
  const said = what === REST ? REST : `${what.address}/${what.bits}`;
  console.log(
    json
      ? JSON.stringify({ verb: 'lift', network: said })
      : `what the doors do about ${said} is taken back within two seconds`,
  );
  return 0;
}

async function change(
  at: Paths,
  verb: Verb,
  network: ListedNetwork,
  { remark, json }: { readonly remark?: string | undefined; readonly json: boolean },
): Promise<number> {
  const { allow, deny } = at.defence;
  const said = `${network.address}/${network.bits}`;
  const why = (remark ?? `by hand, ${new Date().toISOString().slice(0, 16)} UTC`).replace(/[\r\n#]/g, ' ');
  let text: string;
  if (verb === 'remove') {
    const [one, other] = [await removeFrom(allow, network), await removeFrom(deny, network)];
    text = one || other ? `${said} is on no list any more` : `${said} was on no list`;
  } else {
    await removeFrom(verb === 'allow' ? deny : allow, network);
    const added = await addTo(verb === 'allow' ? allow : deny, network, why);
    const state = verb === 'allow' ? 'always served' : 'never served';
    text = added ? `${said} is ${state} from now on` : `${said} was on that list already`;
  }
  console.log(json ? JSON.stringify({ verb, network: said }) : text);
  return 0;
}
