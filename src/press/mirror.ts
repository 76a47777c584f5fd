import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, readdir, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { ms } from '../base/time.ts';

/** Where a copy of the published pages is kept. */
export interface MirrorTarget {
  readonly kind: 'folder' | 'rsync' | 'git';
  /** A folder; what rsync, or git push, is given. */
  readonly to: string;
}

/** What copying needs. */
export interface MirrorDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly folder: string;
  readonly target: MirrorTarget;
  /** Where git keeps what it knows of the copies. */
  readonly gitFolder: string;
}

/** The running copying. */
export interface Mirror extends Disposable {
  readonly copies: number;
  readonly failures: number;
  /** Wall-clock ms of the last copy that succeeded; undefined before. */
  readonly copiedAt: number | undefined;
  /** Looks now whether something has changed, and copies it. Resolves when that is done; never rejects. */
  look(): Promise<void>;
}

const LOOK = ms(2_000);
/** A copy that takes longer is stopped. */
const PATIENCE_MS = 60_000;
const AGAIN_MS = 10_000;
const LONGEST_AGAIN_MS = 600_000;
/** The branch of a copy in git; its history is that of the pages. */
const BRANCH = 'incidents';
/** What is said of a failure, at most. */
const MOST_TOLD = 300;

/** A file that changes whenever one of the published ones does; see the writer of the pages. */
export const CHANGED_FILE = '.changed';

/** Runs a program to its end. @throws with what it said. */
function run(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...{ stdio: ['ignore', 'pipe', 'pipe'], timeout: PATIENCE_MS, killSignal: 'SIGKILL' },
    });
    let said = '';
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out = (out + text).slice(-MOST_TOLD);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-MOST_TOLD);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(out);
      else reject(new Error(`${program}: ${said.trim() || (signal ?? `exit code ${code}`)}`));
    });
  });
}

/** Files below a folder, by their path within it; none that is hidden. */
async function filesIn(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name).slice(folder.length + 1))
    .filter((path) => !path.split('/').some((step) => step.startsWith('.')));
}

async function toFolder(folder: string, to: string): Promise<void> {
  for (const path of await filesIn(folder)) {
    const [from, at] = [join(folder, path), join(to, path)];
    const [mine, theirs] = await Promise.all([stat(from), stat(at).catch(() => undefined)]);
    if (theirs?.size === mine.size && Math.abs(theirs.mtimeMs - mine.mtimeMs) < 1_000) continue;
    await mkdir(dirname(at), { recursive: true });
    // Whoever serves the copy never has half a file.
    const draft = join(dirname(at), `.${basename(at)}.${randomBytes(4).toString('hex')}`);
    await copyFile(from, draft);
    await utimes(draft, mine.atime, mine.mtime);
    await rename(draft, at);
  }
}

const toRsync = (folder: string, to: string): Promise<string> =>
  run('rsync', ['-rt', '--exclude=.*', '--delay-updates', '--timeout=30', '--', `${folder}/`, to]);

async function toGit(folder: string, to: string, gitFolder: string): Promise<void> {
  const own = [
    ...['user.name=Earshot', 'user.email=earshot@localhost', 'commit.gpgsign=false', 'core.autocrlf=false'],
    'core.sshCommand=ssh -oBatchMode=yes',
  ].flatMap((one) => ['-c', one]);
  // Nobody is there to be asked for a password.
  const git = (...args: string[]): Promise<string> =>
    run('env', [
      ...['GIT_TERMINAL_PROMPT=0', 'git', `--git-dir=${gitFolder}`, `--work-tree=${folder}`],
      ...[...own, ...args],
    ]);
  if (!(await stat(gitFolder).catch(() => undefined))) await git('init', '-q', '-b', BRANCH);
  await writeFile(join(gitFolder, 'info', 'exclude'), '.*\n');
  // What is there already stays: the copy goes on from it.
  const there = await git('ls-remote', '--heads', '--', to, BRANCH);
  if (there.trim() !== '') {
    await git('fetch', '-q', '--', to, BRANCH);
    await git('reset', '-q', '--soft', 'FETCH_HEAD');
  }
  await git('add', '-A', '--', '.');
  const changed = (await git('status', '--porcelain')).trim() !== '';
  if (changed) await git('commit', '-q', '--no-verify', '-m', 'Incidents: as published');
  if (changed || there.trim() === '') await git('push', '-q', '--', to, `HEAD:refs/heads/${BRANCH}`);
}

/** Copies the published pages elsewhere after each change. A copy that fails is tried again, ever more slowly; nobody waits. */
export function openMirror({ clock, log, folder, target, gitFolder }: MirrorDeps): Mirror {
  let [copies, failures, failed] = [0, 0, 0];
  let copiedAt: number | undefined;
  let seen: number | undefined;
  let notBefore = Number.NEGATIVE_INFINITY;
  let work: Promise<void> | undefined;

  const copy = async (): Promise<void> => {
    const changed = (await stat(join(folder, CHANGED_FILE)).catch(() => undefined))?.mtimeMs;
    if (changed === undefined || changed === seen || clock.now() < notBefore) return;
    try {
      if (target.kind === 'folder') await toFolder(folder, target.to);
      else if (target.kind === 'rsync') await toRsync(folder, target.to);
      else await toGit(folder, target.to, gitFolder);
      if (failed > 0)
        log.info({ kind: target.kind }, 'the copy of the pages about incidents is up to date again');
      seen = changed;
      copies += 1;
      failed = 0;
      copiedAt = clock.wall();
    } catch (error) {
      failures += 1;
      failed += 1;
      notBefore = clock.now() + Math.min(LONGEST_AGAIN_MS, AGAIN_MS * 2 ** (failed - 1));
      if (failed === 1)
        log.warn(
          { kind: target.kind, error: String((error as Error).message ?? error).slice(0, MOST_TOLD) },
          'the pages about incidents could not be copied elsewhere: they are served here as before, and it is tried again',
        );
    }
  };
  const look = (): Promise<void> => {
    work ??= copy().finally(() => {
      work = undefined;
    });
    return work;
  };
  const looking = clock.every(LOOK, () => void look());
  return {
    get copies() {
      return copies;
    },
    get failures() {
      return failures;
    },
    get copiedAt() {
      return copiedAt;
    },
    look,
    [Symbol.dispose]: () => looking[Symbol.dispose](),
  };
}
