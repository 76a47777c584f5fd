import { rmSync } from 'node:fs';
import { systemClock } from '../base/clock.ts';
import { makeFolder } from '../base/folder.ts';
import type { OpenRole } from '../base/health.ts';
import type { Log } from '../base/log.ts';
import { exposition, type Metric } from '../base/metrics.ts';
import type { Config } from '../config/index.ts';
import { type Mirror, openMirror, openPressServer } from '../press/index.ts';
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
  const mirror = config.incidentMirror
    ? stack.use(
        openMirror({
          ...{ clock: systemClock, log, folder: at.press, gitFolder: at.pressGit },
          target: config.incidentMirror,
        }),
      )
    : undefined;
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
        ...(mirror ? mirrorMetrics(mirror) : []),
      ]),
  });
}

/** What is told of the copy elsewhere. */
const mirrorMetrics = ({ copies, failures, copiedAt }: Mirror): Metric[] => [
  {
    name: 'earshot_press_mirror_copies_total',
    kind: 'counter',
    help: 'Times that the pages about incidents were copied to incidentMirror',
    value: copies,
  },
  {
    name: 'earshot_press_mirror_failures_total',
    kind: 'counter',
    help: 'Times that this failed; it is tried again',
    value: failures,
  },
  {
    name: 'earshot_press_mirror_copied_timestamp_seconds',
    kind: 'gauge',
    help: 'When it last succeeded, as seconds since 1970',
    value: copiedAt === undefined ? Number.NaN : copiedAt / 1_000,
  },
];
