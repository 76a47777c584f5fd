import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from './tree.ts';

interface Package {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly production: boolean;
}
interface Exception {
  readonly package: string;
  readonly why: string;
  readonly until: string;
}
interface Policy {
  readonly licences: readonly string[];
  readonly licenceExceptions: readonly Exception[];
  readonly vulnerabilityExceptions: readonly (Exception & { readonly advisory: string })[];
}
const { packagesOf, covered, licenceFaults, weaknesses, sbom } = (await import(
  new URL('../../scripts/audit.mjs', import.meta.url).href
)) as {
  packagesOf(lock: unknown): Package[];
  covered(expression: string, licences: readonly string[]): boolean;
  licenceFaults(packages: readonly Package[], policy: Policy, today: string): string[];
  weaknesses(text: string, production: ReadonlySet<string>, policy: Policy, today: string): string[];
  sbom(): string;
};
const read = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'));
const policy = read('scripts/audit-policy.json') as Policy;
const packages = packagesOf(read('package-lock.json'));

describe('the audit', () => {
  test('an alternative is enough, of several parts each counts, and what is unknown is refused', () => {
    for (const [expression, right] of [
      ...([
        ['MIT', true],
        ['(MIT OR GPL-3.0)', true],
        ['MIT AND GPL-3.0', false],
        ['AGPL-3.0', false],
      ] as const),
      ...([
        ['MPL 2.0', true],
        ['', false],
        ['SEE LICENSE IN x', false],
      ] as const),
    ])
      expect([expression, covered(expression, policy.licences)]).toEqual([expression, right]);
  });

  test('a licence that is not on the list is refused once its exception has ended', () => {
    const dom = packages.filter(({ name }) => name === 'dom-walk');
    expect(dom).toHaveLength(1);
    expect(licenceFaults(dom, policy, '2026-12-01')).toEqual([]);
    expect(licenceFaults(dom, policy, '2028-01-01')).toHaveLength(1);
    expect(
      licenceFaults(
        [{ name: 'x', version: '1.0.0', licence: 'AGPL-3.0', production: false }],
        policy,
        '2026-12-01',
      ),
    ).toEqual(['x 1.0.0: licence AGPL-3.0']);
  });

  test('a known weakness is refused by its level and by who runs it, but not with an exception in force', () => {
    const via = (severity: string) => [
      { severity, title: 'hole', url: 'https://x/advisories/GHSA-1' },
      'other',
    ];
    const report = JSON.stringify({
      vulnerabilities: {
        a: { via: via('moderate') },
        b: { via: via('moderate') },
        c: { via: via('critical') },
      },
    });
    const names = (more: Partial<Policy> = {}): string[] =>
      weaknesses(report, new Set(['a']), { ...policy, ...more }, '2026-12-01').map(
        (line) => line.split(' ')[0] ?? '',
      );
    expect(names()).toEqual(['a', 'c']);
    const excuse = (until: string) => [{ package: 'a', advisory: 'GHSA-1', why: 'x', until }];
    expect(names({ vulnerabilityExceptions: excuse('2027-01-01') })).toEqual(['c']);
    expect(names({ vulnerabilityExceptions: excuse('2026-11-30') })).toEqual(['a', 'c']);
  });

  test('a registry that does not answer is told from one that finds nothing', () => {
    expect(() =>
      weaknesses('{"message":"405 Method Not Allowed","error":{}}', new Set(), policy, '2026-12-01'),
    ).toThrow('405');
    expect(() => weaknesses('', new Set(), policy, '2026-12-01')).toThrow();
    expect(weaknesses('{"vulnerabilities":{}}', new Set(), policy, '2026-12-01')).toEqual([]);
  });

  test('each exception has a reason and a day on which it ends', () => {
    for (const { why, until } of [...policy.licenceExceptions, ...policy.vulnerabilityExceptions]) {
      expect(why.length).toBeGreaterThan(20);
      expect(until).toMatch(/^20\d\d-\d\d-\d\d$/);
    }
  });

  test('the SBOM lists every package that production runs, with its version, hash and licence', () => {
    const { bomFormat, components } = JSON.parse(sbom()) as {
      bomFormat: string;
      components: { name: string; version: string; group?: string; purl: string; hashes?: object[] }[];
    };
    expect(bomFormat).toBe('CycloneDX');
    const listed = new Set(components.map(({ purl }) => decodeURIComponent(purl)));
    const { dependencies } = read('package.json') as { dependencies: Record<string, string> };
    expect([...listed].filter((purl) => !purl.startsWith('pkg:npm/'))).toEqual([]);
    const missing = Object.entries(dependencies).filter(
      ([name, version]) => !listed.has(`pkg:npm/${name}@${version}`),
    );
    expect(missing).toEqual([]);
    const installed = packages.filter(
      ({ name, production }) => production && existsSync(join(root, 'node_modules', name)),
    );
    const unlisted = installed.filter(({ name, version }) => !listed.has(`pkg:npm/${name}@${version}`));
    expect(unlisted.map(({ name }) => name)).toEqual([]);
    expect(components.length).toBeGreaterThan(40);
  });
});
