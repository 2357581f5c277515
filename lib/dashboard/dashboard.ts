import { Names } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Alarms } from '../alarms/alarms.ts';
import type { Watched } from '../alarms/watched.ts';
import { attackWidgets } from './attack-widgets.ts';
import { costWidgets } from './cost-widgets.ts';
import { healthWidgets } from './health-widgets.ts';

export interface DashboardProps extends Watched {
  /** Their states are shown first. @default - none */
  readonly alarms?: Alarms;
  /** Log groups whose volume is charged. @default - none */
  readonly logGroups?: readonly ILogGroup[];
  /** Of the function, in MB, for its price. @default - 1769 */
  readonly memorySize?: number;
  /** @default - a name made of the construct's path */
  readonly dashboardName?: string;
}

/** One page that answers three questions: are we under attack, is it working, what does it cost? */
export class Dashboard extends Construct {
  readonly dashboard: cloudwatch.Dashboard;

  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    this.dashboard = new cloudwatch.Dashboard(this, 'Resource', {
      dashboardName: props.dashboardName ?? Names.uniqueResourceName(this, { maxLength: 255, separator: '-' }),
      start: '-P1D',
    });
    this.ask('Are we under attack?', attackWidgets(props));
    this.ask('Is it working?', healthWidgets(props));
    this.ask('What does it cost?', costWidgets({ ...props, memorySize: props.memorySize ?? 1769 }));
  }

  private ask(question: string, widgets: readonly cloudwatch.IWidget[]): void {
    if (widgets.length === 0) return;
    const markdown = `# ${question}`;
    this.dashboard.addWidgets(new cloudwatch.TextWidget({ markdown, width: 24, height: 1 }));
    this.dashboard.addWidgets(...widgets);
  }
}
