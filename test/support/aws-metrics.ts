/** A metric that AWS documents, with the sets of dimensions that it comes with and the page that says so. */
export interface DocumentedMetrics {
  readonly page: string;
  readonly metrics: Readonly<Record<string, readonly (readonly string[])[]>>;
}

const function_ = [['FunctionName'], ['FunctionName', 'Resource'], ['ExecutedVersion', 'FunctionName', 'Resource']];
const api = [['ApiName'], ['ApiName', 'Stage']];
const acl = [
  ['Region', 'Rule', 'WebACL'],
  ['Rule', 'WebACL'],
];
const table = [['TableName']];
const operation = [['Operation', 'TableName']];
const stream = [['DeliveryStreamName']];

/** By namespace; what the alarms and the dashboard use. */
export const awsMetrics: Readonly<Record<string, DocumentedMetrics>> = {
  'AWS/Lambda': {
    page: 'https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html',
    metrics: { Errors: function_, Throttles: function_, Invocations: function_, Duration: function_ },
  },
  'AWS/ApiGateway': {
    page: 'https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html',
    metrics: { Count: api, '5XXError': api, Latency: api },
  },
  'AWS/WAFV2': {
    page: 'https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html',
    metrics: { BlockedRequests: acl, AllowedRequests: acl },
  },
  'AWS/DynamoDB': {
    page: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html',
    metrics: {
      ReadThrottleEvents: table,
      WriteThrottleEvents: table,
      SystemErrors: operation,
      ConsumedReadCapacityUnits: table,
      ConsumedWriteCapacityUnits: table,
    },
  },
  'AWS/SQS': {
    page: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html',
    metrics: { ApproximateNumberOfMessagesVisible: [['QueueName']] },
  },
  'AWS/SES': {
    page: 'https://docs.aws.amazon.com/ses/latest/dg/reputationdashboard-cloudwatch-alarm.html',
    metrics: { 'Reputation.BounceRate': [[]], 'Reputation.ComplaintRate': [[]] },
  },
  'AWS/Firehose': {
    page: 'https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html',
    metrics: {
      'DeliveryToS3.DataFreshness': stream,
      ThrottledRecords: stream,
      'OutputDecompressedRecords.Failed': stream,
    },
  },
  'AWS/Logs': {
    page: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Monitoring-CloudWatch-Metrics.html',
    metrics: {
      IncomingBytes: [['LogGroupName']],
      DeliveryErrors: [['LogGroupName'], ['DestinationType', 'FilterName', 'LogGroupName']],
      DeliveryThrottling: [['LogGroupName'], ['DestinationType', 'FilterName', 'LogGroupName']],
    },
  },
};
