import { type Config, envName, flagName, KEYS, otherNames } from './load.ts';
import { schema } from './schema.ts';
import { type About, manual } from './setting.ts';

const about = (key: (typeof KEYS)[number]): About => {
  const entry = manual.get(schema.shape[key]);
  if (!entry) throw new Error(`the setting ${key} has no manual entry`);
  return entry;
};

/** The effective configuration, one `key = value` each, secrets masked. */
export function describe(config: Config): string[] {
  return KEYS.map((key) => {
    const value = config[key];
    const empty = value === undefined || (Array.isArray(value) && value.length === 0);
    const shown = empty ? '(none)' : about(key).secret ? '(secret)' : String(value);
    return `${key} = ${shown}`;
  });
}

/** docs/configuration.md. */
export function manualPage(): string {
  const sections = KEYS.map((key) => {
    const { unit, reason, change, secret, default: fallback } = about(key);
    return [
      `## ${key}`,
      '',
      reason,
      '',
      `* value: ${unit}${secret ? ' (secret: masked when shown)' : ''}`,
      `* default: ${fallback === '' ? 'none' : `\`${fallback}\``}`,
      `* set by: ${[flagName(key), envName(key), ...otherNames(key)].map((name) => `\`${name}\``).join(', ')}`,
      `* a change takes effect: ${change === 'live' ? 'at once' : 'after a restart'}`,
    ].join('\n');
  });
  return `${[
    '# Configuration',
    '',
    '<!-- Written by `node scripts/manual.ts` from src/config/schema.ts. Change the schema, then run it. -->',
    '',
    'Every setting has a default: `npm start` needs none. A setting is a flag (`npm start -- --port 9000`), an environment',
    'variable (`EARSHOT_PORT=9000`) or a line in a file named by `--config FILE` or `EARSHOT_CONFIG`. Flags win over the',
    'environment, the environment over the file. An empty value means the default. A name that does not exist or a value',
    'that cannot be used makes Earshot refuse to start, with its name and the reason. `deploy/earshot.env.sample` is a file to start from.',
    '',
    'Durations are written `200ms`, `6s`, `15min`, `2h`, `3d`; sizes `64kB`, `2MB`, `1GB` (powers of ten).',
    '',
    sections.join('\n\n'),
  ].join('\n')}\n`;
}

/** deploy/earshot.env.sample: every setting with its default, commented out. */
export function samplePage(): string {
  const entries = KEYS.map((key) => {
    const { unit, reason, default: fallback } = about(key);
    return `# ${reason}\n# ${unit}\n#${envName(key)}=${fallback}`;
  });
  return `${[
    '# Settings of Earshot. Written from src/config/schema.ts by `node scripts/manual.ts`.',
    '# Remove the # of a line to change it. Use with --config FILE, EARSHOT_CONFIG=FILE, or as EnvironmentFile of systemd.',
    '',
    entries.join('\n\n'),
  ].join('\n')}\n`;
}
