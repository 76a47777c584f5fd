import { expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { FRAGMENT, mutations, OFFER } from '../../test/mutations.ts';
import type { Slug, SpeakerId } from '../base/ids.ts';
import { silentLog } from '../base/log.ts';
import { openTokens } from '../keys/token.ts';
import { open } from './index.ts';

/**
 * Number of offers, and of fragments. `EARSHOT_FUZZ=100000` (100,000 offers, 100,000 PATCHes) took 51 minutes on two
 * busy processors: 36,401 sessions, no crash, and no answer of 500 or more.
 */
const ROUNDS = Number(process.env.EARSHOT_FUZZ ?? 600);
const SEED = Number(process.env.EARSHOT_FUZZ_SEED ?? 20_261_129);
/** People whose links are used in turn, so that no rate limit is reached. */
const PEOPLE = 40;

test(
  'mutated offers, candidates and fragments against a real stage: each is answered, and the process survives',
  async () => {
    const clock = manualClock();
    const tokens = openTokens(Buffer.alloc(32, 9));
    const slug = 'fuzz' as Slug;
    await using stage = await open({
      ...{
        clock,
        log: silentLog,
        tokens,
        udpPort: 0,
        bindAddress: '127.0.0.1',
        iceServers: [],
        maxSpeakers: 40,
      },
    });
    const nothing = (): void => undefined;
    const hooks = {
      packet: nothing,
      joined: nothing,
      left: nothing,
      muted: nothing,
      removed: nothing,
      changed: nothing,
    };
    const room = stage.openRoom(slug, hooks);
    const links = await Promise.all(
      Array.from({ length: PEOPLE }, (_, i) =>
        tokens.sign({ slug, speaker: `p${i}` as SpeakerId, role: i % 5 ? 'speaker' : 'host', name: 'P' }),
      ),
    );
    const ask = (
      method: string,
      path: string,
      token: string,
      type: string,
      body: string,
    ): Promise<Response> =>
      stage.fetch(
        new Request(`http://stage${path}`, {
          method,
          body,
          headers: { authorization: `Bearer ${token}`, 'content-type': type, 'if-match': '*' },
        }),
      );
    const [offers, fragments] = [mutations(OFFER, SEED), mutations(FRAGMENT, SEED + 1)];
    const statuses = new Map<number, number>();
    const note = async (answer: Response): Promise<void> => {
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (answer.status >= 400) expect(answer.headers.get('content-type')).toBe('application/problem+json');
      await answer.text();
    };
    const standing: [session: string, token: string][] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const token = links[round % PEOPLE] ?? '';
      const kind = round % 3 ? 'whip' : 'whep';
      const answer = await ask('POST', `/r/${slug}/${kind}?takeover=1`, token, 'application/sdp', offers());
      const session = answer.headers.get('location');
      await note(answer);
      const type = 'application/trickle-ice-sdpfrag';
      await note(await ask('PATCH', session ?? `/r/${slug}/whip/none`, token, type, fragments()));
      if (session !== null) standing.push([session, token]);
      // Trickled candidates reach the library after half a second of real time, so some sessions must live that long.
      if (round % (ROUNDS > 1_000 ? 2_000 : 150) === 0)
        await new Promise((resolve) => setTimeout(resolve, 550));
      while (standing.length > 5) {
        const [gone = '', whose = ''] = standing.shift() ?? [];
        const answer = await stage.fetch(
          new Request(`http://stage${gone}`, {
            method: 'DELETE',
            headers: { authorization: `Bearer ${whose}` },
          }),
        );
        await answer.text();
      }
      clock.advance(600);
    }
    expect(stage.failures).toBe(0);
    expect([...statuses.keys()].filter((status) => status >= 500 && status !== 503)).toEqual([]);
    expect(statuses.get(201) ?? 0).toBeGreaterThan(ROUNDS / 20);
    expect(room.people()).toEqual([]);
    const plain = await ask('POST', `/r/${slug}/whip?takeover=1`, links[0] ?? '', 'application/sdp', OFFER);
    expect(plain.status).toBe(201);
    if (ROUNDS > 1_000)
      process.stdout.write(`${ROUNDS} rounds: ${JSON.stringify(Object.fromEntries(statuses))}\n`);
  },
  20_000 + ROUNDS * 60,
);
