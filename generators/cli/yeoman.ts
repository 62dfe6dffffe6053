import type { GeneratorClass } from '../yeoman/base-generator.ts';
import { generators } from './registry.ts';

/**
 * Loads the generator of a name for an environment of Yeoman's own, where it is called `microservice:<name>`. The package
 * generator-microservice consists of this module and an entry for each name.
 */
export async function load(name: string): Promise<GeneratorClass> {
  if (name === 'app') return (await import('./app.ts')).AppGenerator;
  const entry = generators.find((each) => each.name === name);
  if (!entry) throw new Error(`unknown generator "${name}"`);
  return entry.load();
}
