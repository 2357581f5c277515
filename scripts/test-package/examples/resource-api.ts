import assert from 'node:assert/strict';
import type { ExampleCheck } from './check-examples.ts';
import { expectPrebuilt } from './expect-bundle.ts';

/** Every method asks the prebuilt authorizer. */
export const resourceApi: ExampleCheck = {
  // It finds its handler beside itself, through import.meta.url.
  formats: ['esm'],
  expectations(assembly) {
    expectPrebuilt(assembly, assembly.resource('ResourceApi', 'AWS::Lambda::Function', /Authorizer/), 'authorizer');
    const authorizer = assembly.resource('ResourceApi', 'AWS::ApiGateway::Authorizer');
    for (const { Properties } of assembly.resources('ResourceApi', 'AWS::ApiGateway::Method')) {
      assert.equal(assembly.target(Properties.AuthorizerId), authorizer.id);
    }
  },
};
