import { createEnv } from 'yeoman-environment';
import { createAdapter } from '../yeoman/adapter.ts';
import { AppGenerator } from './app.ts';
import { appNamespace } from './registry.ts';

/** Creates a Yeoman environment for `cwd` that knows `microservice:app`, which registers the other generators. */
export function createEnvironment(cwd: string): ReturnType<typeof createEnv> {
  const environment = createEnv({ adapter: createAdapter(), cwd });
  // Its listener is what keeps an error of a task from ending the process; the error rejects the run too.
  environment.on('error', () => undefined);
  environment.register(AppGenerator as never, { namespace: appNamespace });
  return environment;
}
