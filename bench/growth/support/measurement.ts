/** Named values; a name says the unit. */
export type Figures = Record<string, number>;

/** A module of bench/growth. */
export interface Measurement {
  /** Says in a sentence which growth is measured. */
  sentence: string;
  /** Measures the runtime of a built checkout. The folder of a checkout is only read. */
  measure: (checkout: string) => Promise<Figures>;
}
