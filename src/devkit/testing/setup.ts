import { testParts } from './global-setup.ts';

/** For `"require": ["microservice-devkit/testing/setup"]` in .mocharc.json; mocha runs in the folder of the service. */
export const { mochaGlobalSetup, mochaGlobalTeardown, mochaHooks } = testParts({ root: process.cwd() });
