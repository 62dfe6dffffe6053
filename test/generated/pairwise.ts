type Choices = Record<string, readonly string[]>;
export type Combination<C extends Choices> = { [Question in keyof C]: C[Question][number] };

/**
 * Combinations in which every answer of every question meets every answer of every other one at least once, and at least
 * `atLeast` of them. The algorithm is greedy and deterministic: the same choices give the same combinations.
 */
export function pairwise<const C extends Choices>(choices: C, atLeast: number): Combination<C>[] {
  const questions = Object.keys(choices);
  const all = product(choices, questions);
  const open = new Set(all.flatMap((row) => pairsOf(row, questions)));
  const chosen: Record<string, string>[] = [];
  while (open.size > 0) {
    const score = (row: Record<string, string>) =>
      pairsOf(row, questions).filter((pair) => open.has(pair)).length;
    const best = all.reduce((winner, row) => (score(row) > score(winner) ? row : winner));
    for (const pair of pairsOf(best, questions)) open.delete(pair);
    chosen.push(best);
  }
  const others = all.filter((row) => !chosen.includes(row));
  return [...chosen, ...others.slice(0, Math.max(0, atLeast - chosen.length))] as Combination<C>[];
}

const product = (choices: Choices, questions: string[]) =>
  questions.reduce<Record<string, string>[]>(
    (rows, question) =>
      rows.flatMap((row) => (choices[question] ?? []).map((answer) => ({ ...row, [question]: answer }))),
    [{}],
  );

const pairsOf = (row: Record<string, string>, questions: string[]) =>
  questions.flatMap((one, index) =>
    questions.slice(index + 1).map((other) => `${one}=${row[one]} ${other}=${row[other]}`),
  );
