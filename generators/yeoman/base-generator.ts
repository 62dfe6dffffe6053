import { fileURLToPath } from 'node:url';
import Generator from 'yeoman-generator';
import { command, packageVersion } from '../core/version.ts';
import type { Flag } from '../questions/question.ts';

type Parameters = ConstructorParameters<typeof Generator>;

export type GeneratorClass = new (...args: Parameters) => object;

/** Yeoman reads and writes answers in files of its own. It gets one that is never there: `output/` keeps the answers. */
const noStorage = fileURLToPath(new URL('./.no-storage.json', import.meta.url));

/**
 * A Yeoman generator that reads nothing of the folder in which it runs before it has checked it, and nothing of the home folder.
 * Each method that is named like a phase of Yeoman runs in that phase.
 */
export abstract class BaseGenerator extends Generator {
  constructor(...[args, options, features]: Parameters) {
    super(args, options, {
      ...features,
      inheritTasks: true,
      tasksMatchingPriority: true,
      skipParseOptions: true, // once for each option; a subclass parses all of them
    });
    // Yeoman would report a failing task with its name, beside the error itself.
    if (!this.options.help)
      Object.assign(this, { log: Object.assign(() => this.log, this.log, { error: () => this.log }) });
  }

  /** Makes flags known to Yeoman: to its help, and to command lines that it parses. The name is an argument. */
  protected declare(flags: readonly Flag[]): void {
    const unique = new Map(flags.filter(({ name }) => name !== 'name').map((flag) => [flag.name, flag]));
    for (const { name, value, help, no, many } of unique.values()) {
      const type = value === undefined ? Boolean : many ? Array : String;
      this.option(name, { type, description: help || no || '' });
    }
  }

  override rootGeneratorName(): string {
    return command;
  }

  override rootGeneratorVersion(): string {
    return packageVersion();
  }

  /** Yeoman would read the package.json of the folder in which the command runs. */
  override determineAppname(): string {
    return '';
  }

  /** Yeoman would read the .yo-rc.json of the folder in which the command runs, without a limit. */
  override _getStorage(): ReturnType<Generator['_getStorage']> {
    return this.createStorage(noStorage, command);
  }

  override _getGlobalStorage(): ReturnType<Generator['_getGlobalStorage']> {
    return this.createStorage(noStorage, command);
  }
}
