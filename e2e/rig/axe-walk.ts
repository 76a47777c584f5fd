import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { CDPSession, Page, Route } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 320, height: 640 };
/** Every rule of WCAG 2.2 AA that a program can check, and what axe calls good practice. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** Rules that theme and width decide. */
const VISUAL = ['color-contrast', 'target-size', 'scrollable-region-focusable', 'link-in-text-block'];
/** All four; and the two in which every theme and every width occurs once. */
const CLOSELY = [
  [WIDE, 'light', undefined],
  [WIDE, 'dark', VISUAL],
  [NARROW, 'light', VISUAL],
  [NARROW, 'dark', undefined],
] as const;
const QUICKLY = [CLOSELY[0], [NARROW, 'dark', VISUAL]] as const;

/** How a page is looked at. */
export interface Look {
  /** It only waits, says so, and loads again by itself: WCAG 2.2.1 lets it, the rule does not. */
  readonly waits?: boolean;
  /** In both themes at both widths; otherwise wide and light, then narrow and dark. With CLOSELY=1 all pages are. */
  readonly closely?: boolean;
}

/** A page in a state. */
export interface Stop extends Look {
  readonly what: string;
  /** An address of the server. */
  readonly path?: string;
  /** In place of an address: what a server in trouble would send. */
  readonly html?: string;
  /** As a browser without scripts shows it. */
  readonly plain?: boolean;
  /** What brings the page into its state. */
  readonly act?: (page: Page) => Promise<unknown>;
}

/** Looks at pages with axe-core: both themes, wide and 320 px, without loading them again in between. */
export class AxeWalk {
  /** What has been looked at. */
  readonly stops = new Set<string>();
  /** What was found, one line a fault. */
  readonly faults: string[] = [];
  readonly #url: string;
  readonly #sessions = new Map<Page, Promise<CDPSession>>();

  constructor(url: string) {
    this.#url = url;
  }

  /** Looks at a page as it is. */
  async look(what: string, on: Page, { waits = false, closely = false }: Look = {}): Promise<void> {
    const began = performance.now();
    this.stops.add(what);
    for (const [viewport, colorScheme, rules] of closely || process.env.CLOSELY ? CLOSELY : QUICKLY) {
      await on.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await on.setViewportSize(viewport);
      const where = `${what}, ${viewport.width} px, ${colorScheme}`;
      const found = await axe(on, rules, waits);
      const width = (await on.evaluate('document.documentElement.scrollWidth')) as number;
      if (width > viewport.width) found.push(`scrolls sideways, ${width} px`);
      this.faults.push(...found.map((fault) => `${where}: ${fault}`));
      if (process.env.MEASURE && found.length > 0) process.stderr.write(`${where}: ${found.join('; ')}\n`);
    }
    if (process.env.SHOTS)
      await on.screenshot({
        path: `${process.env.SHOTS}/${what.replace(/\W+/g, '-')}.png`,
        fullPage: true,
      });
    if (process.env.MEASURE) process.stderr.write(`${Math.round(performance.now() - began)} ms  ${what}\n`);
  }

  /** Opens a page, brings it into its state, and looks at it. */
  async visit(on: Page, { what, path = '/__shown', html, plain = false, act, ...how }: Stop): Promise<void> {
    if (html !== undefined)
      await on.route('**/__shown', (route) => route.fulfill({ contentType: 'text/html', body: html }));
    if (plain) await this.#scripts(on, false);
    const open = () => on.goto(this.#url + path, { waitUntil: 'load' });
    // A page that loads again by itself may do so just then.
    await open().catch((error: Error) => {
      if (!error.message.includes('interrupted by another navigation')) throw error;
      return open();
    });
    if (html !== undefined) await on.unroute('**/__shown');
    if (plain) await this.#scripts(on, true);
    await act?.(on);
    // A page that loads again by itself stays while it is looked at: an answer without content leads nowhere. Spec: HTML, 7.4.2.3.
    if (how.waits) await on.route('**', stays);
    await this.look(what, on, how);
    if (how.waits) await on.unroute('**', stays);
  }

  /** The same for many, side by side in the given tabs. */
  async visitAll(tabs: readonly Page[], stops: readonly Stop[]): Promise<void> {
    const waiting = [...stops];
    await Promise.all(
      tabs.map(async (tab) => {
        for (let stop = waiting.shift(); stop; stop = waiting.shift()) await this.visit(tab, stop);
      }),
    );
  }

  async #scripts(on: Page, run: boolean): Promise<void> {
    const session = this.#sessions.get(on) ?? on.context().newCDPSession(on);
    this.#sessions.set(on, session);
    await (await session).send('Emulation.setScriptExecutionDisabled', { value: !run });
  }
}

const stays = (route: Route): Promise<void> =>
  route.request().isNavigationRequest() ? route.fulfill({ status: 204 }) : route.continue();

/** What axe finds on a page, one line a fault. */
async function axe(on: Page, rules: readonly string[] | undefined, waits: boolean): Promise<string[]> {
  if (!(await on.evaluate('typeof axe === "object"'))) await on.evaluate(AXE);
  return on.evaluate(
    async ({ only, tags, reloads }) => {
      const { axe } = window as unknown as { axe: typeof import('axe-core') };
      const { violations } = await axe.run(document, {
        runOnly: only ? { type: 'rule', values: [...only] } : { type: 'tag', values: tags },
        rules: only || !reloads ? {} : { 'meta-refresh': { enabled: false } },
        resultTypes: ['violations'],
        // Sound that has not begun to load would be waited for.
        preload: { assets: ['cssom'], timeout: 5_000 },
      });
      return violations.flatMap(({ id, nodes }) =>
        nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.any[0]?.message ?? node.html}`),
      );
    },
    { only: rules, tags: TAGS, reloads: waits },
  );
}
