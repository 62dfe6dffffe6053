import type { Ask, GivenFlag } from '../questions/question.ts';
import type { Remembered } from './yo-rc.ts';

/** How the command was called. */
export interface Call {
  cwd: string;
  given: GivenFlag[];
  yes: boolean;
  dryRun: boolean;
  force: boolean;
  /** Absent without a terminal. */
  ask?: Ask | undefined;
}

/** A command that follows the writing, in the folder that was written. */
export interface Step {
  program: string;
  args: string[];
  /** The flag that leaves the step out. */
  unless: string;
  /** What it writes in the folder, beside what is generated. */
  writes: string[];
}

/** What a generator has decided to write; nothing has been written yet. */
export interface Work {
  folder: string;
  /** The workspace that holds the folder, or is the folder. */
  workspace?: string | undefined;
  /** The folder was written by an earlier run. */
  again: boolean;
  files: Map<string, string>;
  /** Files of earlier runs that no run writes again, whatever became of them: path to text. */
  born: Map<string, string>;
  remembered: Remembered;
  /** What the owner should know, a line each. */
  notes: string[];
  steps: Step[];
  /** What to do next, line by line. */
  next: string[];
}
