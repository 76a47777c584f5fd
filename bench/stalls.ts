/**
 * The web player in Chromium for four minutes behind a network with stalls, as in a train or a tunnel. Reports for how
 * long it was silent in the first and in the last two minutes, and its delay at the end.
 * `npm run bench -- stalls [minutes]`.
 */
import { bundlePlayer, heard, listenIn, openChromium, openEarServer } from '../e2e/ear.ts';
import { openStallingProxy, STALLING } from '../e2e/rig/stalling-proxy.ts';

const RATE = 48_000;
const half = (Number(process.argv[2] ?? 4) / 2) * 60_000;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const player = await bundlePlayer();
const browser = await openChromium();
await using server = await openEarServer(player);
const run = async (name: string, stalling: (typeof STALLING)[keyof typeof STALLING] | undefined) => {
  await using proxy = stalling && (await openStallingProxy(server.url, stalling));
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${proxy?.url ?? server.url}/`);
  await listenIn(page, { slug: 'tone', share: false });
  await page.evaluate(() => (window as any).player.play());
  await wait(1_000);
  const row: Record<string, string | number> = { network: name };
  for (const stretch of ['first', 'then']) {
    await heard(page);
    const stood = proxy?.stood ?? 0;
    await wait(half);
    const { silent, gaps, stats } = await heard(page);
    row[`${stretch}: stood, s`] = ((proxy?.stood ?? 0) - stood).toFixed(1);
    row[`${stretch}: silent, s`] = (silent / RATE).toFixed(2);
    row[`${stretch}: gaps`] = gaps;
    row['margin, s'] = stats.margin.toFixed(1);
    row.jumps = stats.jumps;
  }
  return row;
};
console.table(
  await Promise.all([
    run('still never', undefined),
    ...Object.entries(STALLING).map(([name, stalling]) => run(name, stalling)),
  ]),
);
await browser.close();
