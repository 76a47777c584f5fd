/** What `npm run check` and `npm test` run, and how they count it. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { untilAwake, watchMachine } from './awake.mjs';
import { RETRIED_FILE } from './retried.mjs';
import { environment, root, Stop, say } from './setup.mjs';
import { summary, together, turnedGreen } from './summary.mjs';

/** Debian packages that tests need, each with a file that shows it is there. */
const PACKAGES = [
  ['chromium', '/usr/bin/chromium'],
  ['espeak-ng', '/usr/bin/espeak-ng'],
  ['ffmpeg', '/usr/bin/ffmpeg'],
  ['sox', '/usr/bin/sox'],
  ['gcc', '/usr/bin/gcc'],
  ['libc6-dev', '/usr/include/stdio.h'],
  ['iproute2', '/usr/sbin/ip', '/sbin/ip', '/usr/bin/ip', '/bin/ip'],
  ['nftables', '/usr/sbin/nft'],
  ['nginx', '/usr/sbin/nginx'],
  ['varnish', '/usr/sbin/varnishd'],
  ['haproxy', '/usr/sbin/haproxy'],
  ['coturn', '/usr/bin/turnserver'],
  ['postgresql', '/usr/lib/postgresql'],
  ['gstreamer1.0-tools', '/usr/bin/gst-launch-1.0'],
  ['gstreamer1.0-plugins-bad', ...library('gstreamer-1.0/libgstwebrtc.so')],
  ['gstreamer1.0-plugins-good', ...library('gstreamer-1.0/libgstrtp.so')],
  ['gstreamer1.0-plugins-base', ...library('gstreamer-1.0/libgstopus.so')],
  ['python3-gst-1.0', '/usr/lib/python3/dist-packages/gi/overrides/Gst.py'],
  ['gir1.2-gst-plugins-bad-1.0', ...library('girepository-1.0/GstWebRTC-1.0.typelib')],
  ['gstreamer1.0-nice', ...library('gstreamer-1.0/libgstnice.so')],
  ['caddy', '/usr/bin/caddy'],
  ['pebble', '/usr/bin/pebble'],
  ['prometheus', '/usr/bin/prometheus'],
  ['curl', '/usr/bin/curl'],
  ['procps', '/usr/bin/pgrep'],
  ['libfaketime', ...library('faketime/libfaketimeMT.so.1')],
  ['rsync', '/usr/bin/rsync'],
  ['git', '/usr/bin/git'],
  ['openssl', '/usr/bin/openssl'],
  ['python3-cryptography', '/usr/lib/python3/dist-packages/cryptography/__init__.py'],
  ['slowhttptest', '/usr/bin/slowhttptest'],
  ['fail2ban', '/usr/bin/fail2ban-regex'],
];

function library(name) {
  return ['x86_64', 'aarch64'].map((machine) => `/usr/lib/${machine}-linux-gnu/${name}`);
}

/** Looks at what is red: a second one always, more only while the machine itself stands still. All are told at the end. */
const LOOKS = 6;
const WAIT_FOR_CALM_MS = 180_000;

const begin = () => ({
  passed: 0,
  failed: 0,
  skipped: 0,
  reds: [],
  looks: [],
  machine: { stops: 0, worst: 0 },
});

/** Types, style and the unit tests: under a minute, before every commit. */
export async function check(node) {
  const count = begin();
  await checks(node, count);
  return conclude(count);
}

/** What is in e2e/: what may run together, then what measures, two files or one at a time (e2e/alone.ts says which and why). */
const E2E = ['e2e', 'e2e-pairs', 'e2e-alone'];

/** Everything; `args` are passed to the end-to-end runs (a file name, `-t NAME`). */
export async function test(node, args) {
  debianPackages();
  const count = begin();
  if (args.length === 0) {
    statics(node, count);
    audited(node, count);
    await vitest(node, count, ['unit', 'contract', 'fuzz']);
  }
  for (const project of E2E) await vitest(node, count, [project], args);
  return conclude(count);
}

async function checks(node, count) {
  statics(node, count);
  await vitest(node, count, ['unit']);
}

function statics(node, count) {
  step(node, count, 'types of the server', 'node_modules/typescript/bin/tsc', ['-p', '.']);
  step(node, count, 'types of the pages', 'node_modules/typescript/bin/tsc', ['-p', 'web']);
  step(node, count, 'types of the end-to-end tests', 'node_modules/typescript/bin/tsc', ['-p', 'e2e']);
  step(node, count, 'style', 'node_modules/@biomejs/biome/bin/biome', ['check', '--diagnostic-level=warn']);
}

/** Licences and known weaknesses; a registry that cannot be asked is said, and is not red. */
function audited(node, count) {
  step(node, count, 'audit of packages', 'scripts/run.mjs', ['audit']);
}

function step(node, count, what, script, args) {
  const began = Date.now();
  const { status, stdout, stderr } = spawnSync(node, [join(root, script), ...args], {
    cwd: root,
    env: environment(node),
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  say(`${status === 0 ? '✓' : '✗'} ${what} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  if (status !== 0) process.stderr.write(`${stdout}${stderr}`);
  count[status === 0 ? 'passed' : 'failed'] += 1;
  if (status !== 0) count.reds.push(what);
}

/**
 * Runs the tests of some projects. What is red is looked at again: vitest itself tries a test of e2e/ up to three times, and
 * here the red files run once more, alone; up to four more looks follow only while the machine stood still in the last.
 * So a red test may become green: each that did is named in the last lines of the run, with what the machine did.
 */
async function vitest(node, count, projects, args = []) {
  const project = projects.join(', ');
  say(`tests: ${project}`);
  const began = Date.now();
  const seen = (result) => {
    count.machine = together(count.machine, result.machine);
    count.looks.push(...result.retried);
    return result;
  };
  let result = seen(await runVitest(node, projects, args));
  // A process that dies though no test failed (native code, at its end) is no red test: the whole project runs once more.
  if (result.failed === 0 && result.status !== 0) {
    say(`${project}: every test that ran was green, but the run ended badly (${result.status}); once more`);
    result = seen(await runVitest(node, projects, args));
    if (result.status === 0)
      count.looks.push({ file: project, title: '(how the run ends)', tries: 2, alone: false });
  }
  // Many tests live in real time: a machine that stood still is told from a fault by another look, alone.
  for (
    let look = 2;
    result.failed > 0 && look <= LOOKS && (look === 2 || result.machine.stops > 0);
    look += 1
  ) {
    const { failed, red, redFiles, passedElsewhere, skippedElsewhere } = result;
    say(`${failed} red in ${redFiles.join(', ')}: once more, alone, when the machine is awake`);
    if (!(await untilAwake(WAIT_FOR_CALM_MS))) say('it is not, and it is looked at nevertheless');
    const again = seen(
      await runVitest(node, projects, ['--no-file-parallelism', ...redFiles, ...namePattern(args)]),
    );
    say(`look ${look}: ${again.passed} green, ${again.failed} red`);
    count.looks.push(...turnedGreen(red, again, look));
    result = {
      ...again,
      passed: passedElsewhere + again.passed,
      skipped: skippedElsewhere + again.skipped,
      passedElsewhere: passedElsewhere + again.passedElsewhere,
      skippedElsewhere: skippedElsewhere + again.skippedElsewhere,
    };
  }
  const took = `${((Date.now() - began) / 1000).toFixed(0)} s`;
  say(`tests: ${project}: ${result.passed} green, ${result.failed} red in ${took}`);
  count.passed += result.passed;
  const endedBadly = result.failed === 0 && result.status !== 0;
  count.failed += endedBadly ? 1 : result.failed;
  count.reds.push(
    ...(endedBadly
      ? [`${project}: every test was green, but the run ended with ${result.status}`]
      : result.red.map(({ file, title = '(what it sets up or takes down)' }) => `${file} > ${title}`)),
  );
  count.skipped += result.skipped;
}

/** The `-t NAME` of the arguments. */
function namePattern(args) {
  const at = args.indexOf('-t');
  return at < 0 ? [] : args.slice(at, at + 2);
}

async function runVitest(node, projects, args) {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-tests-'));
  const report = join(folder, 'report.json');
  const retriedFile = join(folder, 'retried.json');
  const machine = watchMachine();
  try {
    const child = spawn(
      node,
      [
        join(root, 'node_modules/vitest/vitest.mjs'),
        ...[
          'run',
          ...projects.flatMap((project) => ['--project', project]),
          // A file name may be one of the other project.
          ...(args.length > 0 ? ['--passWithNoTests'] : []),
          '--reporter=default',
          '--reporter=json',
          `--reporter=${join(root, 'scripts/retried.mjs')}`,
          `--outputFile.json=${report}`,
        ],
        ...args,
      ],
      {
        cwd: root,
        env: { ...environment(node), [RETRIED_FILE]: retriedFile },
        stdio: ['ignore', process.stderr, process.stderr],
      },
    );
    const status = await new Promise((resolve) => {
      child.on('error', () => resolve(1));
      child.on('close', (code, signal) => resolve(code ?? signal ?? 1));
    });
    const { stops, worst } = machine.close();
    if (stops > 0)
      say(`meanwhile the machine itself stood still ${stops} times, ${worst.toFixed(0)} ms at worst`);
    const read = (path) => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined);
    const retried = (read(retriedFile) ?? []).map((one) => ({
      ...one,
      file: relative(root, one.file),
      alone: false,
    }));
    return { status, machine: { stops, worst }, retried, ...tally(read(report)) };
  } finally {
    machine.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Counts of a report, and which files are red: a file whose set-up failed has no red test, but is red. */
function tally(report) {
  const files = (report?.testResults ?? []).map(({ name, status, assertionResults }) => {
    const of = (wanted) => assertionResults.filter((one) => wanted.includes(one.status)).length;
    const file = relative(root, name);
    const titled = (wanted) =>
      assertionResults
        .filter((one) => one.status === wanted)
        .map(({ ancestorTitles, title }) => ({
          file,
          title: [...ancestorTitles.filter((each) => each !== ''), title].join(' > '),
        }));
    const failed = of(['failed']);
    return {
      name: file,
      green: titled('passed'),
      red: failed === 0 && status === 'failed' ? [{ file }] : titled('failed'),
      passed: of(['passed']),
      failed: failed === 0 && status === 'failed' ? 1 : failed,
      skipped: of(['pending', 'skipped', 'todo']),
    };
  });
  const sum = (list, key) => list.reduce((all, file) => all + file[key], 0);
  const elsewhere = files.filter(({ failed }) => failed === 0);
  return {
    passed: sum(files, 'passed'),
    failed: sum(files, 'failed'),
    skipped: sum(files, 'skipped'),
    green: files.flatMap(({ green }) => green),
    red: files.flatMap(({ red }) => red),
    redFiles: files.filter(({ failed }) => failed > 0).map(({ name }) => name),
    passedElsewhere: sum(elsewhere, 'passed'),
    skippedElsewhere: sum(elsewhere, 'skipped'),
  };
}

function conclude(count) {
  process.stdout.write(`${summary(count).join('\n')}\n`);
  return count.failed === 0 && count.passed > 0 ? 0 : 1;
}

/** Installs what is missing of the Debian packages, or says how. */
function debianPackages() {
  const missing = PACKAGES.filter(([, ...files]) => !files.some((file) => existsSync(file))).map(
    ([name]) => name,
  );
  if (missing.length === 0) return;
  const line = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (!existsSync('/usr/bin/apt-get')) {
    throw new Stop(`the tests need these programs (Debian's names): ${missing.join(' ')}`);
  }
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  if (sudo.length > 0 && spawnSync('sudo', ['-n', 'true']).status !== 0) {
    throw new Stop(`the tests need Debian packages; as root run: apt-get update && ${line}`);
  }
  say(`installing Debian packages for the tests: ${missing.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (args) => {
    const [command, ...rest] = [...sudo, 'apt-get', ...args];
    return spawnSync(command, rest, { env, stdio: ['ignore', process.stderr, process.stderr] }).status;
  };
  apt(['update', '-q']);
  if (apt(['install', '-y', '-q', '--no-install-recommends', ...missing]) !== 0) {
    throw new Stop(`the packages could not be installed; as root run: apt-get update && ${line}`);
  }
}
