import type { Call } from '../output/work.ts';
import { createEnvironment } from './environment.ts';
import { appNamespace, type GeneratorEntry } from './registry.ts';

/** Runs a generator through `microservice:app`, in a new Yeoman environment. */
export async function runGenerator({ name }: GeneratorEntry, call: Omit<Call, 'ask'>): Promise<void> {
  const { cwd, ...options } = call;
  await createEnvironment(cwd).run([appNamespace, name], options);
}
