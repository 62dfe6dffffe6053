import type Generator from 'yeoman-generator';
import { BaseGenerator } from '../yeoman/base-generator.ts';
import { runFlags } from '../yeoman/options.ts';
import { chooseGenerator } from './choose.ts';
import { flagsOf, generators } from './registry.ts';

/** `microservice:app`: `yo microservice [generator] [name]`, and `npm init microservice`. Composes the named generator. */
export class AppGenerator extends BaseGenerator {
  constructor(...args: ConstructorParameters<typeof Generator>) {
    super(...args);
    this.argument('generator', { type: String, required: false, description: 'service or workspace' });
    this.argument('name', {
      type: String,
      required: false,
      description: 'the name of the service or workspace',
    });
    this.declare([...runFlags, ...generators.flatMap(flagsOf)]);
    this.parseOptions();
  }

  async initializing(): Promise<void> {
    const { generator: first, name: second } = this.options as { generator?: string; name?: string };
    const { generator, name } = chooseGenerator([first, second].filter((word) => word !== undefined));
    this.#registerAll();
    await this.composeWith(generator.namespace, {
      generatorArgs: [],
      generatorOptions: { ...this.options, name } as object,
    });
  }

  /** Registers the generators that `yo` has not found already. Yeoman loads a generator when it composes it. */
  #registerAll(): void {
    for (const { namespace, load } of generators.filter(
      (each) => !this.env.getGeneratorMeta?.(each.namespace),
    ))
      this.env.register({ createGenerator: load } as never, { namespace });
  }
}
