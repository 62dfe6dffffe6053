/** This service's copy of a user of user-service. */
export interface UserCopy {
  id: string;
  email: string | null;
  name: string | null;
  age: number | null;
  active: boolean | null;
  copiedAt: string;
}

export type UserCopyData = Partial<Omit<UserCopy, 'id' | 'copiedAt'>>;
