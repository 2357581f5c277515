import { GraphWidget, type IMetric, type IWidget } from 'aws-cdk-lib/aws-cloudwatch';

export interface Axes {
  readonly left: readonly (IMetric | undefined)[];
  /** With a scale of its own. @default - nothing */
  readonly right?: readonly (IMetric | undefined)[];
  readonly stacked?: boolean;
  readonly unit?: string;
}

/** A graph of what there is, a third of the page wide; none where there is nothing. */
export function graph(title: string, { left, right = [], stacked, unit }: Axes): IWidget[] {
  const [onLeft, onRight] = [left, right].map((axis) => axis.filter((metric) => metric !== undefined));
  if (onLeft!.length + onRight!.length === 0) return [];
  return [
    new GraphWidget({
      title,
      left: onLeft,
      right: onRight,
      stacked,
      leftYAxis: { min: 0, ...(unit && { label: unit, showUnits: false }) },
      width: 8,
      height: 6,
    }),
  ];
}
