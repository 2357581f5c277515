/** What the functions wrote: it goes to the terminal in words, and audit events are kept for `/local/audit` besides. */
export interface FunctionLog {
  /** For the lines of the function of this name. */
  onLine(name: string): (line: string) => void;
  /** Newest first. */
  audit(): readonly Record<string, unknown>[];
}

const kept = 1_000;

/**
 * @param print called with one readable line.
 * @param onMetric called with each entry in the embedded metric format.
 */
export function functionLog(
  print: (line: string) => void,
  onMetric: (entry: Record<string, unknown>) => void = () => {},
): FunctionLog {
  const events: Record<string, unknown>[] = [];
  return {
    audit: () => events,
    onLine: (name) => (line) => {
      const entry = parse(line);
      if (isRecord(entry?._aws)) onMetric(entry);
      if (isRecord(entry?.audit)) {
        events.unshift(entry.audit);
        events.length = Math.min(events.length, kept);
        print(`[${name}] ${inWords(entry.audit)}`);
      } else if (line) print(`[${name}] ${entry ? readable(entry) : line}`);
    },
  };
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An audit event: its id, the reason if it is a failure, who and from where. */
function inWords({ event, status_code, user, src_endpoint }: Record<string, unknown>): string {
  const who = isRecord(user) && (user.uid ?? user.email_addr ?? user.email_hash);
  const ip = isRecord(src_endpoint) && src_endpoint.ip;
  return ['audit', event, status_code, who && `user=${who}`, ip && `from=${ip}`].filter(Boolean).join(' ');
}

/** A metric in the embedded format (EMF) as `name=value`; a log entry as its level, its message, and what else it says. */
function readable(entry: Record<string, unknown>): string {
  if (isRecord(entry._aws)) return `metric ${metricsOf(entry)}`;
  const { level, message, timestamp: _time, service: _service, ...rest } = entry;
  const more = Object.entries(rest)
    .filter(([key]) => !lambdaFields.has(key))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return [level, message, ...more].filter((part) => part !== undefined).join(' ');
}

/** What the logger adds to each entry about the function; it is always the same here. */
const lambdaFields = new Set([
  'cold_start',
  'function_arn',
  'function_memory_size',
  'function_name',
  'function_request_id',
  'sampling_rate',
  'xray_trace_id',
]);

function metricsOf(entry: Record<string, unknown>): string {
  const { CloudWatchMetrics } = entry._aws as { CloudWatchMetrics?: { Metrics?: { Name?: unknown }[] }[] };
  const names = (CloudWatchMetrics ?? []).flatMap(({ Metrics = [] }) => Metrics.map(({ Name }) => String(Name)));
  return names.map((name) => `${name}=${JSON.stringify(entry[name])}`).join(' ');
}
