/** One labelled number of a metric. */
export type Sample = readonly [labels: Readonly<Record<string, string | number>>, value: number];

/** What every metric has. */
interface Described {
  /** `earshot_<part>_<what>_<unit>`. */
  readonly name: string;
  /** One sentence for a reader who has never seen the code. */
  readonly help: string;
}

/** A metric of Prometheus: base units (seconds, bytes, ratios), counters that end in `_total`. */
export interface Metric extends Described {
  readonly kind: 'counter' | 'gauge';
  /** A number, or one for each set of labels. A value that is not finite is unknown and left out. */
  readonly value: number | Iterable<Sample>;
}

/** How often something took how long. */
export interface HistogramMetric extends Described {
  readonly kind: 'histogram';
  readonly value: ClassCounts;
}

/** Counts values by class. */
export class ClassCounts {
  readonly bounds: readonly number[];
  readonly counts: Float64Array;
  sum = 0;
  count = 0;

  /** `bounds`: the upper ends of the classes, growing; what is above the last of them is in none. */
  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = new Float64Array(bounds.length);
  }

  /** Counts a value, in the unit of the metric. */
  add(value: number): void {
    this.sum += value;
    this.count += 1;
    const at = this.bounds.findIndex((bound) => value <= bound);
    if (at >= 0) this.counts[at] = (this.counts[at] ?? 0) + 1;
  }
}

const NAME = /^earshot_[a-z0-9]+(_[a-z0-9]+)*$/;
/** Units that Prometheus replaces by seconds, bytes and ratios. */
const NO_BASE_UNIT =
  /_(milliseconds|microseconds|nanoseconds|minutes|hours|days|kilobytes|megabytes|bits|percent|ms|ns|us)(_|$)/;
/** A sample's line: name, labels, number. */
const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;

/**
 * Metrics as Prometheus text.
 * @example exposition([{ name: 'earshot_disk_free_bytes', kind: 'gauge', help: 'Free bytes', value: 12 }])
 * @throws RangeError when a name breaks the conventions: unknown prefix, counter without `_total`, no base unit.
 * Spec: Prometheus exposition format 0.0.4.
 */
export function exposition(metrics: readonly (Metric | HistogramMetric)[]): string {
  const lines: string[] = [];
  for (const metric of metrics) {
    const { name, kind, help } = metric;
    if (!NAME.test(name) || NO_BASE_UNIT.test(name) || name.endsWith('_total') !== (kind === 'counter'))
      throw new RangeError(`${name} is not a valid name for a ${kind}`);
    lines.push(`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${kind}`);
    if (metric.kind === 'histogram') {
      lines.push(...classes(name, metric.value));
      continue;
    }
    const { value } = metric;
    const samples: Iterable<Sample> = typeof value === 'number' ? [[{}, value]] : value;
    for (const [labels, number] of samples)
      if (Number.isFinite(number)) lines.push(`${name}${braces(labelText(labels))} ${number}`);
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** Spec: Prometheus exposition format 0.0.4, histograms: each class has what is in the ones below it as well. */
function classes(name: string, { bounds, counts, sum, count }: ClassCounts): string[] {
  let below = 0;
  const lines = bounds.map((bound, i) => {
    below += counts[i] ?? 0;
    return `${name}_bucket{le="${bound}"} ${below}`;
  });
  return [...lines, `${name}_bucket{le="+Inf"} ${count}`, `${name}_sum ${sum}`, `${name}_count ${count}`];
}

/** The metrics of one process, and the labels that distinguish it from the others. */
export interface Exposed {
  readonly labels: Readonly<Record<string, string | number>>;
  /** In the format of `exposition`. */
  readonly text: string;
}

/** Merges the texts of several processes: each metric once, with the samples of all, each with its process's labels. */
export function mergeExpositions(parts: readonly Exposed[]): string {
  const families = new Map<string, { head: string[]; samples: string[] }>();
  for (const { labels, text } of parts) {
    const more = labelText(labels);
    let family: { head: string[]; samples: string[] } | undefined;
    let fresh = false;
    for (const line of text.split('\n')) {
      const [, name] = /^# (?:HELP|TYPE) (\S+)/.exec(line) ?? [];
      if (name !== undefined) {
        if (line.startsWith('# HELP')) {
          fresh = !families.has(name);
          family = families.get(name) ?? { head: [], samples: [] };
          families.set(name, family);
        }
        if (fresh) family?.head.push(line);
        continue;
      }
      const [, of, own = '', number] = SAMPLE.exec(line) ?? [];
      if (of !== undefined)
        family?.samples.push(`${of}${braces([own, more].filter(Boolean).join())} ${number}`);
    }
  }
  return [...families.values()].map(({ head, samples }) => `${[...head, ...samples].join('\n')}\n`).join('');
}

const braces = (labels: string): string => (labels === '' ? '' : `{${labels}}`);

const labelText = (labels: Readonly<Record<string, string | number>>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}="${escapeLabel(String(value))}"`)
    .join();

const escapeLabel = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

const escapeHelp = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
