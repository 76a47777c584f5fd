/** `npm start`, `npm test` and the others: set-up when it is needed, then the work. Runs on Node 20.20 and newer. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { audit } from './audit.mjs';
import { release } from './release.mjs';
import { buildPages, findNode, installPackages, root, run, running, Stop, setUp } from './setup.mjs';
import { check, test } from './tests.mjs';

const [command = 'start', ...args] = process.argv.slice(2);

/** Node, with the packages of tests and the built pages. */
function withPages() {
  const node = findNode();
  installPackages(node, { dev: true });
  buildPages(node);
  return node;
}

const COMMANDS = {
  start: () => {
    const node = setUp({ dev: false });
    return run(node, [join(root, 'src/cli/index.ts'), 'start', ...args], running(node));
  },
  build: () => {
    setUp({ dev: false });
    return 0;
  },
  check: () => check(setUp({ dev: true })),
  test: () => test(setUp({ dev: true }), args),
  audit: () => audit(),
  release: () => release(args),
  fuzz: () => run(setUp({ dev: true }), [join(root, 'test/fuzz/engine/main.ts'), ...args]),
  chaos: () => run(withPages(), [join(root, 'test/chaos/index.ts'), ...args]),
  bench: () => {
    const node = withPages();
    const [name, ...rest] = args;
    const file = join(root, 'bench', `${name}.ts`);
    if (name && existsSync(file)) return run(node, [file, ...rest]);
    const names = existsSync(join(root, 'bench')) ? readdirSync(join(root, 'bench')) : [];
    const list = names.filter((n) => n.endsWith('.ts')).map((n) => n.slice(0, -3));
    throw new Stop(`npm run bench -- NAME, one of: ${list.join(', ')}`);
  },
};

try {
  const work = COMMANDS[command];
  if (!work) throw new Stop(`there is no "${command}"; use one of: ${Object.keys(COMMANDS).join(', ')}`);
  process.exitCode = await work();
} catch (error) {
  if (!(error instanceof Stop)) throw error;
  process.stderr.write(`earshot: ${error.message}\n`);
  process.exitCode = 1;
}
