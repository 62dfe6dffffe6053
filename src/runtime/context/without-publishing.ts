import { AsyncLocalStorage } from 'node:async_hooks';

const storage = new AsyncLocalStorage<string>();

/** Runs `work`, in which nothing can be published. `of` names the work in the error of an attempt. */
export function runWithoutPublishing<T>(of: string, work: () => T): T {
  return storage.run(of, work);
}

/** Returns the work in which nothing can be published; undefined outside of such work. */
export function workWithoutPublishing(): string | undefined {
  return storage.getStore();
}
