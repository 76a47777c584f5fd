import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism } from 'node:os';
import { EarshotError } from '../base/errors.ts';
import { openLineWriter } from '../base/line-writer.ts';
import { udpPortTrouble } from '../base/udp-port.ts';
import { readCertificate } from '../certificate/certificate.ts';
import { type Config, environmentWith, fromProcess } from '../config/index.ts';
import { start } from '../main.ts';
import { certificateOf } from '../role/certificate-files.ts';
import { firstOperatorLink, isFirstTelling, operatorLink, operatorToken } from '../role/operator-link.ts';
import { paths } from '../role/paths.ts';
import { asRole, ROLES, type RoleName } from '../roles.ts';
import type { Command } from './command.ts';
import { checkFreshness } from './doctor/freshness.ts';
import { publicAddress } from './local-server.ts';

/** One Ctrl+C arrives several times: from the terminal, from npm and from the script that npm started. */
const ONE_PRESS_MS = 1000;

const HELP = `earshot start [--port 8080] [--data DIR] [--role door,site,studio,tally,press] [any setting]

Runs Earshot until Ctrl+C. Every setting of docs/configuration.md can be a flag, an environment variable or a line of
the file that --config FILE names.`;

/** `earshot start [--role door,site,studio,tally,press] [--port N] [--data DIR] …`: runs until SIGINT or SIGTERM. */
export const command: Command = async (args) => {
  if (args.includes('--help')) {
    console.log(HELP);
    return 0;
  }
  process.title = 'earshot supervisor (start)';
  const flags: string[] = [];
  let roles: RoleName[] = Object.keys(ROLES) as RoleName[];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (arg === '--role' || arg.startsWith('--role=')) {
      const text = arg === '--role' ? (args[++i] ?? '') : arg.slice('--role='.length);
      roles = text.split(',').map((name) => {
        const role = asRole(name.trim());
        if (!role)
          throw new EarshotError(
            'bad-config',
            `--role: "${name}" is not one of ${Object.keys(ROLES).join(', ')}`,
          );
        return role;
      });
    } else flags.push(arg);
  }
  const wanted = fromProcess(flags);
  if (existsSync(paths(wanted.data).restoring))
    throw new EarshotError(
      'bad-config',
      `a restore into the data folder ${wanted.data} is running or was broken off: run earshot restore with the same backup to the end, then start again`,
    );
  const outdated = await checkFreshness();
  const port = roles.includes('door') ? await reservePort(wanted.host, wanted.port) : wanted.port;
  let { httpPort } = wanted;
  if (httpPort !== undefined && roles.includes('door')) httpPort = await reservePort(wanted.host, httpPort);
  if (roles.includes('studio')) await checkUdpPorts(wanted.udpPort, wanted.cells);
  const config = { ...wanted, port, httpPort };
  const certificate = certificateOf(config);
  // A mistake in these files is said here, once, and not by each door for ever.
  if (certificate && !certificate.later && roles.includes('door')) await readCertificate(certificate.files);
  // Nobody waits for who reads this: Ctrl+S, or a pipe that nobody empties, must not stop the supervisor.
  const out = openLineWriter(
    1,
    (count) => `${count} lines were dropped here because nothing was reading them.\n`,
  );
  if (outdated) out.write(outdated);
  const stop = new Promise<void>((resolve) => {
    let asked: number | undefined;
    const ask = (): void => {
      if (asked === undefined) {
        asked = performance.now();
        out.write('\nStopping: listeners get the rest of the segment. Press Ctrl+C again to stop at once.\n');
        resolve();
      } else if (performance.now() - asked > ONE_PRESS_MS) process.exit(1);
    };
    process.on('SIGINT', ask);
    process.on('SIGTERM', ask);
  });
  const began = performance.now();
  await start(config, roles, environmentWith, stop, () => {
    const address = publicAddress(config);
    out.write(`
  Earshot is up (${((performance.now() - began) / 1000).toFixed(1)} s, ${config.doors} door(s), ${config.cells} studio cell(s), ${availableParallelism()} cores).

  Open      ${address}/${config.welcome ? `\n  Listen    ${address}/r/welcome      (a short talk, then music: no microphone needed)` : ''}
  Data      ${config.data}
  Stop      Ctrl+C

`);
    if (roles.includes('site')) {
      out.write(tellFirst(config, address));
      void tellLink(config, address).then(
        (text) => out.write(text),
        (error: unknown) =>
          out.write(
            `  The operator's link could not be kept: ${String(error)}. Run: earshot operator link\n`,
          ),
      );
    }
  });
  return 0;
};

/** While accounts have no operator every start prints the link that makes one. */
function tellFirst(config: Config, address: string): string {
  const link = firstOperatorLink(config, address);
  return link === undefined
    ? ''
    : `  Accounts have no operator yet. Whoever opens this link first becomes the operator:

  ${link}

`;
}

/**
 * The first start of a data folder explains how rooms are started from elsewhere; `earshot operator link` repeats it.
 */
async function tellLink(config: Config, address: string): Promise<string> {
  if (config.roomsCreate === 'anyone' || !isFirstTelling(config)) return '';
  const token = (await operatorToken(config)) ?? '';
  const here =
    config.roomsCreate === 'local' && config.publicUrl === undefined
      ? "On this machine, anyone who opens the page can start rooms. From elsewhere (with this machine's name in place\n  of localhost) it takes"
      : 'Starting rooms takes';
  return `  ${here} the operator's link. Keep it; earshot operator link prints it again:

  ${operatorLink(address, token)}

`;
}

/**
 * The port that all doors will share, or a free one for 0. It is checked alone first: doors share ports with
 * SO_REUSEPORT, and a second Earshot would otherwise silently take half of the first one's listeners.
 * @throws EarshotError `bad-config` when it is taken or forbidden.
 */
async function reservePort(host: string, port: number): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why =
        cause.code === 'EADDRINUSE'
          ? 'another program is using it. Choose another port: npm start -- --port 9000'
          : cause.code === 'EACCES'
            ? 'this user may not use ports below 1024. Choose another port: npm start -- --port 8080'
            : cause.message;
      reject(new EarshotError('bad-config', `port ${port} cannot be used: ${why}`, { cause }));
    });
    server.listen(port, host, resolve);
  });
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (address === null || typeof address === 'string') throw new EarshotError('bad-config', 'no free port');
  return address.port;
}

/**
 * Each studio process takes one, in order. They are checked once, before any of them starts: a studio without its
 * port would otherwise restart for ever.
 * @throws EarshotError `bad-config` when one is taken or forbidden.
 */
async function checkUdpPorts(first: number, count: number): Promise<void> {
  if (first === 0) return;
  for (let port = first; port < first + count; port++) {
    const trouble = await udpPortTrouble(port);
    if (trouble) throw new EarshotError('bad-config', trouble);
  }
}
