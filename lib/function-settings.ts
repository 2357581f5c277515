import { Token } from 'aws-cdk-lib';
import type { SettingProblem } from '../contract/settings.ts';
import { rangeProblems } from './whole-numbers.ts';

export interface FunctionCapacity {
  readonly reservedConcurrency?: number | undefined;
  readonly provisionedConcurrency?: number | undefined;
  readonly memorySize?: number | undefined;
}

/** What Lambda would refuse at deployment, or what would leave the function unable to answer. */
export function capacityProblems(capacity: FunctionCapacity): SettingProblem[] {
  const { reservedConcurrency, provisionedConcurrency, memorySize } = capacity;
  return [
    ...rangeProblems({ reservedConcurrency, provisionedConcurrency }, 1, Infinity),
    // Lambda gives CPU by memory: below this, hashing one password takes seconds.
    ...rangeProblems({ memorySize }, 512, 10_240, 'MB'),
    ...(known(reservedConcurrency) && known(provisionedConcurrency) && provisionedConcurrency > reservedConcurrency
      ? [
          {
            setting: 'provisionedConcurrency',
            message: `${provisionedConcurrency} is more than reservedConcurrency, which caps it; allowed are at most ${reservedConcurrency}`,
          },
        ]
      : []),
  ];
}

const known = (value: number | undefined): value is number => value !== undefined && !Token.isUnresolved(value);
