import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** UNIX socket addresses hold 108 bytes at most, on some systems 104. Spec: unix(7). */
const LONGEST_SOCKET_PATH = 100;

/** Where a running Earshot keeps its things: below the data folder, sockets in the temporary folder if that is too deep. */
export function paths(data: string) {
  const root = resolve(data);
  const near = join(root, 'run');
  const far = join(tmpdir(), `earshot-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`);
  const run = join(near, 'cell-999.sock').length <= LONGEST_SOCKET_PATH ? near : far;
  return {
    root,
    run,
    archive: join(root, 'archive'),
    database: join(root, 'earshot.sqlite'),
    secret: join(root, 'secret'),
    operator: join(root, 'operator'),
    certificate: join(root, 'tls', 'certificate.pem'),
    certificateStatus: join(root, 'tls', 'status.json'),
    acmeAccount: join(root, 'tls', 'account.pem'),
    challenges: join(root, 'tls', 'challenges'),
    ladder: join(root, 'ladder'),
    queue: join(root, 'queue'),
    music: join(root, 'music'),
    rooms: join(root, 'rooms.json'),
    loops: join(root, 'standby.bin'),
    compiled: join(root, 'compiled'),
    claim: (role: string) => join(run, `${role}.claim`),
    siteBus: join(run, 'site.sock'),
    siteHttp: join(run, 'site.http'),
    cellBus: (cell: number) => join(run, `cell-${cell}.sock`),
    cellHttp: (cell: number) => join(run, `cell-${cell}.http`),
  };
}
