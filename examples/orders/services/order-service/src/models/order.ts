export interface NewOrder {
  itemId: string;
  quantity: number;
  amount: string;
  status?: 'PENDING' | 'CONFIRMED' | 'CANCELLED';
}

export type OrderChanges = Partial<NewOrder>;

export interface Order extends Required<NewOrder> {
  id: string;
  createdAt: string;
  updatedAt: string;
}
