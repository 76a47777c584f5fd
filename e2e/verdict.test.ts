/** The verdict of a running server about a crowd. */
import { expect, test } from 'vitest';
import { accusesNobody, at, CROWD, type Evening, evening, judgedAs, sentencesOf } from './rig/evening.ts';
import { until } from './rig/server.ts';

const CLAIM = 'There appears to be a massive DDoS attack.';
const LIMIT_MS = 240_000;

/** What the defence of all doors has done, by what Prometheus is told. */
const refusals = async ({ server }: Evening): Promise<number> =>
  [
    ...(await server.metrics()).matchAll(
      /^earshot_door_defence_(?:acts|denied_total|requests_total)\S* (\d+)/gm,
    ),
  ].reduce((sum, [, count]) => sum + Number(count), 0);

test(
  'a crowd ten times as large is never called an attack, nobody is refused, and who says it was one is contradicted',
  async () => {
    const crowd = await evening(CROWD);
    const { server, room } = crowd;
    await at(crowd, CROWD.at + 12);
    const { id } = await server.cli<{ id: string }>(
      'incident',
      'open',
      'The sound stutters',
      '--room',
      room.slug,
    );
    await server.cli('note', room.slug, CLAIM);
    let seen = 0;
    await judgedAs(crowd, 'CROWD', (all) => {
      seen += 1;
      for (const one of all) expect(accusesNobody(one), JSON.stringify(one.requests)).toBe(true);
    });
    expect(seen).toBeGreaterThan(1);
    const [incident] = (await crowd.incidents()).filter((one) => one.id === id);
    expect(incident?.requests?.demand.rise).toBeGreaterThan(4);
    await until('the claim is answered', async () =>
      (await sentencesOf(crowd, id)).join().includes(CLAIM.slice(0, -1)),
    );
    const sentences = await sentencesOf(crowd, id);
    expect(sentences).toHaveLength(5);
    expect(sentences.join('\n')).toMatch(/massive DDoS attack.*contradict/);
    const { people, heard, answers } = await crowd.over();
    expect(people).toBeGreaterThan(100);
    expect(heard / people).toBeGreaterThan(0.8);
    expect(Object.keys(answers)).toEqual(['200']);
    expect(await refusals(crowd)).toBe(0);
  },
  LIMIT_MS,
);
