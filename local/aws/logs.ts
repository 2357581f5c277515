import { optionalInteger, optionalText, text } from './input.ts';
import { AwsError, type Input, type JsonService } from './protocol.ts';

/** A log group that somebody else keeps: what is put is written there, and what is there can be read. */
export interface LocalLogGroup {
  readonly name: string;
  /** Newest first. */
  events(): readonly Record<string, unknown>[];
  write(line: string): void;
}

/** Amazon CloudWatch Logs with one group. Source: Amazon CloudWatch Logs API Reference. */
export function logs({ name, events, write }: LocalLogGroup): JsonService {
  const streams = new Set<string>();
  const find = (input: Input): void => {
    if (text(input, 'logGroupName', { min: 1, max: 512 }) === name) return;
    throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
  };
  const stream = (input: Input) => text(input, 'logStreamName', { min: 1, max: 512, pattern: /^[^:*]*$/ });

  return {
    targetPrefix: 'Logs_20140328',
    contentType: 'application/x-amz-json-1.1',
    operations: {
      CreateLogStream(input) {
        find(input);
        const wanted = stream(input);
        if (streams.has(wanted)) {
          throw new AwsError('ResourceAlreadyExistsException', 'The specified log stream already exists');
        }
        streams.add(wanted);
        return {};
      },
      PutLogEvents(input) {
        find(input);
        if (!streams.has(stream(input))) {
          throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
        }
        for (const event of input.logEvents as Input[]) write(text(event, 'message', { min: 1 }));
        return {};
      },
      FilterLogEvents(input) {
        find(input);
        const start = optionalInteger(input, 'startTime') ?? 0;
        const matches = matcherOf(optionalText(input, 'filterPattern') ?? '');
        const found = events().filter((audit) => Number(audit.time) >= start && matches(audit));
        return {
          events: found.reverse().map((audit) => ({ timestamp: audit.time, message: JSON.stringify({ audit }) })),
        };
      },
    },
  };
}

/** Only the patterns that `npm run admin` uses. */
function matcherOf(pattern: string): (audit: Record<string, unknown>) => boolean {
  const [, path, value] = /^\{ \$\.audit\.([\w.]+) = (\*|"[^"]*") \}$/.exec(pattern) ?? [];
  if (!path || !value) throw new AwsError('InvalidParameterException', `The pattern ${pattern} is not served locally.`);
  return (audit) => {
    const found = path
      .split('.')
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], audit);
    return value === '*' ? found !== undefined : found === value.slice(1, -1);
  };
}
