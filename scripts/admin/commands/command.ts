import type { Arguments } from '../arguments.ts';
import type { IdentityStore } from '../identity-store.ts';
import type { Target } from '../target.ts';
import type { User } from '../user.ts';

/** What a command works with. */
export interface CommandInput {
  readonly given: Arguments;
  readonly target: Target;
  readonly now: () => Date;
  /** Shows a line before the command is done. */
  readonly progress: (line: string) => void;
}

export interface StoreInput extends CommandInput {
  readonly store: IdentityStore;
}

export interface UserInput extends StoreInput {
  readonly user: User;
}

/** What a command did: the fields of `--json`, and the lines that say it. */
export interface Result {
  readonly data: object;
  readonly lines: readonly string[];
  /** Whom it was about, if that was not known before. */
  readonly userId?: string;
  /** It found something wrong. @default false */
  readonly failed?: boolean;
}

/** Better Auth's adapters answer a hundred rows unless told otherwise. */
export const everyRow = 100_000;
