import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** UNIX socket addresses hold 108 bytes at most, on some systems 104. Spec: unix(7). */
const LONGEST_SOCKET_PATH = 100;

const fits = (folder: string): boolean => join(folder, 'cell-999.sock').length <= LONGEST_SOCKET_PATH;

/**
 * A folder for sockets outside the data folder: one that only this user can write to, if the system has one (systemd:
 * pam_systemd(8)).
 */
function far(name: string): string {
  const own = process.getuid ? `/run/user/${process.getuid()}` : '';
  return join(own !== '' && existsSync(own) ? own : tmpdir(), name);
}

/**
 * Where a running Earshot keeps its files: below the data folder; sockets in a folder of this user if that path is
 * too long.
 */
export function paths(data: string) {
  const root = resolve(data);
  const near = join(root, 'run');
  const run = fits(near)
    ? near
    : far(`earshot-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`);
  return {
    root,
    run,
    archive: join(root, 'archive'),
    database: join(root, 'earshot.sqlite'),
    secret: join(root, 'secret'),
    operator: join(root, 'operator'),
    /** When the last backup was made. */
    backupMark: join(root, 'last-backup.json'),
    /** There while a restore works, and after one that was broken off. */
    restoring: join(root, '.restoring'),
    /** There while accounts have no operator: the token of the invitation that makes one. */
    firstInvitation: join(run, 'first-invitation'),
    /** The words that are not accepted, for the studio: the site writes them. */
    blockWords: join(run, 'block-words.json'),
    /** The questions that moderators have taken out, for the studio: the site writes them. */
    withdrawnQuestions: join(run, 'withdrawn-questions.json'),
    certificate: join(root, 'tls', 'certificate.pem'),
    certificateStatus: join(root, 'tls', 'status.json'),
    acmeAccount: join(root, 'tls', 'account.pem'),
    challenges: join(root, 'tls', 'challenges'),
    processes: join(root, 'processes.jsonl'),
    ladder: join(root, 'ladder'),
    queue: join(root, 'queue'),
    hands: join(root, 'hands'),
    questions: join(root, 'questions'),
    music: join(root, 'music'),
    images: join(root, 'images'),
    audience: join(root, 'audience'),
    evidence: join(root, 'evidence'),
    claims: join(root, 'claims'),
    incidents: join(root, 'incidents.jsonl'),
    defence: {
      allow: join(root, 'defence', 'allow.txt'),
      deny: join(root, 'defence', 'deny.txt'),
      journal: (door: number) => join(root, 'defence', `door-${door}.jsonl`),
      /** What holds now, of one door: only while anything does. */
      now: (door: number) => join(run, `defence-${door}.json`),
      lifts: join(run, 'defence-lifts'),
    },
    requests: join(root, 'requests'),
    press: join(root, 'press'),
    pressGit: join(root, 'press.git'),
    rooms: join(root, 'rooms.json'),
    closedRooms: join(root, 'closed-rooms.json'),
    loops: join(root, 'standby.bin'),
    compiled: join(root, 'compiled'),
    pid: join(run, 'supervisor.pid'),
    countingClock: join(run, 'counting-clock.json'),
    lock: (role: string) => join(run, `${role}.lock`),
    supervisorHttp: join(run, 'supervisor.http'),
    siteBus: join(run, 'site.sock'),
    siteHttp: join(run, 'site.http'),
    tallyBus: join(run, 'tally.sock'),
    tallyHttp: join(run, 'tally.http'),
    pressHttp: join(run, 'press.http'),
    cellBus: (cell: number) => join(run, `cell-${cell}.sock`),
    /** Which room a cell works on. */
    cellMarks: (cell: number) => join(run, `cell-${cell}.marks`),
    /** There while the quarantine cell has rooms. */
    quarantine: join(run, 'quarantine'),
    cellHttp: (cell: number) => join(run, `cell-${cell}.http`),
  };
}

/** All paths of one installation. */
export type Paths = ReturnType<typeof paths>;
