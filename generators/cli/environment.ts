import { createEnv } from 'yeoman-environment';
import { createAdapter } from '../yeoman/adapter.ts';
import { AppGenerator } from './app.ts';
import { appNamespace, generators } from './registry.ts';

/** Creates a Yeoman environment for `cwd` that knows every generator. One of them is loaded when it is composed. */
export function createEnvironment(cwd: string): ReturnType<typeof createEnv> {
  const environment = createEnv({ adapter: createAdapter(), cwd });
  // Its listener is what keeps an error of a task from ending the process; the error rejects the run too.
  environment.on('error', () => undefined);
  environment.register(AppGenerator as never, { namespace: appNamespace });
  for (const { namespace, load } of generators)
    environment.register({ createGenerator: load } as never, { namespace });
  return environment;
}
