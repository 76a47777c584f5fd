import { EarshotError } from '../../base/errors.ts';
import { fromProcess } from '../../config/index.ts';
import { operatorToken } from '../../role/operator-link.ts';
import { readArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { givenAddress, serverAddress } from '../local-server.ts';
import { call } from '../room.ts';
import { abuseLine, decisionLine, endOf, type ListedAbuse, type ListedDecision } from './lines.ts';

const HELP = `earshot moderation reports [SLUG]          open reports, of one room or of all; --closed: those that are closed
earshot moderation decide ID CHOICE        what is done about a report: dismiss, remove, ban, hide-clip,
                                           hide-question, end-room, unlist-room, stop-room, suspend, remove-post
                                           or clear-profile. Needs --reason. Several IDs, with commas
                                           between them, are decided one after the other
earshot moderation decisions               what is in force, with its ID
earshot moderation lift ID                 takes a decision back. Needs --reason
earshot moderation suspend EMAIL           suspends an account. Needs --reason
earshot moderation unsuspend EMAIL         takes that back. Needs --reason
earshot moderation unlist SLUG             takes a room out of all lists. Needs --reason
earshot moderation audit                   what moderators did, as JSON lines

  --reason TEXT   why; the person concerned reads it, 300 characters at most
  --for SPAN      how long it holds: 90min, 12h, 7d (default: until it is taken back)
  --url URL       the server (default: this machine, at the configured port)
  --token T       the operator's token (default: made from this machine's data folder)
  --data DIR      that data folder, if it is not the configured one
  --json          print the answer as JSON

An ID may be shortened to its last 6 or more characters. Exit code: 0 done, 1 refused, with the reason.`;

/** Lifetime of a token made for one command. */
const TOKEN_SECONDS = 600;
const LEAST_END = 6;

/** What a verb is given. */
interface Given {
  readonly base: string;
  readonly token: string | undefined;
  readonly words: readonly string[];
  readonly reason: string | undefined;
  readonly until: string | undefined;
  readonly closed: boolean;
  readonly json: boolean;
}

/** Prints as JSON, or as lines. */
const print = ({ json }: Given, answer: object, lines: string): void =>
  console.log(json ? JSON.stringify(answer) : lines);

const reasonOf = ({ reason }: Given): string => {
  if (reason?.trim()) return reason;
  throw new EarshotError('unprocessable', '--reason is missing: the person concerned reads it');
};

const wordOf = ({ words }: Given, at: number, what: string): string => {
  const word = words[at];
  if (word) return word;
  throw new EarshotError('unprocessable', `${what} is missing; see earshot moderation --help`);
};

/** The one of `list` that an ID, or its end, names. */
function named<T extends { readonly id: string }>(list: readonly T[], id: string, what: string): T {
  const found = list.filter((one) => one.id === id || (id.length >= LEAST_END && one.id.endsWith(id)));
  const [one, other] = found;
  if (one && !other) return one;
  throw new EarshotError(
    other ? 'unprocessable' : 'not-found',
    other ? `"${id}" names ${found.length} ${what}s: write more of it` : `there is no such ${what}: "${id}"`,
  );
}

async function reports(given: Given): Promise<ListedAbuse[]> {
  const [slug] = given.words;
  const at = slug === undefined ? '/api/moderation' : `/api/rooms/${encodeURIComponent(slug)}`;
  const url = `${given.base}${at}/reports?state=${given.closed ? 'closed' : 'open'}`;
  return ((await call(url, 'GET', given.token)) as unknown as { reports: ListedAbuse[] }).reports;
}

async function decisions({ base, token }: Given): Promise<ListedDecision[]> {
  const answer = await call(`${base}/api/moderation/decisions`, 'GET', token);
  return (answer as unknown as { decisions: ListedDecision[] }).decisions;
}

async function decide(given: Given): Promise<void> {
  const ids = wordOf(given, 0, 'the ID of the report').split(',').filter(Boolean);
  const choice = wordOf(given, 1, 'what is done');
  const reason = reasonOf(given);
  const open = await reports({ ...given, words: [], closed: false });
  const chosen = ids.map((id) => named(open, id, 'open report'));
  const tells = chosen.length > 1 && !given.json && process.stderr.isTTY === true;
  const made: object[] = [];
  try {
    for (const [at, { id }] of chosen.entries()) {
      if (tells) process.stderr.write(`\r\u001b[K${at + 1} of ${chosen.length}`);
      const body = { choice, reason, ...(given.until === undefined ? {} : { until: given.until }) };
      made.push(await call(`${given.base}/api/moderation/reports/${id}`, 'POST', given.token, body));
    }
  } catch (error) {
    if (made.length > 0)
      console.error(`earshot: ${made.length} of ${chosen.length} reports were decided before this failed`);
    throw error;
  } finally {
    if (tells) process.stderr.write('\n');
  }
  const notices = made.flatMap((one) => ('notice' in one ? [`What is told: ${String(one.notice)}`] : []));
  const done = chosen.length === 1 ? 'The report is closed' : `${chosen.length} reports are closed`;
  print(given, { decided: made }, [`${done}: ${choice}.`, ...notices].join('\n'));
}

async function newDecision(given: Given, wish: object, done: string): Promise<void> {
  const body = { ...wish, reason: reasonOf(given), ...(given.until ? { until: given.until } : {}) };
  const url = `${given.base}/api/moderation/decisions`;
  const one = (await call(url, 'POST', given.token, body)) as unknown as ListedDecision;
  print(given, one, `${done}\nID ${one.id}; what is told: ${one.notice}`);
}

async function lift(given: Given, one: ListedDecision): Promise<void> {
  const url = `${given.base}/api/moderation/decisions/${one.id}/lift`;
  await call(url, 'POST', given.token, { reason: reasonOf(given) });
  print(given, { lifted: one.id }, `Taken back: ${decisionLine(one)}`);
}

const VERBS: Readonly<Record<string, (given: Given) => Promise<void>>> = {
  async reports(given) {
    const list = await reports(given);
    print(given, { reports: list }, list.map(abuseLine).join('\n') || 'There are no such reports.');
  },
  decide,
  async decisions(given) {
    const list = await decisions(given);
    print(given, { decisions: list }, list.map(decisionLine).join('\n') || 'Nothing is in force.');
  },
  async lift(given) {
    reasonOf(given);
    await lift(given, named(await decisions(given), wordOf(given, 0, 'the ID of the decision'), 'decision'));
  },
  suspend: (given) => {
    const email = wordOf(given, 0, 'the e-mail address');
    return newDecision(given, { act: 'suspend', email }, `${email} is suspended.`);
  },
  async unsuspend(given) {
    const email = wordOf(given, 0, 'the e-mail address');
    const body = { email, reason: reasonOf(given) };
    await call(`${given.base}/api/moderation/suspensions/lift`, 'POST', given.token, body);
    print(given, { email, suspended: false }, `${email} is no longer suspended.`);
  },
  unlist: (given) => {
    const room = wordOf(given, 0, 'the address of the room');
    return newDecision(given, { act: 'unlist-room', room }, `${room} is in no list any more.`);
  },
  async audit({ base, token }) {
    for (let next: string | undefined = '/api/moderation/audit'; next !== undefined; ) {
      const answer: Response = await fetch(`${base}${next}`, {
        headers: { authorization: `Bearer ${token ?? ''}` },
      }).catch((cause: unknown) => {
        throw new EarshotError('site-away', `no server answers at ${base}. Is it running?`, { cause });
      });
      if (!answer.ok) throw new EarshotError('operator-only', `the server answered ${answer.status}`);
      process.stdout.write(await answer.text());
      next = /<([^>]*)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
    }
  },
};

/** `earshot moderation …`. */
export const command: Command = async (args) => {
  const { values, positionals } = readArguments(
    'moderation',
    args,
    {
      reason: { type: 'string' },
      for: { type: 'string' },
      closed: { type: 'boolean', default: false },
      url: { type: 'string' },
      token: { type: 'string' },
      data: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
    3,
  );
  const [verb, ...words] = positionals;
  if (values.help || !verb) {
    console.log(HELP);
    return values.help ? 0 : 2;
  }
  const run = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (!run)
    throw new EarshotError(
      'unprocessable',
      `there is no "moderation ${verb}"; see earshot moderation --help`,
    );
  const config = fromProcess(values.data ? ['--data', values.data] : []);
  const until = values.for === undefined ? undefined : endOf(values.for, Date.now());
  await run({
    ...{ base: givenAddress(values.url) ?? serverAddress(config), words, reason: values.reason, until },
    token: values.token ?? config.operatorKey ?? (await operatorToken(config, TOKEN_SECONDS)),
    ...{ closed: values.closed ?? false, json: values.json ?? false },
  });
  return 0;
};
