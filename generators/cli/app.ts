import type Generator from 'yeoman-generator';
import { findPlace } from '../output/place.ts';
import type { GivenFlag } from '../questions/question.ts';
import { createAsk } from '../questions/ask.ts';
import { BaseGenerator } from '../yeoman/base-generator.ts';
import { optionOf, runFlags } from '../yeoman/options.ts';
import { chooseGenerator } from './choose.ts';
import { commandEntries, entries, flagsOf, type GeneratorEntry } from './registry.ts';

/**
 * `microservice:app`: `yo microservice [generator or command] [words]`, and `npm init microservice`. Composes the named generator. In the
 * folder of a service, without words and answers, it asks for the command.
 */
export class AppGenerator extends BaseGenerator {
  constructor(...args: ConstructorParameters<typeof Generator>) {
    super(...args);
    const names = entries.map(({ name }) => name).join(', ');
    this.argument('generator', { type: String, required: false, description: names });
    this.argument('words', { type: Array, required: false, description: 'the words of the generator' });
    this.declare([...runFlags, ...entries.flatMap(flagsOf)]);
    this.parseOptions();
  }

  async initializing(): Promise<void> {
    const { generator: first, words = [] } = this.options as { generator?: string; words?: string[] };
    const asked = first === undefined && words.length === 0 ? await this.#askForCommand() : undefined;
    const { generator, rest } = asked
      ? { generator: asked, rest: [] }
      : chooseGenerator([...(first === undefined ? [] : [first]), ...words]);
    this.#registerAll();
    const [name] = generator.examples ? [] : rest;
    await this.composeWith(generator.namespace, {
      generatorArgs: [],
      generatorOptions: { ...this.options, name, words: rest } as object,
    });
  }

  /** Returns undefined if nobody can be asked, if flags are given, or outside of the folder of a service. */
  async #askForCommand(): Promise<GeneratorEntry | undefined> {
    const isAsking = process.stdin.isTTY && process.stdout.isTTY && this.#saysNothing();
    if (!isAsking) return undefined;
    const { current } = await findPlace(this.env.cwd, () => undefined);
    if (current?.generator !== 'service') return undefined;
    return createAsk(this.env.adapter).choose({
      message: `What do you want to add to ${String(current.answers['name'])}-service?`,
      choices: commandEntries.map((entry) => ({ name: `${entry.name}: ${entry.description}`, value: entry })),
    });
  }

  #saysNothing(): boolean {
    const options = this.options as Record<string, unknown> & { given?: GivenFlag[] };
    const isRunFlag = (flag: string) => flag !== 'yes' && runFlags.some(({ name }) => name === flag);
    if (options.given) return options.given.every(({ flag }) => isRunFlag(flag));
    const flags = [...runFlags, ...entries.flatMap(flagsOf)];
    return flags.every(({ name }) => isRunFlag(name) || optionOf(options, name) === undefined);
  }

  /** Registers the generators that `yo` has not found already. Yeoman loads a generator when it composes it. */
  #registerAll(): void {
    for (const { namespace, load } of entries.filter((each) => !this.env.getGeneratorMeta?.(each.namespace)))
      this.env.register({ createGenerator: load } as never, { namespace });
  }
}
