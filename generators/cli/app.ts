import type Generator from 'yeoman-generator';
import { BaseGenerator } from '../yeoman/base-generator.ts';
import { runFlags } from '../yeoman/options.ts';
import { chooseGenerator } from './choose.ts';

/** `microservice:app`: `yo microservice [generator] [name]`, and `npm init microservice`. Composes the generator that is named. */
export class AppGenerator extends BaseGenerator {
  constructor(...args: ConstructorParameters<typeof Generator>) {
    super(...args);
    this.argument('generator', { type: String, required: false, description: 'service or workspace' });
    this.argument('name', { type: String, required: false, description: 'the name of what is written' });
    for (const { name, help } of runFlags) this.option(name, { type: Boolean, description: help });
    this.parseOptions();
  }

  async initializing(): Promise<void> {
    const { generator: first, name: second } = this.options as { generator?: string; name?: string };
    const { generator, name } = chooseGenerator([first, second].filter((word) => word !== undefined));
    await this.composeWith(generator.namespace, {
      generatorArgs: [],
      generatorOptions: { ...this.options, name } as object,
    });
  }
}
