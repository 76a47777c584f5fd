/**
 * Brings a clone to the state in which it can run: Node 24, the packages of the lock file, the built pages.
 * Plain JavaScript without dependencies, because it runs on whatever Node (20.20 or newer) is there.
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compiledOf, missingPackage, pagesAreOld, sourcesOf, stampOf } from './freshness.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));
const runtimeFolder = join(root, 'scripts', 'runtime');
const LEAST = [24, 12];

/** Tells the person at the terminal what is happening. */
export const say = (text) => process.stderr.write(`earshot: ${text}\n`);

/** Something the person has to do; printed without a stack. */
export class Stop extends Error {}

const newEnough = (version) => {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1]);
};

/** The path of a Node that runs Earshot: this one, or one that npm brings. */
export function findNode() {
  if (newEnough(process.version)) return process.execPath;
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const lock = JSON.parse(readFileSync(join(runtimeFolder, 'package-lock.json'), 'utf8'));
  const wanted = lock.packages[`node_modules/${name}`]?.version;
  if (!wanted) {
    throw new Stop(
      `this is Node ${process.version}; Earshot needs ${LEAST.join('.')} or newer, and npm has no such Node for ` +
        `${process.platform} ${process.arch}. Install Node 24 from https://nodejs.org and run the command again.`,
    );
  }
  const folder = join(runtimeFolder, 'node_modules', name);
  const node = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const installed =
    existsSync(node) && JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version === wanted;
  if (!installed) {
    say(`this is Node ${process.version}; bringing Node ${wanted} into scripts/runtime (about 50 MB, once)`);
    npm(process.execPath, ['ci'], runtimeFolder);
  }
  return node;
}

/** The environment in which `node` is the Node and the project's commands are found. */
export function environment(node) {
  const path = [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH ?? ''].join(delimiter);
  return { ...process.env, PATH: path };
}

/** Installs what the lock file says unless it is there already. `dev` includes what only tests need. */
export function installPackages(node, { dev }) {
  const missing = missingPackage(root, dev);
  if (!missing) return;
  say(`installing packages (${missing})`);
  // One run without the development packages starts sooner on a machine that will only run Earshot.
  npm(node, dev ? ['ci'] : ['ci', '--omit=dev'], root);
}

/** Builds the pages with Vite when their sources have changed since the last build. */
export function buildPages(node) {
  if (!existsSync(join(root, 'vite.config.ts'))) return;
  if (!pagesAreOld(root)) return;
  say('building the pages');
  const { status, stdout, stderr } = spawnSync(
    node,
    [join(root, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn'],
    {
      cwd: root,
      env: environment(node),
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Stop(`the pages could not be built:\n${stdout}${stderr}`);
  writeFileSync(stampOf(root), sourcesOf(root));
}

/**
 * Lets Node read the code once and keep what it makes of it: without that each process carries Node's TypeScript compiler
 * for as long as it lives, 40 MB. Nothing depends on it.
 */
export function compile(node) {
  const stamp = join(compiledOf(root), 'sources');
  const sources = `${process.version} ${sourcesOf(root, ['src'])}`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  try {
    rmSync(compiledOf(root), { recursive: true, force: true });
    mkdirSync(compiledOf(root), { recursive: true });
    const { status } = spawnSync(node, [join(root, 'src/cli/index.ts'), 'compile'], {
      env: running(node),
      stdio: 'ignore',
    });
    if (status === 0) writeFileSync(stamp, sources);
  } catch {
    // A folder that cannot be written to.
  }
}

/** The environment in which Earshot runs. */
export const running = (node) => ({ NODE_COMPILE_CACHE: compiledOf(root), ...environment(node) });

/** Runs npm with `node`, in `folder`. The npm that started us if there was one. */
function npm(node, args, folder) {
  const cache = writableCache();
  const all = [
    ...args,
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--prefer-offline',
    '--loglevel=error',
    ...cache,
  ];
  const script = process.env.npm_execpath;
  const [command, first] =
    script && /\.[cm]?js$/.test(script)
      ? [node, [script]]
      : [process.platform === 'win32' ? 'npm.cmd' : 'npm', []];
  const env = environment(node);
  // Set by an outer npm for the folder it runs in; npm in another folder has to find its own.
  for (const name of [
    'npm_config_local_prefix',
    'npm_config_prefix',
    'npm_config_global_prefix',
    'npm_package_json',
    'INIT_CWD',
  ]) {
    delete env[name];
  }
  const { status, error } = spawnSync(command, [...first, ...all], {
    cwd: folder,
    env,
    stdio: ['ignore', process.stderr, process.stderr],
    shell: process.platform === 'win32' && !script,
  });
  if (error)
    throw new Stop(`npm could not be started (${error.message}). It comes with Node: https://nodejs.org`);
  if (status !== 0) throw new Stop(`npm ${args.join(' ')} failed in ${folder}; its reason is above`);
}

/** A cache of our own, begun from npm's, where npm's cannot be written. */
function writableCache() {
  const theirs = process.env.npm_config_cache ?? join(homedir(), '.npm');
  try {
    mkdirSync(join(theirs, '_cacache', 'tmp'), { recursive: true });
    accessSync(join(theirs, '_cacache', 'tmp'), constants.W_OK);
    accessSync(theirs, constants.W_OK);
    return [];
  } catch {
    const ours = join(root, '.runtime', 'npm-cache');
    if (!existsSync(ours)) {
      say(`npm's cache ${theirs} cannot be written: using .runtime/npm-cache`);
      mkdirSync(ours, { recursive: true });
      try {
        if (existsSync(join(theirs, '_cacache')))
          cpSync(join(theirs, '_cacache'), join(ours, '_cacache'), { recursive: true });
      } catch {
        rmSync(join(ours, '_cacache'), { recursive: true, force: true });
      }
    }
    return ['--cache', ours];
  }
}

/** Everything before Earshot or its tests can run. Gives the path of Node. */
export function setUp({ dev }) {
  const node = findNode();
  installPackages(node, { dev });
  buildPages(node);
  if (!dev) compile(node);
  return node;
}

/** Runs Node with `args` until it ends, passing on signals; resolves with its exit code. */
export function run(node, args, env = environment(node)) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, args, { cwd: process.cwd(), env, stdio: 'inherit' });
    const pass = (signal) => {
      // A terminal sends Ctrl+C to every process in front, the child included.
      if (!(signal === 'SIGINT' && process.stdin.isTTY)) child.kill(signal);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => pass(signal));
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}
