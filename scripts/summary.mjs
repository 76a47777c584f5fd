/** The last lines of a run of the tests: what is red, what was green only on a second look, what the machine did, and the count. */

/**
 * `reds`: one line for each of the `failed`. `looks`: tests that were green only when looked at again, as `{ file, title, tries, alone }`: how often they were
 * tried, and whether in a run of their own. `machine`: how often it stood still, and for how many ms at worst. The last
 * line is always `N passed, N failed`.
 */
export function summary({
  passed,
  failed,
  skipped = 0,
  reds = [],
  looks = [],
  machine = { stops: 0, worst: 0 },
}) {
  const lines = [];
  if (skipped > 0) lines.push(`${skipped} ${plural(skipped, 'test was', 'tests were')} skipped`);
  const told = once(looks);
  if (told.length > 0) {
    lines.push(`green only on a second look: ${told.length} ${plural(told.length, 'test', 'tests')}`);
    for (const { file, title, tries, alone } of told) {
      const how = alone ? `in look ${tries}, alone` : `at try ${tries}`;
      lines.push(`  ${file} > ${title} (${how})`);
    }
  }
  for (const red of reds) lines.push(`red: ${red}`);
  if (told.length > 0 || failed > 0 || machine.stops > 0) lines.push(stood(machine));
  lines.push(`${passed} passed, ${failed} failed`);
  return lines;
}

/** Two observations of the machine as one. */
export function together(a, b) {
  return { stops: a.stops + b.stops, worst: Math.max(a.worst, b.worst) };
}

/**
 * Which of the tests that were red in look `n - 1` are green in look `n`. What is red for its file alone (a set-up that
 * failed) is green when every test of the file is.
 */
export function turnedGreen(red, again, n) {
  return red
    .filter(({ file, title }) =>
      title === undefined
        ? again.green.some((one) => one.file === file) && !again.red.some((one) => one.file === file)
        : again.green.some((one) => one.file === file && one.title === title),
    )
    .map(({ file, title = '(the file)' }) => ({ file, title, tries: n, alone: true }));
}

function stood({ stops, worst }) {
  if (stops === 0) return 'meanwhile the processor was there all the time';
  return `meanwhile the processor stood still, or was taken by others, ${stops} ${plural(stops, 'time', 'times')}, ${worst.toFixed(0)} ms at worst`;
}

const plural = (n, one, many) => (n === 1 ? one : many);

/** Each test once, by name: a look of its own counts for more than a try within a run. */
function once(looks) {
  const known = new Map();
  for (const look of looks) {
    const name = `${look.file} > ${look.title}`;
    if (!known.get(name)?.alone) known.set(name, look);
  }
  return [...known.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, look]) => look);
}
