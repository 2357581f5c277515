import { afterAll, beforeAll, describe } from '@jest/globals';
import { npmStart, readyLine, type Started } from '../local/npm-start.ts';
import { type FlowTarget, flow } from './flow.ts';
import { npmStartTarget } from './npm-start-target.ts';

describe('npm start', () => {
  let started: Started;
  let target: FlowTarget;

  beforeAll(async () => {
    started = npmStart();
    target = npmStartTarget((await started.waitFor(readyLine))[1]!);
  });
  afterAll(() => started.stop());

  flow(() => target);
});
