import type { Datum } from './alarm-evaluator.ts';

interface EmbeddedMetrics {
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
  readonly [field: string]: unknown;
}

/** What CloudWatch makes of the lines in the embedded metric format among captured logs. */
export function emittedMetrics(output: string): Datum[] {
  return output
    .split('\n')
    .filter((line) => line.includes('"_aws"'))
    .flatMap((line) => dataOf(JSON.parse(line) as EmbeddedMetrics));
}

function dataOf(line: EmbeddedMetrics): Datum[] {
  return line._aws.CloudWatchMetrics.flatMap(({ Namespace: namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) => {
      const dimensions = Object.fromEntries(names.map((name) => [name, line[name]]));
      return Metrics.flatMap(({ Name: name }) =>
        [line[name]]
          .flat()
          .map((value) => ({ namespace, name, dimensions, time: line._aws.Timestamp, value: Number(value) })),
      );
    }),
  );
}
