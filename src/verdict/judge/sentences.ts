import type { Verdict } from './verdict.ts';

const percent = (share: number): string => `${(Math.round(share * 1000) / 10).toLocaleString('en')} %`;
const number = (value: number): string =>
  (value >= 100 ? Math.round(value) : Math.round(value * 10) / 10).toLocaleString('en');
const time = (iso: string | null): string =>
  iso === null ? '?' : `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
const plural = (count: number, one: string, many: string): string =>
  `${number(count)} ${count === 1 ? one : many}`;

const LABELS: Readonly<Record<Verdict['label'], string>> = {
  NO_OVERLOAD:
    'NO_OVERLOAD: nothing in this log shows that the server was asked for more than it could serve.',
  CROWD: 'CROWD: demand rose, and those who came behave like people, not like an attack.',
  ATTACK: 'ATTACK: most of the demand came from clients that behave like an attack.',
  MIXED: 'MIXED: a crowd and hostile traffic came at the same time.',
  INTERNAL_FAULT:
    'INTERNAL_FAULT: the server failed at a demand that it can serve; neither a crowd nor an attack explains it.',
  UNDETERMINED: 'UNDETERMINED: this log does not hold enough to decide.',
};

/** The answer in five sentences with numbers. */
export function sentencesOf(verdict: Omit<Verdict, 'sentences'>): string[] {
  return [LABELS[verdict.label], ofDemand(verdict), ofHostile(verdict), ofHarm(verdict), ofEvidence(verdict)];
}

function ofDemand({ demand, window, log }: Omit<Verdict, 'sentences'>): string {
  const span = `From ${time(window.from)} to ${time(window.to)}`;
  const rate = `${number(demand.during.requests)} requests a second`;
  const others =
    demand.otherEvents > 0 ? ` (the largest of ${demand.otherEvents + 1} rises in this log)` : '';
  if (demand.before === null || demand.rise === null)
    return `${span} it answered ${rate} to ${plural(log.clients, 'client', 'clients')}, without a rise over a quiet time before.`;
  return `${span}${others} it was asked for ${rate}, against ${number(demand.before.requests)} in the quiet time: ${number(demand.rise)} times as much work or requests.`;
}

function ofHostile({ hostile, classes, clients }: Omit<Verdict, 'sentences'>): string {
  const { cost, requests } = hostile;
  if (cost.share === null || requests.share === null)
    return 'Which part of it was hostile cannot be known: a table of counts says nothing about who asked, for what, and how.';
  const named = classes.attacker.clients;
  const [first] = clients.filter((client) => client.class === 'attacker');
  const who = first ? `, ${named === 1 ? 'it' : 'first among them'} ${first.address}: ${first.why}` : '';
  return `Of its cost ${percent(cost.share)} was hostile (between ${percent(cost.low)} and ${percent(cost.high)}), of its requests ${percent(requests.share)} (${percent(requests.low)} to ${percent(requests.high)}); ${plural(named, 'client is', 'clients are')} called ${named === 1 ? 'an attacker' : 'attackers'}${who}.`;
}

function ofHarm({ harm, caused, label, conditions }: Omit<Verdict, 'sentences'>): string {
  const met = harm
    ? `People met harm for ${number(harm.seconds)} s from ${time(harm.from)} on, with ${percent(harm.failedShare)} of answers failed`
    : 'The log shows no harm to people (no failed answers, no silence, no slower answers)';
  const fails = conditions.filter(({ holds }) => holds !== true).map(({ condition }) => condition);
  if (harm?.fault && label === 'INTERNAL_FAULT') return `${met}; ${harm.fault}.`;
  if (caused === true) return `${met}; all five conditions hold, so the attack caused it.`;
  if (caused === false) return `${met}; an attack did not cause a failure here.`;
  return `${met}; whether an attack caused a failure cannot be said: ${fails.length} of 5 conditions do not hold or are not known (${fails.join('; ')}).`;
}

function ofEvidence({ families, log, complete, unknown }: Omit<Verdict, 'sentences'>): string {
  const says = families
    .filter(({ weight, says: what }) => weight >= 0.15 && what !== 'nothing')
    .map(({ name, says: what }) => `${name} says ${what}`);
  const read = `${number(log.requests)} requests were read (${percent(complete)} of the lines)`;
  const spoke = says.length > 0 ? `, ${says.join(', ')}` : ', no family of features says anything';
  const limits =
    unknown.length > 0
      ? `; ${plural(unknown.length, 'thing', 'things')} this log cannot tell ${unknown.length === 1 ? 'is' : 'are'} listed`
      : '';
  return `${read}${spoke}${limits}.`;
}
