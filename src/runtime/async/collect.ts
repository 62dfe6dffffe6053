/**
 * Returns a function that hands its item to `work`, which runs once at a time: the items that come while it runs are
 * collected, and are handed to its next run together, in their order. Resolves or rejects as the run with the item does.
 */
export function collect<Item>(work: (items: Item[]) => Promise<void>): (item: Item) => Promise<void> {
  let next: { items: Item[]; run: Promise<void> } | undefined;
  let last: Promise<unknown> = Promise.resolve();

  function plan(items: Item[]): Promise<void> {
    const run = last.then(() => {
      next = undefined;
      return work(items);
    });
    last = run.catch(() => undefined);
    return run;
  }

  return (item) => {
    if (!next) {
      const items: Item[] = [];
      next = { items, run: plan(items) };
    }
    next.items.push(item);
    return next.run;
  };
}
