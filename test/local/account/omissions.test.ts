import { describe, expect, test } from '@jest/globals';
import { leaveOut, references, type Template } from '../../../local/account/omissions.ts';

const ipSet = { Type: 'AWS::WAFv2::IPSet' };
const queue = { Type: 'AWS::SQS::Queue' };
const placeholder = (name: string) => `\${${name}}`;

describe('leaveOut', () => {
  test('leaves out what the emulator cannot create, and the order to wait for it', () => {
    const waiting = { ...queue, DependsOn: ['Blocked', 'Other'] };
    const { template, left } = leaveOut({ Resources: { Blocked: ipSet, Other: queue, Waiting: waiting } });
    expect(template.Resources).toEqual({ Other: queue, Waiting: { ...queue, DependsOn: ['Other'] } });
    expect(left).toEqual(['Blocked']);
  });

  test('a single DependsOn on it goes altogether', () => {
    const { template } = leaveOut({ Resources: { Blocked: ipSet, Waiting: { ...queue, DependsOn: 'Blocked' } } });
    expect(template.Resources).toEqual({ Waiting: queue });
  });

  test('of alarms only those on a metric expression', () => {
    const Type = 'AWS::CloudWatch::Alarm';
    const Resources = {
      Plain: { Type, Properties: { MetricName: 'Errors' } },
      Expression: { Type, Properties: { Metrics: [] } },
    };
    expect(leaveOut({ Resources }).left).toEqual(['Expression']);
  });

  test('leaves out an output that refers to it, and no other', () => {
    const Outputs = { Gone: { Value: { 'Fn::GetAtt': ['Blocked', 'Arn'] } }, Kept: { Value: { Ref: 'Queue' } } };
    const { template, left } = leaveOut({ Resources: { Blocked: ipSet, Queue: queue }, Outputs });
    expect(template.Outputs).toEqual({ Kept: Outputs.Kept });
    expect(left).toEqual(['Blocked', 'Gone']);
  });

  test.each([
    ['Ref', { Ref: 'Blocked' }],
    ['Fn::GetAtt', { 'Fn::GetAtt': ['Blocked', 'Arn'] }],
    ['Fn::GetAtt as text', { 'Fn::GetAtt': 'Blocked.Arn' }],
    ['Fn::Sub', { 'Fn::Sub': `arn:${placeholder('Blocked.Arn')}` }],
    ['Fn::Sub with variables', { 'Fn::Sub': [placeholder('A'), { A: { Ref: 'Blocked' } }] }],
  ])('throws when something that stays refers to it by %s', (_kind, value) => {
    const Resources: Template['Resources'] = { Blocked: ipSet, Stays: { ...queue, Properties: { Name: [value] } } };
    expect(() => leaveOut({ Resources })).toThrow('Stays (AWS::SQS::Queue) refers to Blocked');
  });
});

test('a literal in Fn::Sub is no reference', () => {
  expect(references({ 'Fn::Sub': placeholder('!Blocked') + placeholder('AWS::Region') })).toEqual(['AWS::Region']);
});
