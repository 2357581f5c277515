import { createHash } from 'node:crypto';

/** A page of the local stack for people. */
export interface HtmlPage {
  /** @param query of the request */
  html(query: URLSearchParams): string;
  /** What the page may load and run. */
  readonly contentSecurityPolicy: string;
}

type Event = Readonly<Record<string, unknown>>;

const style = `body{font:14px/1.4 system-ui,sans-serif;margin:1.5rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #ccc}form{margin:1rem 0}
.failure{color:#a00}pre{white-space:pre-wrap;max-width:60rem}input,select,button{font:inherit;margin-right:1rem}`;

/** Replaces the rows each second, unless somebody is reading one. What comes is escaped by the server. */
const script = `setInterval(async () => {
  if (document.querySelector('details[open]')) return;
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } }).catch(() => undefined);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  document.querySelector('tbody').replaceWith(page.querySelector('tbody'));
}, 1000);`;

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src ${hash(style)}`,
  `script-src ${hash(script)}`,
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** `/local/audit`: the events as a table that keeps itself up to date, with filters. @param events newest first */
export function auditPage(events: () => readonly Event[]): HtmlPage {
  return {
    contentSecurityPolicy,
    html(query) {
      const all = events();
      const shown = all.filter((event) => matches(event, query));
      return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Audit events</title><style>${style}</style>
<h1>Audit events</h1>${filters(all, query)}
<p>Newest first, kept while the stack runs. As JSON: <a href="/local/audit.json">/local/audit.json</a></p>
<table><thead><tr><th>Time<th>Event<th>Reason<th>User<th>Source<th>Request</thead>
<tbody>${shown.map(row).join('\n')}</tbody></table><script>${script}</script></html>`;
    },
  };
}

/** What a filter that is not set lets through, and what one that is. */
function matches(event: Event, query: URLSearchParams): boolean {
  const [id, user, outcome] = ['event', 'user', 'outcome'].map((name) => query.get(name)?.trim() || undefined);
  if (id && event.event !== id) return false;
  if (outcome && outcomeOf(event) !== outcome) return false;
  return !user || peopleOf(event).some((each) => each.includes(user));
}

const outcomeOf = ({ status_id }: Event): string => (status_id === 1 ? 'success' : 'failure');

/** By whatever they can be found: id, address or its hash. */
const peopleOf = (event: Event): string[] =>
  [event.user, at(event, 'actor', 'user')].flatMap((user) => Object.values((user ?? {}) as object).map(String));

function filters(events: readonly Event[], query: URLSearchParams): string {
  const ids = [...new Set(events.map(({ event }) => String(event)))].sort();
  return `<form><label>Event ${select('event', ids, query)}</label><label>Outcome ${select('outcome', ['success', 'failure'], query)}</label>
<label>User <input name="user" placeholder="id, address or its hash" value="${escapeHtml(query.get('user') ?? '')}"></label><button>Filter</button></form>`;
}

function select(name: string, values: readonly string[], query: URLSearchParams): string {
  const options = values.map((value) => {
    const selected = query.get(name) === value ? ' selected' : '';
    return `<option${selected}>${escapeHtml(value)}</option>`;
  });
  return `<select name="${name}"><option value="">all</option>${options.join('')}</select>`;
}

function row(event: Event): string {
  const { time, user, ...rest } = event;
  const when = typeof time === 'number' ? new Date(time).toISOString().slice(11, 23) : '';
  const who = at(user, 'uid') ?? at(user, 'email_addr') ?? at(user, 'email_hash') ?? at(user, 'name');
  const request = [at(rest, 'http_request', 'http_method'), at(rest, 'http_request', 'url', 'path')];
  const cells = [when, '', rest.status_code, who, at(rest, 'src_endpoint', 'ip'), request.map(text).join(' ')];
  const details = `<details><summary>${escapeHtml(text(event.event))}</summary><pre>${escapeHtml(JSON.stringify(event, null, 2))}</pre></details>`;
  const columns = cells.map((cell, index) => `<td>${index === 1 ? details : escapeHtml(text(cell))}`);
  return `<tr class="${outcomeOf(event)}">${columns.join('')}`;
}

const text = (value: unknown): string => (value === undefined ? '' : String(value));

const at = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>((inner, name) => (inner as Event | undefined)?.[name], value);

const escapeHtml = (value: string): string => value.replace(/[&<>"']/g, (each) => `&#${each.charCodeAt(0)};`);
