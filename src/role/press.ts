import { rmSync } from 'node:fs';
import { systemClock } from '../base/clock.ts';
import { makeFolder } from '../base/folder.ts';
import type { OpenRole } from '../base/health.ts';
import type { Log } from '../base/log.ts';
import { exposition } from '../base/metrics.ts';
import type { Config } from '../config/index.ts';
import { openPressServer } from '../press/index.ts';
import { paths } from './paths.ts';
import { setProcessPriority } from './priority.ts';

/** Opens the press: it serves the published pages, and needs none of the others for it. */
export async function openPress(config: Config, log: Log): Promise<OpenRole> {
  setProcessPriority('press', log);
  const at = paths(config.data);
  makeFolder(at.press);
  rmSync(at.pressHttp, { force: true });
  await using stack = new AsyncDisposableStack();
  const server = stack.use(
    await openPressServer({
      ...{ folder: at.press, socketPath: at.pressHttp, keeping: { clock: systemClock, log } },
      ...{ port: config.pressPort, host: config.host },
    }),
  );
  if (server.port !== undefined)
    log.info({ port: server.port }, 'pages about incidents are served here as well');
  return Object.assign(stack.move(), {
    metrics: () =>
      exposition([
        {
          name: 'earshot_press_answers_total',
          kind: 'counter',
          help: 'Answers with pages about incidents, by class of status',
          value: [...server.answered].map(([status, n]) => [{ status }, n] as const),
        },
      ]),
  });
}
