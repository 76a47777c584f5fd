import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { EarshotError } from '../base/errors.ts';

/** What a command was given: values of its options, and the words that belong to none. */
export type Arguments<Options extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ options: Options; allowPositionals: true }>
>;

/**
 * Reads the arguments of `earshot COMMAND`, of which at most `words` belong to no option. A value may begin with a
 * dash, as numbers below zero do: whether it is allowed, the command says.
 * @throws EarshotError `unprocessable` with one sentence that names the option.
 */
export function readArguments<const Options extends ParseArgsOptionsConfig>(
  command: string,
  args: readonly string[],
  options: Options,
  words: number,
): Arguments<Options> {
  const refuse = (said: string): never => {
    throw new EarshotError('unprocessable', `${said}; see earshot ${command} --help`);
  };
  const long = (short: string): string | undefined =>
    Object.keys(options).find((name) => options[name]?.short === short);
  const whole: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    const [, name = long(/^-([a-z])$/i.exec(arg)?.[1] ?? ''), value] =
      /^--([a-z][\w-]*)(?:=(.*))?$/is.exec(arg) ?? [];
    const option = name === undefined ? undefined : options[name];
    if (name === undefined && !arg.startsWith('-')) whole.push(arg);
    else if (!option) refuse(`there is no option ${arg.replace(/=.*$/s, '')}`);
    else if (option.type === 'boolean') {
      if (value !== undefined) refuse(`--${name} = ${value}: it takes no value`);
      whole.push(`--${name}`);
    } else {
      const next = value ?? args[++i];
      if (next === undefined || (value === undefined && next.startsWith('--')))
        refuse(`--${name}: the value is missing`);
      whole.push(`--${name}=${next}`);
    }
  }
  const read = parseArgs({ args: whole, options, allowPositionals: true });
  const extra = read.positionals[words];
  if (extra !== undefined) refuse(`"${extra}" is one word too many`);
  return read as Arguments<Options>;
}

const spoken = (value: number): string => value.toLocaleString('en');

/** The whole number that `--name` was given. @throws EarshotError `unprocessable` with the range. */
export function wholeNumber(text: string, name: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new EarshotError(
    'unprocessable',
    `--${name} = ${text}: use a whole number from ${spoken(least)} to ${spoken(most)}`,
  );
}

/** The number, whole or not, that `--name` was given. @throws EarshotError `unprocessable` with the range. */
export function decimal(text: string, name: string, least: number, most: number, of = 'number'): number {
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new EarshotError(
    'unprocessable',
    `--${name} = ${text}: use a ${of} from ${spoken(least)} to ${spoken(most)}`,
  );
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };
const LONGEST_MS = 24 * 3_600_000;

/**
 * The milliseconds of a time such as `30s` or `2min` that `--name` was given; bare numbers are seconds.
 * @throws EarshotError `unprocessable`
 */
export function milliseconds(text: string, name: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|min|h)?$/.exec(text) ?? [];
  const value = amount === undefined ? Number.NaN : Number(amount) * (UNITS[unit ?? 's'] ?? 1000);
  if (value <= LONGEST_MS) return value;
  throw new EarshotError(
    'unprocessable',
    `--${name} = ${text}: use a time from 0s to 24h, such as 30s or 2min`,
  );
}

/** The word of a few that `--name` was given. @throws EarshotError `unprocessable` with all of them. */
export function oneOf<const Word extends string>(text: string, name: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  throw new EarshotError('unprocessable', `--${name} = ${text}: use ${words.join(' or ')}`);
}
