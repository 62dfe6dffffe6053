export { createClock, type TestClock } from './testing/clock.ts';
export {
  createTestEnvironment,
  type TestEnvironment,
  type TestEnvironmentOptions,
} from './testing/test-environment.ts';
export type { PublishOptions } from './testing/test-events.ts';
export { testParts, type TestParts, type TestPartsOptions } from './testing/test-parts.ts';
export { waitFor, type WaitOptions } from './testing/wait-for.ts';
