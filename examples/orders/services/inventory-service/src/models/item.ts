import type { QueryOf } from 'microservice-runtime';

export interface NewItem {
  name: string;
  quantity: number;
}

export type ItemChanges = Partial<NewItem>;

export interface Item extends Required<NewItem> {
  id: string;
  createdAt: string;
  updatedAt: string;
}

export type ItemQuery = QueryOf<Item, 'name'>;
