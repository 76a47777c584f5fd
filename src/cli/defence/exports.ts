import { isIP } from 'node:net';
import { type DefenceAct, REST } from '../../door/index.ts';

/** Programs in front, or beside, that can act on what the doors have decided. */
export type ExportFormat = 'nginx' | 'haproxy' | 'fail2ban' | 'fail2ban-filter' | 'crowdsec';

/** One address or network to keep out, and until when. */
export interface Banned {
  /** `192.0.2.7` or `192.0.2.0/24`. */
  readonly network: string;
  /** Wall-clock ms. */
  readonly until: number;
  readonly reason: string;
}

/** Steps at which other programs should keep somebody out; before that, waiting is enough. */
const KEPT_OUT: ReadonlySet<string> = new Set(['refuse']);

/**
 * What is exported: clients and prefixes that are refused now, and the operator's own deny list, less what the allow list
 * names in the same words. Of the same network the longest ban counts.
 */
export function bannedOf(
  acts: readonly DefenceAct[],
  { deny, allow }: { readonly deny: readonly string[]; readonly allow: readonly string[] },
  forever: number,
): readonly Banned[] {
  const kept = new Map<string, Banned>();
  const add = (one: Banned): void => {
    if (allow.includes(one.network) || (kept.get(one.network)?.until ?? 0) >= one.until) return;
    kept.set(one.network, one);
  };
  for (const { who, until, reason, step, mode } of acts)
    if (who !== REST && KEPT_OUT.has(step) && mode === 'on') add({ network: who, until, reason });
  for (const network of deny) add({ network, until: forever, reason: "on the operator's deny list" });
  return [...kept.values()].sort((a, b) => (a.network < b.network ? -1 : 1));
}

const stamp = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').slice(0, 19);

/** Values of a `geo` block: `include` it inside `geo $earshot_denied { default 0; … }`. */
const nginx = (list: readonly Banned[]): string =>
  list.map(({ network, until }) => `${network} 1; # until ${stamp(until)} UTC\n`).join('');

/** An ACL file: `http-request deny deny_status 429 if { src -f FILE }`. */
const haproxy = (list: readonly Banned[]): string =>
  list.map(({ network, until }) => `# until ${stamp(until)} UTC\n${network}\n`).join('');

/** Lines as the filter below finds them; fail2ban bans single addresses. */
const fail2ban = (list: readonly Banned[], now: number): string =>
  list
    .filter(({ network }) => isIP(network.split('/')[0] ?? '') > 0 && !network.includes('/'))
    .map(({ network }) => `${stamp(now)} earshot-defence: refused <${network}>\n`)
    .join('');

/** Put this into /etc/fail2ban/filter.d/earshot-defence.conf. */
const FILTER = `# Lines of \`earshot defence export fail2ban\`, appended to the log file of the jail.
[Definition]
failregex = ^\\s*earshot-defence: refused <<ADDR>>\\s*$
ignoreregex =
datepattern = ^%%Y-%%m-%%d %%H:%%M:%%S
`;

/** For `cscli decisions import -i FILE`. Spec: CrowdSec documentation, `cscli decisions import`. */
const crowdsec = (list: readonly Banned[], now: number): string =>
  `${JSON.stringify(
    list.map(({ network, until, reason }) => ({
      duration: `${Math.max(60, Math.ceil((until - now) / 1_000))}s`,
      origin: 'earshot',
      reason,
      scope: network.includes('/') ? 'range' : 'ip',
      type: 'ban',
      value: network,
    })),
    undefined,
    2,
  )}\n`;

/** The formats, each with what it is for. */
export const FORMATS: Readonly<Record<ExportFormat, string>> = {
  nginx: 'values of a geo block',
  haproxy: 'an ACL file, one network a line',
  fail2ban: 'log lines for the filter',
  'fail2ban-filter': 'the filter that reads them',
  crowdsec: 'JSON for `cscli decisions import`',
};

/** Writes what is banned in a format. `now`: wall-clock ms. */
export function exported(format: ExportFormat, list: readonly Banned[], now: number): string {
  switch (format) {
    case 'nginx':
      return nginx(list);
    case 'haproxy':
      return haproxy(list);
    case 'fail2ban':
      return fail2ban(list, now);
    case 'fail2ban-filter':
      return FILTER;
    case 'crowdsec':
      return crowdsec(list, now);
  }
}
