import type { QueryOf } from 'microservice-runtime';

export interface NewUser {
  email: string;
  name: string;
  age?: number | null;
  active: boolean;
}

export type UserChanges = Partial<NewUser>;

export interface User extends Required<NewUser> {
  id: string;
  createdAt: string;
  updatedAt: string;
}

export type UserQuery = QueryOf<User, 'email'>;
