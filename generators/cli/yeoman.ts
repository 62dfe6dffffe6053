import type { GeneratorClass } from '../yeoman/base-generator.ts';
import { generators } from './registry.ts';

/**
 * Loads the generator with this name for the environment of `yo`, in which its namespace is `microservice:<name>`. The package
 * generator-microservice consists of this module and one entry file per generator.
 */
export async function load(name: string): Promise<GeneratorClass> {
  if (name === 'app') return (await import('./app.ts')).AppGenerator;
  const entry = generators.find((each) => each.name === name);
  if (!entry) throw new Error(`unknown generator "${name}"`);
  return entry.load();
}
