import { accessMutations } from './access-mutations.ts';
import { hostileMutations } from './hostile-mutations.ts';
import { clientMutations } from './client-mutations.ts';
import { consumerMutations } from './consumer-mutations.ts';
import { contractMutations } from './contract-mutations.ts';
import { httpMutations } from './http-mutations.ts';
import { idempotencyMutations } from './idempotency-mutations.ts';
import { loggingMutations } from './logging-mutations.ts';
import type { Mutation } from './mutation.ts';
import { parkingMutations } from './parking-mutations.ts';
import { projectionMutations } from './projection-mutations.ts';
import { projectionVersionMutations } from './projection-version-mutations.ts';
import { publishingMutations } from './publishing-mutations.ts';
import { rateLimitMutations } from './rate-limit-mutations.ts';
import { relayMutations } from './relay-mutations.ts';
import { sagaMutations } from './saga-mutations.ts';
import { sagaRuleMutations } from './saga-rule-mutations.ts';
import { sagaRunningMutations } from './saga-running-mutations.ts';
import { subscriptionMutations } from './subscription-mutations.ts';

/** All mutations. */
export const mutations: readonly Mutation[] = [
  ...publishingMutations,
  ...relayMutations,
  ...consumerMutations,
  ...subscriptionMutations,
  ...parkingMutations,
  ...sagaMutations,
  ...sagaRuleMutations,
  ...sagaRunningMutations,
  ...projectionMutations,
  ...projectionVersionMutations,
  ...hostileMutations,
  ...httpMutations,
  ...clientMutations,
  ...accessMutations,
  ...rateLimitMutations,
  ...idempotencyMutations,
  ...loggingMutations,
  ...contractMutations,
];
