import { join } from 'node:path';
import { open as openAudience, openRoomFiles } from '../audience/index.ts';
import { systemClock } from '../base/clock.ts';
import type { OpenRole } from '../base/health.ts';
import type { Log } from '../base/log.ts';
import { exposition } from '../base/metrics.ts';
import { ms } from '../base/time.ts';
import { listenSocket, subscribeSocket } from '../bus/index.ts';
import type { Config } from '../config/index.ts';
import { readSecret } from '../keys/secret.ts';
import { EMPTY, type Message } from '../wire/feed.ts';
import { openCountingClock } from './counting-clock.ts';
import { openServerIncidents } from './incidents.ts';
import { serveInner } from './inner-http.ts';
import { logLost } from './lost.ts';
import { paths } from './paths.ts';
import { setProcessPriority } from './priority.ts';
import { useSnapshot } from './snapshot.ts';
import { answersOf, openTallyEvidence, publishedRequests } from './tally/evidence.ts';
import { openTallyHappenings } from './tally/happenings.ts';
import { notesFrom, openTallyNotes } from './tally/notes.ts';
import { openTallyRequests } from './tally/requests.ts';

/** A new head is told to the doors so often, for their feeds; it is signed every ten seconds at most. */
const SIGNED_PERIOD = ms(1_000);

/** Opens the tally: it turns what the doors report about sessions into figures. No other process waits for it. */
export async function openTally(config: Config, log: Log): Promise<OpenRole> {
  setProcessPriority('tally', log);
  const at = paths(config.data);
  const keeping = { clock: systemClock, log };
  await using stack = new AsyncDisposableStack();
  const { evidence, receive } = await openTallyEvidence(config, log.part('evidence'));
  stack.use(evidence);
  const { wall } = openCountingClock(at, (ahead) => {
    const seconds = Math.round(ahead / 1000);
    log.warn(
      { seconds },
      'the clock of this machine was set: minutes are counted on by the time before, until Earshot is started again',
    );
    const now = Math.round(wall());
    const why = `the clock was set ${seconds > 0 ? 'forward' : 'back'} by ${Math.abs(seconds)} s; minutes go on by the time before`;
    void evidence.append({ v: 1, kind: 'gap', from: now, to: now, why, lost: 0 }).catch(() => undefined);
  });
  const clock = { ...systemClock, wall };
  const audience = stack.use(
    await openAudience({
      ...{ clock, log: log.part('audience'), dir: at.audience, evidence },
      ...{ keep: config.audienceKeep, quota: config.audienceQuota },
      // Our players go to caches only where some are named.
      counting: { leastProving: config.provingSessions, caches: config.caches.length > 0 },
    }),
  );
  const happenings = await openTallyHappenings({
    ...{ ...keeping, evidence, path: join(at.audience, 'happenings.json') },
  });
  const files = openRoomFiles({ clock: systemClock, bundle: evidence.bundle });
  const notes = openTallyNotes({ clock: systemClock, evidence });
  const requests = stack.use(
    await openTallyRequests({ ...keeping, dir: at.requests, secret: readSecret(at.secret) }),
  );
  const incidents = stack.use(
    await openServerIncidents(config, log.part('incidents'), clock, {
      ...{ bundle: evidence.bundle, notesOf: notesFrom(notes), requests: requests.verdict },
      ...publishedRequests(requests, evidence, clock),
    }),
  );
  requests.onRise(incidents.judged);
  const signedHead = (): Message => ({
    ...{ head: { kind: 'signed-head', note: evidence.signedHead() }, body: EMPTY },
  });
  const greeting = (): Message[] => [signedHead(), ...audience.greeting()];
  const outlet = stack.use(await listenSocket(at.tallyBus, greeting, keeping));
  let told = '';
  stack.use(
    systemClock.every(SIGNED_PERIOD, () => {
      const note = evidence.signedHead();
      if (note !== told) outlet.publish(signedHead());
      told = note;
    }),
  );
  audience.onNumbers((message) => {
    outlet.publish(message);
    incidents.receive(message.head);
  });
  outlet.onUpstream((message) => {
    if (message.head.kind === 'requests') requests.receive(message.body);
    else if (message.head.kind === 'answers') incidents.receive(message.head);
    else audience.receive(message);
  });
  let siteSpoke = false;
  stack.use(
    subscribeSocket(at.siteBus, {
      message(message) {
        siteSpoke ||= message.head.kind === 'rooms';
        receive(message.head);
        happenings.receive(message.head);
        incidents.receive(message.head);
        audience.receive(message);
      },
      failed: logLost(systemClock, log, 'site'),
    }),
  );
  stack.use(
    useSnapshot(
      { ...keeping, path: at.rooms },
      () => siteSpoke,
      (rooms) => {
        receive({ kind: 'rooms', rooms });
        incidents.receive({ kind: 'rooms', rooms });
        audience.receive({ head: { kind: 'rooms', rooms }, body: new Uint8Array(0) });
      },
    ),
  );
  for (let cell = 0; cell <= config.cells; cell++)
    stack.use(
      subscribeSocket(at.cellBus(cell), {
        message({ head, body }) {
          // Everything else of a cell is sound.
          if (head.kind !== 'state' && head.kind !== 'clocks') return;
          audience.receive({ head, body });
          happenings.receive(head);
          incidents.receive(head);
        },
        failed: logLost(systemClock, log, `cell-${cell}`),
      }),
    );
  stack.use(
    await serveInner(
      at.tallyHttp,
      answersOf(
        evidence,
        (request) => incidents.fetch(request) ?? files(request) ?? notes(request) ?? audience.fetch(request),
      ),
      keeping,
    ),
  );
  return Object.assign(stack.move(), {
    metrics: () => exposition(audience.metrics()) + evidence.metrics() + incidents.metrics(),
    checks: () => {
      const says = audience.trouble();
      const records =
        says === undefined ? { part: 'records', ok: true } : { part: 'records', ok: false, says };
      return [records, evidence.check()];
    },
  });
}
