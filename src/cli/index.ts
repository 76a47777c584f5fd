#!/usr/bin/env node
/** The command line: `earshot COMMAND`. Each command is a file; this one only chooses. */
import project from '../../package.json' with { type: 'json' };
import { EarshotError } from '../base/errors.ts';
import type { Command } from './command.ts';

const COMMANDS: Readonly<Record<string, { readonly does: string; load(): Promise<{ command: Command }> }>> = {
  start: { does: 'run Earshot on this machine', load: () => import('./start.ts') },
  room: { does: 'create, list, show, open, live, end a room', load: () => import('./room.ts') },
  operator: {
    does: "print the operator's link, for starting rooms from anywhere; or replace it",
    load: () => import('./operator.ts'),
  },
  recording: { does: 'list recordings, or remove one', load: () => import('./recording.ts') },
  say: { does: 'speak an audio file into a room over real WebRTC', load: () => import('./say.ts') },
  listen: {
    does: 'listen without a browser; report delay, gaps and dead air',
    load: () => import('./listen-command.ts'),
  },
  edge: {
    does: 'print the configuration of a cache in front: nginx, Varnish, HAProxy, a CDN',
    load: () => import('./edge.ts'),
  },
  crowd: { does: 'rehearse with real connections; report and certificate', load: () => import('./crowd.ts') },
  plan: { does: 'work out machines, traffic and costs for a crowd', load: () => import('./plan.ts') },
  journal: {
    does: 'check that what was written down is unchanged; print a signed head',
    load: () => import('./journal.ts'),
  },
  claim: {
    does: 'check a number that somebody said against what was counted',
    load: () => import('./claim.ts'),
  },
  note: {
    does: 'write or list the notes of a host at moments of the evening',
    load: () => import('./note.ts'),
  },
  incident: {
    does: 'list, open, annotate and close incidents; publish an account of one',
    load: () => import('./incident/incident.ts'),
  },
  verdict: {
    does: 'say what access logs support: crowd, attack, both, own fault, or nothing',
    load: () => import('./verdict/verdict.ts'),
  },
  verify: {
    does: 'check a bundle of audience figures, without a network and without trust',
    load: () => import('./bundle/verify.ts'),
  },
  numbers: { does: 'count a room again from its raw records', load: () => import('./numbers/recount.ts') },
  evidence: { does: 'change the key that signs the evidence log', load: () => import('./evidence.ts') },
  witness: {
    does: 'watch the evidence log of a server, and sign its heads as well',
    load: () => import('./witness.ts'),
  },
  moderation: {
    does: 'list and decide reports; suspend accounts, unlist rooms, and take it back',
    load: () => import('./moderation/moderation.ts'),
  },
  backup: {
    does: 'make one file of everything, keys included, while it runs',
    load: () => import('./backup/backup.ts'),
  },
  restore: {
    does: 'put such a file into an empty data folder; --check only checks it',
    load: () => import('./backup/restore.ts'),
  },
  'migrate-db': {
    does: 'copy SQLite to PostgreSQL, and compare every row',
    load: () => import('./backup/migrate-db.ts'),
  },
  defence: {
    does: 'list what doors do about those who cost too much; lift, allow, deny, export',
    load: () => import('./defence/defence.ts'),
  },
  doctor: { does: 'check this machine and say what to change', load: () => import('./doctor.ts') },
};

/** Started by the supervisor or the set-up, not by people. */
const INNER: Readonly<Record<string, () => Promise<{ command: Command }>>> = {
  role: () => import('./role.ts'),
  compile: () => import('./compile.ts'),
  'crowd-process': () => import('./crowd-process.ts'),
};

const HELP = `earshot: self-hosted live audio rooms

${Object.entries(COMMANDS)
  .map(([name, { does }]) => `  earshot ${name.padEnd(10)} ${does}`)
  .join('\n')}

earshot --version prints the version. Every command takes --help, and --json where a program may want to read the answer.`;

async function main(argv: readonly string[]): Promise<number> {
  const [name, ...args] = argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    console.log(HELP);
    return 0;
  }
  if (name === '--version' || name === '-v' || name === 'version') {
    console.log(`earshot ${project.version} (Node ${process.version})`);
    return 0;
  }
  const load = INNER[name] ?? COMMANDS[name]?.load;
  if (!load) {
    console.error(`earshot: there is no command "${name}".\n\n${HELP}`);
    return 2;
  }
  const { command } = await load();
  return command(args);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof EarshotError) console.error(`earshot: ${error.message} [${error.code}]`);
  else if ((error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS'))
    console.error(`earshot: ${(error as Error).message}`);
  else console.error(error);
  process.exitCode = 1;
}
// The WebRTC library keeps threads that never end by themselves.
process.exit();
