import type { EvidenceFigure } from '../wire/evidence-entry.ts';
import type { MetricId } from '../wire/metrics.ts';

type Totals = Partial<Record<MetricId, EvidenceFigure>>;

/**
 * Keeps an estimate of sessions from taking back what was written down: a share that was estimated anew, as when everybody
 * leaves, makes nobody a listener of less than a minute again. `excluded`: sessions that were found not to count since.
 */
export function keepRisen(total: Totals, before: Totals, excluded: number): void {
  const { tuned_in_live: tuned, listens_total: listens } = total;
  const least = (before.tuned_in_live?.net ?? 0) - excluded;
  if (tuned?.method !== 'sampled' || tuned.net >= least) return;
  const more = least - tuned.net;
  total.tuned_in_live = { ...tuned, net: least, gross: Math.max(tuned.gross, least) };
  if (listens)
    total.listens_total = {
      ...listens,
      ...{ net: listens.net + more, gross: Math.max(listens.gross, listens.net + more) },
      ...(listens.parts ? { parts: { ...listens.parts, live: (listens.parts.live ?? 0) + more } } : {}),
    };
}
