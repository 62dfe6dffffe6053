import type Generator from 'yeoman-generator';
import { BaseGenerator } from '../yeoman/base-generator.ts';
import { runFlags } from '../yeoman/options.ts';
import { chooseGenerator } from './choose.ts';
import { flagsOf, generators } from './registry.ts';

/** `microservice:app`: `yo microservice [generator] [name]`, and `npm init microservice`. Composes the generator that is named. */
export class AppGenerator extends BaseGenerator {
  constructor(...args: ConstructorParameters<typeof Generator>) {
    super(...args);
    this.argument('generator', { type: String, required: false, description: 'service or workspace' });
    this.argument('name', { type: String, required: false, description: 'the name of what is written' });
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

  /** One of them is loaded when it is composed. `yo` may have found them already. */
  #registerAll(): void {
    for (const { namespace, load } of generators.filter(
      (each) => !this.env.getGeneratorMeta?.(each.namespace),
    ))
      this.env.register({ createGenerator: load } as never, { namespace });
  }
}
