import { callPattern, containing, startingWith, type TamperPattern } from './pattern.ts';

/**
 * What runs, who may run it, and which version is asked. CloudTrail adds the date of Lambda's API to the names of its calls, such as
 * UpdateFunctionCode20150331v2. CodeDeploy shifts the alias in a rollout.
 */
export const functions = (names: readonly string[]): TamperPattern => ({
  subject: 'a function',
  pattern: callPattern({
    services: ['lambda'],
    names: startingWith(
      'AddPermission',
      'CreateAlias',
      'CreateFunctionUrlConfig',
      'DeleteAlias',
      'DeleteFunction',
      'PutFunctionConcurrency',
      'RemovePermission',
      'UpdateAlias',
      'UpdateFunctionCode',
      'UpdateFunctionConfiguration',
      'UpdateFunctionUrlConfig',
    ),
    parameters: [{ functionName: containing(...names) }],
    except: ['codedeploy'],
  }),
});
