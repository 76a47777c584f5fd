import { resolve } from 'node:path';
import { z } from 'zod';

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
