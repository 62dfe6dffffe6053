import type Generator from 'yeoman-generator';
import type { Call } from '../output/work.ts';
import { createAsk } from '../questions/ask.ts';
import type { Flag, GivenFlag } from '../questions/question.ts';
import { givenIn, optionOf } from './options.ts';

/** Returns the call from the flags that the command passes, or from the options that Yeoman passes. */
export function callFrom(
  options: Generator['options'],
  groups: (readonly Flag[])[],
  { cwd, adapter }: Generator['env'],
): Call {
  const all = options as Record<string, unknown> & { given?: GivenFlag[]; words?: string[] };
  const given = all.given ?? givenIn(all, groups);
  const check = optionOf(all, 'check') === true;
  const terminal = process.stdin.isTTY && process.stdout.isTTY;
  return {
    cwd,
    words: all.words ?? [],
    given,
    yes: optionOf(all, 'yes') === true,
    dryRun: check || optionOf(all, 'dry-run') === true,
    force: optionOf(all, 'force') === true,
    json: optionOf(all, 'json') === true,
    check,
    ask: terminal ? createAsk(adapter) : undefined,
  };
}
