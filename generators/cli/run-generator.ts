import type { Call } from '../output/work.ts';
import { createEnvironment } from './environment.ts';
import { appNamespace, type GeneratorEntry } from './registry.ts';

/**
 * Runs a generator through `microservice:app`, in a new Yeoman environment; undefined is the one that `microservice:app` chooses
 * for the folder.
 */
export async function runGenerator(
  generator: GeneratorEntry | undefined,
  call: Omit<Call, 'ask'>,
): Promise<void> {
  const { cwd, ...options } = call;
  await createEnvironment(cwd).run([appNamespace, ...(generator ? [generator.name] : [])], options);
}
