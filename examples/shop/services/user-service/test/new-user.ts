import type { NewUser } from '../src/models/user.ts';

let count = 0;

/** A valid body for POST; no two are the same. */
export function newUser(): Required<NewUser> {
  count += 1;
  return {
    email: `ada.${count}@example.com`,
    name: `Ada Lovelace ${count}`,
    age: 20 + count,
    active: count % 2 === 0,
  };
}
