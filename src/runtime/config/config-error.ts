/** The environment is invalid; the message lists every fault, one per line. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    const lines = faults.map((fault) => `\n  - ${fault}`).join('');
    super(
      `The environment is incomplete or invalid (.env.example shows every variable; npx microservice-devkit env writes a missing .env):${lines}`,
    );
    this.faults = faults;
  }
}
