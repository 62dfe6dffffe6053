/** Differences from the expected files that the merge still has: the edit, the command, the file. Fix a fault, then delete its line. */
export const openFaults = new Set([
  'renamed-routers remove src/app.ts',
  'contracts-as-an-array resource src/events/contracts.ts',
  'contracts-as-an-array remove src/events/contracts.ts',
  'a-renamed-method newer src/services/order-service.ts',
  'own-method newer src/services/order-service.ts',
  'own-dependency newer src/services/order-service.ts',
  'rules-in-the-service newer src/services/order-service.ts',
  'extracted-transaction newer src/services/order-service.ts',
  'another-lock newer src/repositories/order-repository.ts',
  'another-order-of-the-list newer src/repositories/order-repository.ts',
  'own-query newer src/repositories/order-repository.ts',
  'an-archive-instead-of-a-delete newer src/repositories/order-repository.ts',
  'publisher-types-apart remove-event src/events/order-publisher.ts',
  'other-titles field test/order-router.test.ts',
  'a-copy-test-of-its-own copy test/product-copy.test.ts',
  'a-license-header newer src/app.ts',
]);
