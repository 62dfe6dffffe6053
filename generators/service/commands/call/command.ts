import type { Call } from '../../../output/work.ts';
import type { Ask, Flag, GivenFlag } from '../../../questions/question.ts';
import type { ServiceAnswers } from '../../model/answers.ts';
import type { ServiceContext } from '../../service-context.ts';

/** How a command was called. */
export interface CommandCall {
  /** The words after the command. */
  words: readonly string[];
  given: readonly GivenFlag[];
  /** Use the defaults for missing words and flags. */
  yes: boolean;
  /** Undefined without a terminal, and with `--yes`. */
  ask?: Ask | undefined;
  context: ServiceContext;
}

/** A part of a service that has a name, such as a resource: `remove` knows each kind of parts by the name of its command. */
export interface Parts {
  /** Returns the names of those that the service has. */
  namesIn(answers: ServiceAnswers): string[];
  /** Returns the answers without the part with this name, which exists, and adds notes to the owner to those of `context`. */
  without(answers: ServiceAnswers, name: string, context: ServiceContext): ServiceAnswers;
  /** Returns the reason why a part that `namesIn` does not name cannot be removed, and the remedy; undefined for an unknown name. */
  whyKept?(answers: ServiceAnswers, name: string): string | undefined;
}

/**
 * A command that changes a service: a function from the answers of the last run to new answers. The generator then renders all files
 * from them, and merges the difference into the owner's files. A command edits no file itself.
 */
export interface Command {
  /** The word of the command line, and the end of the namespace in Yeoman. */
  name: string;
  /** The placeholders of its words in the help: `<name>`. */
  words: string;
  /** The most words. */
  mostWords: number;
  /** The help, and the choice in the question which command to run. */
  description: string;
  flags: readonly Flag[];
  /** Each call, without `npm init microservice`, with its effect. */
  examples: readonly (readonly [call: string, effect: string])[];
  /** The parts that the command adds and `remove` removes. */
  parts?: Parts;
  /** A flag with which the command does something else than to change the answers. */
  instead?: { flag: string; run(call: Call): Promise<void> };
  /** Returns the new answers. Throws a UsageError that names the missing or invalid word or flag, and the remedy. */
  change(answers: ServiceAnswers, call: CommandCall): ServiceAnswers | Promise<ServiceAnswers>;
}
