import type { Stage } from './environment.ts';

/** What rules across settings may look at beside the options. */
export interface Deployment {
  readonly stage: Stage;
  /** @default - not known yet, as while a template is made whose API has no name of its own */
  readonly baseUrl?: string | undefined;
  /** Origins of the configuration, which those of the options are added to. */
  readonly trustedOrigins: readonly string[];
}
