import { authFlowTestSuite } from '@better-auth/test-utils/adapter';
import { conform } from '../../../support/conformance.ts';

await conform(authFlowTestSuite());
