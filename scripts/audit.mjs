/** `npm run audit`: licences and known weaknesses of all packages, by the policy in audit-policy.json. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';

/** Exceptions end on their day: then they are looked at again, or become red. */
const inForce = ({ until }, today) => until >= today;

/** The packages of a lock file: path, name, version, licence, and whether production runs them. */
export function packagesOf(lock) {
  return Object.entries(lock.packages)
    .filter(([path]) => path !== '')
    .map(([path, { version, license, dev }]) => ({
      path,
      name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      ...{ version, licence: license ?? '', production: dev !== true },
    }));
}

/** True when a licence expression is covered: one of several alternatives, or all of several parts. Spec: SPDX, annex D. */
export function covered(expression, licences) {
  const text = expression
    .trim()
    .replace(/^\((.*)\)$/, '$1')
    .replace(/^MPL 2\.0$/, 'MPL-2.0');
  if (/ OR /.test(text)) return text.split(' OR ').some((part) => covered(part, licences));
  if (/ AND /.test(text)) return text.split(' AND ').every((part) => covered(part, licences));
  return licences.includes(text);
}

/** Packages whose licence is not on the list and has no exception in force. */
export function licenceFaults(packages, policy, today) {
  const excused = new Set(
    policy.licenceExceptions.filter((one) => inForce(one, today)).map((one) => one.package),
  );
  return packages
    .filter(({ name, licence }) => !covered(licence, policy.licences) && !excused.has(name))
    .map(({ name, version, licence }) => `${name} ${version}: licence ${licence || 'unknown'}`);
}

/**
 * What of a report of `npm audit --json` the policy refuses. `production`: names of the packages that production runs.
 * @throws when the text is no report: the registry could not be asked.
 */
export function weaknesses(text, production, policy, today) {
  const report = JSON.parse(text);
  if (typeof report.vulnerabilities !== 'object') throw new Error(report.message ?? 'no report');
  const excused = new Set(
    policy.vulnerabilityExceptions
      .filter((one) => inForce(one, today))
      .map((one) => `${one.package} ${one.advisory}`),
  );
  const found = [];
  // A text names another package of the report, which has the weakness itself.
  for (const [name, { via }] of Object.entries(report.vulnerabilities))
    for (const { severity, title, url = '' } of via.filter((each) => typeof each === 'object')) {
      const part = production.has(name) ? 'production' : 'development';
      const advisory = url.slice(url.lastIndexOf('/') + 1);
      if (!policy[part].refused.includes(severity) || excused.has(`${name} ${advisory}`)) continue;
      found.push(`${name} (${part}, ${severity}): ${title} ${url}`);
    }
  return found;
}

/** Runs the audit; 0 when nothing is refused. An unreachable registry is said and is not red. */
export function audit() {
  const policy = JSON.parse(readFileSync(join(root, 'scripts/audit-policy.json'), 'utf8'));
  const packages = packagesOf(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));
  const today = new Date().toISOString().slice(0, 10);
  const faults = licenceFaults(packages, policy, today);
  const expired = [...policy.licenceExceptions, ...policy.vulnerabilityExceptions].filter(
    (one) => !inForce(one, today),
  );
  const ran = npmSays(['audit', '--json', '--package-lock-only']);
  let skipped;
  try {
    const production = new Set(packages.filter((one) => one.production).map(({ name }) => name));
    faults.push(...weaknesses(ran, production, policy, today));
  } catch (error) {
    skipped = error.message.split('\n')[0];
  }
  for (const fault of faults) console.log(`refused: ${fault}`);
  for (const { package: name, until } of expired) console.log(`the exception for ${name} ended on ${until}`);
  console.log(`licences: ${packages.length} packages looked at`);
  console.log(
    skipped === undefined
      ? `known weaknesses: ${packages.length} packages looked up`
      : `known weaknesses: SKIPPED, the registry could not be asked (${skipped})`,
  );
  return faults.length > 0 ? 1 : 0;
}

const PATIENCE_MS = 60_000;

/** What npm prints; the npm that runs this, or the one of the path. */
function npmSays(args) {
  const script = process.env.npm_execpath;
  const [command, ...first] = script && /\.[cm]?js$/.test(script) ? [process.execPath, script] : ['npm'];
  const options = { cwd: root, encoding: 'utf8', timeout: PATIENCE_MS, maxBuffer: 64 << 20 };
  return spawnSync(command, [...first, ...args], options).stdout ?? '';
}

/**
 * A CycloneDX list of what production runs, from the lock file. What of it is development alone is left out here: with
 * `--omit dev` npm leaves out packages as well that both need (vite, in npm 11). Spec: CycloneDX 1.5.
 */
export function sbom() {
  const bom = JSON.parse(npmSays(['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only']));
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const runs = new Set(
    packagesOf(lock)
      .filter(({ production }) => production)
      .map(({ name, version }) => `pkg:npm/${name}@${version}`),
  );
  const kept = bom.components.filter(({ purl }) => runs.has(decodeURIComponent(purl.split('?')[0])));
  const refs = new Set([bom.metadata.component['bom-ref'], ...kept.map((one) => one['bom-ref'])]);
  const dependencies = bom.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((other) => refs.has(other)) }));
  return `${JSON.stringify({ ...bom, components: kept, dependencies }, undefined, 2)}\n`;
}
