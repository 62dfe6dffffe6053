export { checkContracts } from './testing/check-contracts.ts';
export { createClock, type TestClock } from './testing/clock.ts';
export { startFakeApi, type FakeApi, type FakeReply, type FakeRequest } from './testing/fake-api.ts';
export { testParts, type TestParts, type TestPartsOptions } from './testing/global-setup.ts';
export type { Caller } from './issuer/sign-token.ts';
export type { JsonRequest, JsonResponse, RequestOptions } from './testing/json-client.ts';
export {
  startService,
  type CreatedService,
  type StartOptions,
  type TestService,
} from './testing/start-service.ts';
export {
  createTestEnvironment,
  type TestEnvironment,
  type TestEnvironmentOptions,
} from './testing/test-environment.ts';
export type { EventFilter, PublishOptions } from './testing/test-events.ts';
export { waitFor, type WaitOptions } from './testing/wait-for.ts';
