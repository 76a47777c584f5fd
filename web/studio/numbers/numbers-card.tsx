import { useEffect, useMemo } from 'preact/hooks';
import type { Unit } from '../../../src/wire/metrics.ts';
import { figuresEnglish } from '../../../src/words/figures-english.ts';
import { figuresFrench } from '../../../src/words/figures-french.ts';
import { unitShape } from '../../../src/words/unit-shape.ts';
import { roomAt } from '../../kit/room-name.ts';
import { useConsole, useWords } from '../console/context.ts';
import { minutesLate } from '../feed/standing.ts';
import { type FigureRow, figureRows, lateAndSilent } from './figure-rows.ts';
import { Notes } from './notes.tsx';
import { openRoomNumbers, type RoomNumbersFeed } from './room-numbers.ts';

/** The room's numbers as everybody sees them, from the same files, and the host's notes. */
export function NumbersCard() {
  const { link, settings } = useConsole();
  const words = useWords().numbers;
  const feed = useMemo(() => openRoomNumbers(link.slug), [link.slug]);
  useEffect(() => () => feed[Symbol.dispose](), [feed]);
  const figures = settings.language.value === 'fr' ? figuresFrench : figuresEnglish;
  const numbers = feed.numbers.value;
  const rows = numbers ? figureRows(numbers, figures, words) : [];
  return (
    <section class="numbers card" aria-label={words.title}>
      <h2>{words.title}</h2>
      <p class="small ash">
        {words.same}{' '}
        <a href={`${roomAt(link.slug)}/numbers`} target="_blank" rel="noopener">
          {words.publicPage}
        </a>
      </p>
      {feed.away.value && (
        <p class="small ochre" role="status">
          {words.away}
        </p>
      )}
      {numbers ? (
        <>
          <p class="small">{figures.status[numbers.status]}</p>
          <dl>
            {rows.map((row) => (
              <Row key={row.id} row={row} />
            ))}
            <Start feed={feed} />
            <Silence feed={feed} causes={figures.causes} />
          </dl>
        </>
      ) : (
        <p class="small">{words.nothing}</p>
      )}
      <Notes feed={feed} />
    </section>
  );
}

function Row({ row: { unit, name, value, notes } }: { readonly row: FigureRow }) {
  return (
    <div class={`unit-${unit}`}>
      <dt>
        <Shape unit={unit} />
        {name}
      </dt>
      <dd>
        <span class="figure">{value}</span>
        {notes.map((note) => (
          <small key={note} class="ash">
            {note}
          </small>
        ))}
      </dd>
    </div>
  );
}

/** The drawing of a unit: our own markup, the same as on the public page. */
function Shape({ unit }: { readonly unit: Unit }) {
  return <span aria-hidden="true" dangerouslySetInnerHTML={{ __html: unitShape(unit) }} />;
}

function Start({ feed }: { readonly feed: RoomNumbersFeed }) {
  const { room, standing, now } = useConsole();
  const words = useWords().numbers;
  const evening = feed.evening.value;
  const late = evening && lateAndSilent(evening).late;
  const soFar = minutesLate(standing.value, room.open.value?.clocks.scheduled, now.value);
  const text = late !== undefined ? words.lateBy(late) : soFar > 0 ? words.lateSoFar(soFar) : undefined;
  if (text === undefined) return null;
  return (
    <div>
      <dt>{words.late}</dt>
      <dd>{text}</dd>
    </div>
  );
}

function Silence({
  feed,
  causes,
}: {
  readonly feed: RoomNumbersFeed;
  readonly causes: Readonly<Record<string, string>>;
}) {
  const { room } = useConsole();
  const words = useWords().numbers;
  const evening = feed.evening.value;
  const now = room.program.value?.program.deadAir;
  if (!evening) return null;
  return (
    <div>
      <dt>{words.silence}</dt>
      <dd>
        {words.silences(lateAndSilent(evening).silences)}
        {now && <small class="ochre">{words.silentNow(causes[now.cause] ?? now.cause)}</small>}
      </dd>
    </div>
  );
}
