import type { GeneratorClass } from '../yeoman/base-generator.ts';
import { entries } from './registry.ts';

/**
 * Loads the generator with this name for the environment of `yo`, in which its namespace is `microservice:<name>`. The package
 * generator-microservice consists of this module and one entry file per generator.
 */
export async function load(name: string): Promise<GeneratorClass> {
  if (name === 'app') return (await import('./app.ts')).AppGenerator;
  const entry = entries.find((each) => each.name === name);
  if (!entry) throw new Error(`unknown generator "${name}"`);
  return entry.load();
}

/** The name of each generator; the build writes one entry file per name. */
export const names = ['app', ...entries.map(({ name }) => name)];
