import type { NewUser } from '../src/models/user.ts';

let count = 0;

/** A valid body for POST; no two are the same. */
export function newUser(): Required<NewUser> {
  count += 1;
  return {
    email: `email ${count}`,
    name: `name ${count}`,
    age: count,
    active: count % 2 === 0,
  };
}
