import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, vi } from 'vitest';
import type { Command } from '../src/cli/command.ts';

/** A command of the line under test: its data folder, and what it printed last. */
export interface CommandTrial {
  /** A new folder for each test, removed after it. */
  readonly data: string;
  /** Both outputs since the last `run`. */
  readonly printed: string;
  /** Runs the command; resolves with its exit code. */
  run(...args: string[]): Promise<number>;
}

/** Catches what a command prints, for all tests of a file. */
export function commandTrial(command: Command): CommandTrial {
  const trial = { data: '', printed: '' };
  beforeEach(() => {
    trial.data = mkdtempSync(join(tmpdir(), 'earshot-command-'));
    trial.printed = '';
    const print = (text: unknown): void => {
      trial.printed += `${text}\n`;
    };
    vi.spyOn(console, 'log').mockImplementation(print);
    vi.spyOn(console, 'error').mockImplementation(print);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(trial.data, { recursive: true, force: true });
  });
  return Object.assign(trial, {
    run: (...args: string[]) => {
      trial.printed = '';
      return command(args);
    },
  });
}
