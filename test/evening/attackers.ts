import type { Dice, Logged } from './logged.ts';
import { address, BROWSERS, type Site } from './people.ts';

/** The time of an attack, and requests a second in all. */
export interface AttackPlan {
  readonly from: number;
  readonly until: number;
  readonly rate: number;
  /** Sources, where there are many. */
  readonly sources?: number;
}

const base = { method: 'GET', status: 200, referer: '', duration: 0, truth: 'attacker' as const };

function steady(d: Dice, { from, until, rate }: AttackPlan, each: (at: number) => void): void {
  for (let at = from; at < until; at += d.exponential(1000 / rate)) each(at);
}

const letters = (d: Dice, n: number): string =>
  Array.from({ length: n }, () => String.fromCharCode(65 + d.below(26))).join('');

/** Ways to attack, each of which adds its requests. */
export const ATTACKS = {
  ab(out: Logged[], d: Dice, site: Site, plan: AttackPlan): void {
    const who = address(d);
    steady(d, plan, (at) =>
      out.push({
        ...base,
        at,
        address: who,
        agent: 'ApacheBench/2.3',
        target: '/',
        bytes: site.pages[0]!.bytes,
      }),
    );
  },
  /** A tool that calls itself a browser. */
  wrk(out: Logged[], d: Dice, site: Site, plan: AttackPlan): void {
    const who = address(d);
    const target = site.pages[d.below(5)]!;
    const agent = d.pick(['', BROWSERS[0]!]);
    steady(d, plan, (at) =>
      out.push({ ...base, at, address: who, agent, target: target.path, bytes: target.bytes }),
    );
  },
  /** Reads the files of a page too, without a cache or a referer, under a browser's name. */
  siege(out: Logged[], d: Dice, site: Site, plan: AttackPlan): void {
    const who = address(d);
    const page = site.pages[0]!;
    const list = [page.path, ...site.shared, ...page.files];
    let i = 0;
    steady(d, plan, (at) => {
      const target = list[i++ % list.length]!;
      out.push({ ...base, at, address: who, agent: BROWSERS[3]!, target, bytes: 15_000 });
    });
  },
  hulk(out: Logged[], d: Dice, _site: Site, plan: AttackPlan): void {
    const sources = Array.from({ length: 1 + d.below(3) }, () => address(d));
    steady(d, plan, (at) =>
      out.push({
        ...{ ...base, at, address: d.pick(sources), agent: d.pick(BROWSERS), bytes: 18_000 },
        target: `/?${letters(d, 3 + d.below(8))}=${letters(d, 3 + d.below(8))}`,
        referer: `http://www.google.com/?q=${letters(d, 7)}`,
      }),
    );
  },
  goldeneye(out: Logged[], d: Dice, _site: Site, plan: AttackPlan): void {
    const who = address(d);
    const token = (): string =>
      d()
        .toString(36)
        .slice(2, 4 + d.below(8));
    steady(d, plan, (at) =>
      out.push({
        ...{ ...base, at, address: who, bytes: 18_000 },
        agent: `Mozilla/5.0 (Windows NT ${d.below(7)}.${d.below(4)}) AppleWebKit/${500 + d.below(99)}.${d.below(99)} (KHTML, like Gecko) Version/${d.below(9)}.${d.below(9)} Safari/${500 + d.below(99)}`,
        target: `/?${token()}=${token()}&${token()}=${token()}`,
        referer: `http://${token()}.com/${token()}`,
      }),
    );
  },
  /** Slow headers: each connection ends in 408 after a minute. */
  slowHeaders(out: Logged[], d: Dice, _site: Site, { from, until, rate }: AttackPlan): void {
    const who = address(d);
    steady(d, { from, until, rate: Math.max(3, rate / 20) }, (at) =>
      out.push({
        ...{
          ...base,
          at,
          address: who,
          agent: '',
          method: '',
          target: '',
          status: 408,
          bytes: 0,
          duration: 60_000,
        },
      }),
    );
  },
  /** Many sources, each far too fast for a person. */
  distributedFlood(out: Logged[], d: Dice, site: Site, plan: AttackPlan): void {
    const sources = Array.from({ length: plan.sources ?? 60 }, () => ({
      who: address(d),
      agent: d.pick(BROWSERS),
    }));
    const target = site.pages[d.below(3)]!;
    steady(d, plan, (at) => {
      const { who, agent } = d.pick(sources);
      out.push({ ...base, at, address: who, agent, target: target.path, bytes: target.bytes });
    });
  },
  /** Many sources, each at a person's pace: a page every 5 to 20 s, no files. */
  lowRate(out: Logged[], d: Dice, site: Site, { from, until, rate, sources }: AttackPlan): void {
    const many = sources ?? Math.max(40, Math.round(rate * 10));
    const kind = d.below(4);
    const timer = d() < 0.5;
    for (let i = 0; i < many; i++) {
      const who = address(d);
      const agent = d.pick(BROWSERS);
      const mean = (many / rate) * 1000;
      const referer = kind === 3 ? d.pick(['https://www.google.com/', 'https://www.bing.com/']) : '';
      for (
        let at = from + d() * mean;
        at < until;
        at += timer ? mean * d.between(0.6, 1.4) : d.exponential(mean)
      ) {
        const page = kind === 1 ? site.pages[0]! : d.pick(site.pages);
        const target =
          kind === 2
            ? `/search?q=${d.pick(['river', 'stage', 'vote', 'music'])}+${d.pick(['live', 'map', 'today'])}`
            : page.path;
        out.push({ ...base, at, address: who, agent, target, bytes: page.bytes, referer });
      }
    }
  },
  /** Logins tried from many sources. */
  stuffing(out: Logged[], d: Dice, _site: Site, plan: AttackPlan): void {
    const sources = Array.from({ length: plan.sources ?? 200 }, () => ({
      who: address(d),
      agent: d.pick(BROWSERS),
    }));
    steady(d, plan, (at) => {
      const { who, agent } = d.pick(sources);
      out.push({
        ...base,
        at,
        address: who,
        agent,
        method: 'POST',
        target: '/login',
        status: d() < 0.01 ? 302 : 401,
        bytes: 350,
      });
    });
  },
  scanner(out: Logged[], d: Dice, _site: Site, plan: AttackPlan): void {
    const who = address(d);
    const names = [
      '.env',
      '.git/config',
      'wp-login.php',
      'phpmyadmin/',
      'backup.zip',
      'admin.php',
      'config.php.bak',
      'cgi-bin/test',
    ];
    steady(d, plan, (at) =>
      out.push({
        ...{ ...base, at, address: who, agent: BROWSERS[1]!, status: 404, bytes: 560 },
        target: `/${d() < 0.5 ? d.pick(names) : `${letters(d, 5).toLowerCase()}.php`}`,
      }),
    );
  },
} as const;
/** The name of an attack. */
export type AttackName = keyof typeof ATTACKS;
