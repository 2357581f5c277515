import { account } from '../keys/policy/account.ts';
import { arnOf, type Resources, resolve } from '../keys/policy/resolve.ts';
import { inAccount, StackArns, type Target } from './stack-arns.ts';

/** A call by a service of AWS, which resource policies alone decide. */
export interface ServiceCase {
  readonly label: string;
  readonly service: string;
  readonly action: string;
  readonly on: Target;
  readonly context: Readonly<Record<string, string>>;
  readonly allowed: boolean;
}

/** Who reaches the function and the alarm topic, and on whose behalf. */
export function serviceCases(resources: Resources): ServiceCase[] {
  const stack = new StackArns(resources);
  const fn = authFunction(resources);
  const topic = stack.find('AWS::SNS::Topic', /AlarmsTopic/);
  const api = Object.keys(resources).find((id) => resources[id]!.Type === 'AWS::ApiGateway::RestApi')!;
  const invoke = (label: string, sourceArn: string, allowed: boolean): ServiceCase => ({
    label,
    service: 'apigateway.amazonaws.com',
    action: 'lambda:InvokeFunction',
    on: fn,
    context: { 'aws:SourceArn': sourceArn, 'aws:SourceAccount': account },
    allowed,
  });
  const publish = (label: string, service: string, sourceAccount: string, allowed: boolean): ServiceCase => ({
    label,
    service,
    action: 'sns:Publish',
    on: topic,
    context: { 'aws:SourceAccount': sourceAccount, 'aws:SecureTransport': 'true' },
    allowed,
  });
  const method = (id: string, path: string) => inAccount('execute-api', `${id}/prod/${path}`).arn;
  return [
    invoke('the API, sign-in', method(api, 'POST/api/auth/sign-in/email'), true),
    invoke('the API, a path that it does not have', method(api, 'POST/internal'), false),
    invoke('another API', method('other', 'POST/api/auth/sign-in/email'), false),
    { ...invoke('a bucket', 'arn:aws:s3:::uploads', false), service: 's3.amazonaws.com' },
    publish('alarms of the account', 'cloudwatch.amazonaws.com', account, true),
    publish('alarms of another account', 'cloudwatch.amazonaws.com', '444455556666', false),
    publish('EventBridge, which names no account', 'events.amazonaws.com', account, true),
    publish('another service', 's3.amazonaws.com', account, false),
  ];
}

/** The function's alias with its resource policy, which the template writes as one resource for each permission. */
function authFunction(resources: Resources): Target {
  const id = Object.keys(resources).find(
    (id) => resources[id]!.Type === 'AWS::Lambda::Function' && id.includes('AuthFunction'),
  )!;
  const arn = `${arnOf(id, resources[id]!)}:live`;
  const permissions = Object.values(resources).filter(
    ({ Type, Properties }) =>
      Type === 'AWS::Lambda::Permission' && /Alias/.test(JSON.stringify(Properties.FunctionName)),
  );
  const Statement = permissions.map(({ Properties }) => ({
    Effect: 'Allow',
    Principal: { Service: Properties.Principal },
    Action: Properties.Action,
    Resource: arn,
    Condition: { ArnLike: { 'aws:SourceArn': resolve(Properties.SourceArn, resources) } },
  }));
  return { arn, policy: { Version: '2012-10-17', Statement } };
}
