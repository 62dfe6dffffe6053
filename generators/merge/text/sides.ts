/** One value for each of the three texts of a merge. */
export interface Sides<Value> {
  /** From the text that the last run generated. */
  base: Value;
  /** From the text that this run generates. */
  next: Value;
  /** From the file as it is: the owner's. */
  disk: Value;
}

/** Returns the results of `change` for the three values. */
export const onEachSide = <Value, Result>(
  { base, next, disk }: Sides<Value>,
  change: (value: Value) => Result,
): Sides<Result> => ({ base: change(base), next: change(next), disk: change(disk) });
