import type { Ask, GivenFlag } from '../questions/question.ts';
import type { Remembered } from './yo-rc.ts';

/** The options with which the command was called. */
export interface Call {
  cwd: string;
  given: GivenFlag[];
  yes: boolean;
  dryRun: boolean;
  force: boolean;
  /** Absent without a terminal. */
  ask?: Ask | undefined;
}

/** A command that runs in the generated folder after the files are written. */
export interface Step {
  program: string;
  args: string[];
  /** Variables of its environment, besides those of this process. */
  environment?: Record<string, string> | undefined;
  /** The flag that skips the step. */
  unless: string;
  /** The paths that the command creates in the folder. */
  writes: string[];
}

/** The files and steps that a generator has planned, before it writes any file. */
export interface Work {
  folder: string;
  /** The workspace that contains the folder, or is the folder. */
  workspace?: string | undefined;
  /** An earlier run has written the folder. */
  again: boolean;
  files: Map<string, string>;
  /** Files of earlier runs that no later run writes again: path to text. */
  born: Map<string, string>;
  /** The files that a command of the folder writes from the code: path to command. */
  derived: ReadonlyMap<string, string>;
  remembered: Remembered;
  /** Notes to the owner, one per line. */
  notes: string[];
  steps: Step[];
  /** The next steps for the owner, one per line. */
  next: string[];
}
