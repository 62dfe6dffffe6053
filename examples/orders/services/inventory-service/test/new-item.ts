import type { NewItem } from '../src/models/item.ts';

let count = 0;

/** A valid body for POST; no two are the same. */
export function newItem(): Required<NewItem> {
  count += 1;
  return {
    name: `Desk lamp ${count}`,
    quantity: 100 + count,
  };
}
