import type { NewUser } from '../src/models/user.ts';

let count = 0;

/** What a client may send; no two are alike. */
export function newUser(): Required<NewUser> {
  count += 1;
  return {
    email: `email ${count}`,
    name: `name ${count}`,
    age: count,
    active: count % 2 === 0,
  };
}
