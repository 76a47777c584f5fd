import { availableParallelism } from 'node:os';
import { type Config, envName, load } from '../../config/index.ts';
import type { ServerLimit } from '../../pages/index.ts';

type Limit = readonly [name: ServerLimit['name'], unit: ServerLimit['unit']];

const LIMITS: readonly Limit[] = [
  ['roomsCreate', 'word'],
  ['signUp', 'word'],
  ['maxSpeakers', 'number'],
  ['roomsPerCell', 'number'],
  ['speakersPerCell', 'number'],
  ['openLead', 'ms'],
  ['idleEnd', 'ms'],
  ['egressLimit', 'bytes/s'],
  ['backlogLimit', 'bytes'],
  ['cellMemory', 'bytes'],
  ['defence', 'word'],
  ['provingSessions', 'number'],
  ['recordingsKeep', 'ms'],
  ['recordingsQuota', 'bytes'],
  ['audienceKeep', 'ms'],
  ['audienceQuota', 'bytes'],
  ['reportsKeep', 'ms'],
  ['auditKeep', 'ms'],
];
const AUTOMATIC: ReadonlySet<string> = new Set(['egressLimit', 'cellMemory']);

/** The limits of a configuration, with the setting that each comes from. */
export function limitsOf(config: Config): ServerLimit[] {
  const usual = load({ cores: availableParallelism() });
  return LIMITS.map(([name, unit]) => {
    const value = config[name];
    return {
      ...{ name, unit, value: typeof value === 'number' || typeof value === 'string' ? value : undefined },
      ...{ setting: envName(name), isDefault: value === usual[name], automatic: AUTOMATIC.has(name) },
    };
  });
}
