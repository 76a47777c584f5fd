import { useEffect, useMemo } from 'preact/hooks';
import type { Forecast, ForecastSpan } from '../../../src/wire/figures/forecast.ts';
import { arrivalPath, spanPicture } from '../../../src/wire/figures/forecast-picture.ts';
import { forecastEnglish } from '../../../src/words/forecast-english.ts';
import { forecastFrench } from '../../../src/words/forecast-french.ts';
import { forecastLines } from '../../../src/words/forecast-words.ts';
import { useConsole } from '../console/context.ts';
import { localeOf } from '../words/times.ts';
import { openForecastFeed } from './forecast-feed.ts';

/** How many will come, what to do before they do, and how earlier forecasts came out; for hosts. */
export function ForecastCard() {
  const { isHost, link, room, settings } = useConsole();
  const feed = useMemo(() => openForecastFeed(link.slug, () => link.token), [link.slug, link.token]);
  const status = room.status.value;
  const host = isHost.value;
  useEffect(() => () => feed[Symbol.dispose](), [feed]);
  // Its status decides what can be said.
  useEffect(() => {
    if (host && status) void feed.look();
  }, [feed, host, status]);
  const told = feed.told.value;
  if (!host || !told) return null;
  const language = settings.language.value;
  const texts = language === 'fr' ? forecastFrench : forecastEnglish;
  const locale = localeOf(language);
  const { now, state, shown, score } = forecastLines(told, texts, locale);
  const came = told.outcome?.came.peak;
  return (
    <section class="forecast-card card" aria-label={texts.title}>
      <h2>{texts.title}</h2>
      {now && told.now && (
        <>
          <p class="headline">{now.headline}</p>
          <Span span={told.now.spans.peak} label={texts.picture} locale={locale} />
          <p class="small ash">{texts.estimate}</p>
          {now.advice.length > 0 && (
            <>
              <h3>{texts.toDo}</h3>
              <ul>
                {now.advice.map((line) => (
                  <li key={line}>{line}</li>
                ))}
              </ul>
            </>
          )}
          <details>
            <summary>{texts.more}</summary>
            <svg class="forecast-curve" viewBox="0 0 320 48" role="img" aria-label={texts.curve}>
              <path d={arrivalPath(told.now.arrivals, 320, 46)} />
              <line class="came" x1={startAt(told.now)} x2={startAt(told.now)} y1="0" y2="48" />
            </svg>
            <p class="small ash">{texts.curve}</p>
            {[...now.more, ...now.rung].map((line) => (
              <p key={line} class="small">
                {line}
              </p>
            ))}
          </details>
        </>
      )}
      {state !== undefined && <p class="small">{state}</p>}
      {shown.length > 0 && (
        <ul class="forecasts">
          {shown.map(({ says }, i) => (
            <li key={says} class="small">
              {says}
              {came !== undefined && told.shown[i] && (
                <Span span={told.shown[i].spans.peak} came={came} label={says} locale={locale} />
              )}
            </li>
          ))}
        </ul>
      )}
      <p class="small ash">{score}</p>
    </section>
  );
}

/** Where the announced start is on the curve of arrivals, in units of the drawing. */
const startAt = ({ arrivals }: Pick<Forecast, 'arrivals'>): number =>
  Math.round((-(arrivals[0]?.[0] ?? 0) / Math.max(1, arrivals.length)) * 320);

/** An interval, with the mark of what came; its text stands beside it. */
function Span({
  span,
  came,
  label,
  locale,
}: {
  readonly span: ForecastSpan;
  readonly came?: number;
  readonly label: string;
  readonly locale: string;
}) {
  const picture = spanPicture(span, came);
  const x = (at: number): number => Math.round(8 + at * 304);
  const width = Math.max(2, x(picture.high) - x(picture.low));
  return (
    <svg class="forecast-span" viewBox="0 0 320 44" role="img" aria-label={label}>
      <line class="axis" x1="8" x2="312" y1="26" y2="26" />
      {picture.ticks.map(({ people, at }) => (
        <text key={people} x={x(at)} y="41" text-anchor="middle">
          {people.toLocaleString(locale, { notation: 'compact' })}
        </text>
      ))}
      <rect x={x(picture.low)} y="8" width={width} height="14" rx="3" />
      {picture.middle !== undefined && (
        <line class="middle" x1={x(picture.middle)} x2={x(picture.middle)} y1="8" y2="22" />
      )}
      {picture.came !== undefined && (
        <line class="came" x1={x(picture.came)} x2={x(picture.came)} y1="2" y2="26" />
      )}
    </svg>
  );
}
