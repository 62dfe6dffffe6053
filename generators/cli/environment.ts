import { createEnv } from 'yeoman-environment';
import { createAdapter } from '../yeoman/adapter.ts';
import { AppGenerator } from './app.ts';
import { appNamespace } from './registry.ts';

/** Creates a Yeoman environment for `cwd` that knows `microservice:app`, which registers the other generators. */
export function createEnvironment(cwd: string): ReturnType<typeof createEnv> {
  const environment = createEnv({ adapter: createAdapter(), cwd });
  // Without a listener, an error of a task would end the process. The error also rejects the run.
  environment.on('error', () => undefined);
  environment.register(AppGenerator as never, { namespace: appNamespace });
  return environment;
}
