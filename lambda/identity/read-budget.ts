/** Read capacity that is paid for with time: each read is waited for, after it, as long as it takes to earn what it took. */
export class ReadBudget {
  readonly #unitsPerSecond: number;
  readonly #wait: (milliseconds: number) => Promise<void>;
  #owed = 0;

  constructor(unitsPerSecond: number, wait: (milliseconds: number) => Promise<void>) {
    this.#unitsPerSecond = unitsPerSecond;
    this.#wait = wait;
  }

  /** The most items that one read may ask for: about what a second earns, if they are small. `limit` is DynamoDB's. */
  atMost(limit: number): number {
    return Math.min(limit, Math.max(1, Math.floor(this.#unitsPerSecond)));
  }

  /** Part of a unit is kept for the next time: a timer knows milliseconds only. */
  async spend(units: number): Promise<void> {
    this.#owed += units;
    const milliseconds = Math.floor((1_000 * this.#owed) / this.#unitsPerSecond);
    if (milliseconds < 1) return;
    this.#owed -= (milliseconds * this.#unitsPerSecond) / 1_000;
    await this.#wait(milliseconds);
  }
}
