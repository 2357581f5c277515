import assert from 'node:assert/strict';
import type { ExampleCheck } from './check-examples.ts';

/** The firewall is in front of the API, logs to the bucket that was there, and is all that there is of Gatehouse. */
export const firewallOnly: ExampleCheck = {
  formats: ['esm', 'cjs'],
  expectations(assembly) {
    const { id, Properties } = assembly.resource('Shop', 'AWS::WAFv2::WebACL');
    assert.deepEqual(
      Properties.Rules.map(({ Name }: { Name: string }) => Name),
      [
        'DisguisedPath',
        'AdminFromOffice',
        'OrdersPerSource',
        'AWSManagedRulesAmazonIpReputationList',
        'AWSManagedRulesKnownBadInputsRuleSet',
      ],
    );
    const association = assembly.resource('Shop', 'AWS::WAFv2::WebACLAssociation').Properties;
    assert.equal(assembly.target(association.WebACLArn), id);
    const stage = assembly.resource('Shop', 'AWS::ApiGateway::Stage');
    assert.ok(JSON.stringify(association.ResourceArn).includes(`{"Ref":"${stage.id}"}`), 'another stage is protected');
    const { LogDestinationConfigs } = assembly.resource('Shop', 'AWS::WAFv2::LoggingConfiguration').Properties;
    assert.match(JSON.stringify(LogDestinationConfigs), /^\[.*:s3:::aws-waf-logs-platform\/shop/);
    const types = [...assembly.types('Shop')].filter((type) => !/^AWS::(ApiGateway|WAFv2)::/.test(type));
    assert.deepEqual(types, ['AWS::CloudWatch::Alarm']);
    const { Properties: alarm } = assembly.resource('Shop', 'AWS::CloudWatch::Alarm');
    assert.ok(
      alarm.Dimensions.some(({ Value }: { Value: unknown }) => Value === 'OrdersPerSource'),
      'the alarm is about another rule',
    );
  },
};
