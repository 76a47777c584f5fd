/** `npm run release -- VERSION [--key FILE] [--out DIR]`: what is published of a version, and signatures of it. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sbom } from './audit.mjs';
import { root, Stop } from './setup.mjs';

/** What signatures are for, so that one is valid for nothing else. Spec: PROTOCOL.sshsig. */
const NAMESPACE = 'earshot-release';

const HELP = `npm run release -- VERSION [--key FILE] [--out DIR]
  The source of this commit as a tarball, its packages (SBOM), the hashes of both, and with an SSH key their
  signatures; see docs/release.md.
`;

function run(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  if (status !== 0)
    throw new Stop(`${command} ${args[0]}: ${(stderr ?? '').trim() || error?.message || status}`);
  return stdout;
}

/** Makes the source of the commit as a tarball, the SBOM, the hashes of both, and with a key their signatures. */
export function release(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      key: { type: 'string' },
      out: { type: 'string', default: join(root, 'release') },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const [version] = positionals;
  const { version: own } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  if (version !== own)
    throw new Stop(`say which version you mean: npm run release -- ${own} (package.json says ${own})`);
  if (run('git', ['status', '--porcelain', '--untracked-files=no']) !== '')
    throw new Stop('commit first: a release is a commit');
  mkdirSync(values.out, { recursive: true });
  const file = (name) => join(values.out, name);
  const [tarball, bom, sums] = [`earshot-${version}.tar.gz`, `earshot-${version}.sbom.json`, 'SHA256SUMS'];
  run('git', [
    'archive',
    '--format=tar.gz',
    `--prefix=earshot-${version}/`,
    `--output=${file(tarball)}`,
    'HEAD',
  ]);
  writeFileSync(file(bom), sbom());
  const hash = (name) =>
    createHash('sha256')
      .update(readFileSync(file(name)))
      .digest('hex');
  writeFileSync(file(sums), [tarball, bom].map((name) => `${hash(name)}  ${name}\n`).join(''));
  const made = [tarball, bom, sums];
  if (values.key)
    for (const name of [tarball, bom, sums]) {
      run('ssh-keygen', ['-q', '-Y', 'sign', '-f', values.key, '-n', NAMESPACE, file(name)]);
      made.push(`${name}.sig`);
    }
  process.stdout.write(`${made.map(file).join('\n')}\n`);
  if (!values.key)
    process.stderr.write('earshot: not signed; --key FILE signs with an SSH key (docs/release.md)\n');
  return 0;
}
