import type { Template } from './template.ts';

/** What violates a rule: a resource, and where in it. */
export interface Finding {
  readonly id: string;
  /** Path below the resource, such as `Properties.KeyPolicy`. */
  readonly location: string;
}

/** One control over a synthesized template. */
export interface Rule {
  readonly id: string;
  /** What holds where the rule is kept. */
  readonly description: string;
  /** How to keep it. */
  readonly fix: string;
  readonly check: (template: Template) => readonly Finding[];
}
