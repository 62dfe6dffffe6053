import assert from 'node:assert/strict';
import os from 'node:os';
import { readDevEnvironment } from '../../../src/devkit/dev/environment/environment.ts';

const given = {
  SERVICE_NAME: 'user-service',
  DATABASE_URL: 'postgres://user:password@localhost:5432/user_db',
  KAFKA_BOOTSTRAP_SERVERS: 'localhost:9092',
};

describe('the environment of a service in development', () => {
  it('makes a restart skip the wait for idle connections, unless a variable sets it', async () => {
    const { config, environment } = await readDevEnvironment(os.tmpdir(), given, assert.fail);
    assert.equal(config.http.shutdownGrace, 0);
    assert.equal(environment['HTTP_SHUTDOWN_GRACE'], '0');
    const told = await readDevEnvironment(os.tmpdir(), { ...given, HTTP_SHUTDOWN_GRACE: '300' }, assert.fail);
    assert.equal(told.config.http.shutdownGrace, 300);
  });
});
