import { resolve } from 'node:path';
import { z } from 'zod';
import { portOrOff, setting } from './setting.ts';

const MOST_RECEIVERS = 8;

/** Where a copy is kept: a folder, `rsync:TARGET` or `git:REPOSITORY`; undefined when it is empty. */
export const mirror = z
  .string()
  .transform((value, context): { kind: 'folder' | 'rsync' | 'git'; to: string } | undefined => {
    if (value === '') return undefined;
    const [, kind, to = ''] = /^(rsync|git):(.*)$/s.exec(value) ?? [];
    if (kind === undefined) return { kind: 'folder', to: resolve(value) };
    // What begins with a dash is an option of the program.
    if (to !== '' && !to.startsWith('-')) return { kind: kind as 'rsync' | 'git', to };
    context.issues.push({
      ...{ code: 'custom', input: value },
      message: 'use a folder, rsync:host:/folder or git:repository',
    });
    return z.NEVER;
  });

/** A list of http or https URLs, with paths and queries as they are; empty means none. */
export const webhooks = z.string().transform((value, context): string[] => {
  const list = value.split(/[,\s]+/).filter((one) => one !== '');
  const fine = (one: string): boolean =>
    /^https?:\/\//.test(one) && URL.canParse(one) && new URL(one).username === '' && !one.includes('#');
  if (list.every(fine) && list.length <= MOST_RECEIVERS) return list;
  context.issues.push({
    ...{ code: 'custom', input: value },
    message: `use up to ${MOST_RECEIVERS} URLs like https://hooks.example.org/earshot, separated by commas`,
  });
  return z.NEVER;
});

/** The settings of incidents and of the process that publishes them; in the manual they stand together. */
export const pressSettings = {
  pressPort: setting(
    {
      unit: 'TCP port, or off',
      default: 'off',
      change: 'restart',
      reason:
        'A second public port, in plain HTTP, on which a process of its own answers /incidents and nothing else: those pages are there even while nothing else of this server answers. Doors answer them on the public port in any case.',
    },
    portOrOff,
  ),
  incidentMirror: setting(
    {
      unit: 'folder, rsync:TARGET or git:REPOSITORY',
      default: '',
      change: 'restart',
      secret: true,
      reason:
        'Where the pages about incidents are copied after each change, so that they are elsewhere too when this machine is not: a folder that another server shows, a target of rsync (rsync:host:/srv/www/incidents), or a repository of git (git:git@host:me/incidents.git, branch incidents). A copy that fails is tried again and delays nothing. rsync and git have to be installed, and must not ask for a password.',
    },
    mirror,
  ),
  incidentWebhooks: setting(
    {
      unit: 'list of http or https URLs',
      default: '',
      change: 'restart',
      secret: true,
      reason:
        'Who is told by a signed POST when an incident begins or is over, and when a person writes about one (docs/incidents.md). A name of a private network is refused; write an address, or localhost, if that is what you mean.',
    },
    webhooks,
  ),
};
