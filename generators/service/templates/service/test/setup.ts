import path from 'node:path';
import { testParts } from 'microservice-devkit/testing';

/** One PostgreSQL for the whole run (TEST_DATABASE_URL, or an embedded one), with the migrations applied once. */
export const { mochaGlobalSetup, mochaGlobalTeardown } = testParts({
  root: path.dirname(import.meta.dirname),
});
