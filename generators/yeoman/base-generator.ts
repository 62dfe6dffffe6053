import { fileURLToPath } from 'node:url';
import Generator from 'yeoman-generator';
import { command, packageVersion } from '../core/version.ts';
import type { Flag } from '../questions/question.ts';

type Parameters = ConstructorParameters<typeof Generator>;

export type GeneratorClass = new (...args: Parameters) => object;

/** Yeoman stores answers in its own files. It gets a file that never exists, since `output/` stores the answers. */
const noStorage = fileURLToPath(new URL('./.no-storage.json', import.meta.url));

/**
 * A Yeoman generator that reads a file of the working folder only after it has checked the file, and reads no file of the home
 * folder. Yeoman runs each method in the phase of the same name.
 */
export abstract class BaseGenerator extends Generator {
  constructor(...[args, options, features]: Parameters) {
    super(args, options, {
      ...features,
      inheritTasks: true,
      tasksMatchingPriority: true,
      skipParseOptions: true, // Yeoman would parse after each option; a subclass parses once
    });
    // Yeoman would also print the name of a failed task, in addition to the error itself.
    if (!this.options.help)
      Object.assign(this, { log: Object.assign(() => this.log, this.log, { error: () => this.log }) });
  }

  /** Declares flags to Yeoman, for its help and its parser. The flag `--name` is an argument instead. */
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

  /** Yeoman would read the package.json of the working folder. */
  override determineAppname(): string {
    return '';
  }

  /** Yeoman would read the .yo-rc.json of the working folder, without a size limit. */
  override _getStorage(): ReturnType<Generator['_getStorage']> {
    return this.createStorage(noStorage, command);
  }

  override _getGlobalStorage(): ReturnType<Generator['_getGlobalStorage']> {
    return this.createStorage(noStorage, command);
  }
}
