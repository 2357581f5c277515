import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { AuthContext, BetterAuthPlugin, DBAdapter, GenericEndpointContext } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import { detectionDefaults } from '../../../contract/detection-defaults.ts';
import { type RequestContext, requestContext } from '../../gateway/request-context.ts';
import { keyedHash } from '../../limits/lockout/derived-key.ts';
import type { SendMail } from '../../policy/lockout-mail.ts';
import { isProvisional } from '../../policy/session/cap.ts';
import type { Database } from '../../policy/session/session-adapter.ts';
import type { SessionRow } from '../../policy/session/session-row.ts';
import type { DetectionOptions } from './detection-options.ts';
import { detectionTable } from './detection-table.ts';
import { endedSessions } from './ended-sessions.ts';
import { failedSignIns } from './failed-sign-ins.ts';
import { type ObservedUser, observeDatabase } from './observed-database.ts';
import { originOf } from './origin-of.ts';
import { places } from './places.ts';
import { failOpen, reporter } from './report-suspicion.ts';
import { type SignIn, suspiciousSignIns } from './suspicious-sign-in.ts';
import { toldFailures } from './told-failures.ts';

export interface DetectionInput {
  readonly client: DynamoDBClient;
  /** The rate-limit table. */
  readonly tableName: string;
  /** Derives the key of the hashes that rows go by: the same through every rotation. */
  readonly secret: string;
  readonly options: DetectionOptions;
  readonly sendMail: SendMail;
  /** Whether the device signed in as this user before. */
  readonly isKnownDevice: (ctx: GenericEndpointContext, user: object) => boolean;
  readonly now?: (() => Date) | undefined;
}

interface Arrival {
  readonly signIn: SignIn;
  noted: boolean;
}

/**
 * Notices what is suspicious beside what requests do anyway, see docs/detection.md. It must stand behind the second factor, which takes
 * back the session of a sign-in that awaits its code: nobody was seen anywhere by the first factor alone.
 */
export function detectionPlugin(database: Database, input: DetectionInput) {
  const { options, sendMail, isKnownDevice, now = () => new Date() } = input;
  const { failures, failureWindow, memory } = { ...detectionDefaults, ...options };
  const table = detectionTable(input.client, input.tableName);
  const hash = keyedHash(input.secret, 'detection');
  const reports = reporter(options, sendMail);
  const signIns = suspiciousSignIns(places(table, hash, memory), reports);
  const ended = endedSessions(table, hash, memory);
  const observed = observeDatabase(database, (token) => lookForReuse(token));
  const arrivals = new WeakMap<RequestContext, Arrival>();
  const lookedUp = new WeakSet<RequestContext>();
  let adapter: DBAdapter;

  const findUser = (request: RequestContext, id: string): Promise<ObservedUser | null> | ObservedUser =>
    observed.userOf(request, id) ??
    adapter.findOne<ObservedUser>({ model: 'user', where: [{ field: 'id', value: id }] });

  function note(request: RequestContext, arrival: Arrival): void {
    arrival.noted = true;
    request.pending.push(signIns.note(request, arrival.signIn));
  }

  /** Beside what stores the session, unless the second factor is still to come. */
  async function arrive(session: SessionRow, ctx: GenericEndpointContext | null): Promise<void> {
    const request = requestContext();
    const { userId } = session;
    if (!request || !ctx || session.impersonatedBy || currentUser(ctx.context) === userId) return;
    const user = observed.userOf(request, userId);
    const signIn: SignIn = {
      userId,
      knownDevice: user ? isKnownDevice(ctx, user) : false,
      at: now().getTime(),
      user: async () => findUser(request, userId),
    };
    const arrival = { signIn, noted: false };
    arrivals.set(request, arrival);
    const second = ctx.path.startsWith('/two-factor/');
    if (!second) await signIns.decide(request, signIn);
    if (second || (user && !user.twoFactorEnabled)) note(request, arrival);
  }

  /** What the second factor did not take back, or was not asked for. */
  const stand = createAuthMiddleware(async ({ context }) => {
    const request = requestContext()!;
    const arrival = arrivals.get(request)!;
    const stands = context.newSession?.user.id === arrival.signIn.userId;
    if (stands && !arrival.noted && !arrival.signIn.knownDevice) note(request, arrival);
  });

  /** Beside the deletion. If that fails, the session is found and nobody looks here. */
  async function end(session: SessionRow): Promise<void> {
    const request = requestContext();
    if (!request || isProvisional(session) || session.impersonatedBy) return;
    const signedOut = session.token === request.sessionToken;
    // What the rest of this request reads is no use of it.
    if (signedOut) lookedUp.add(request);
    const { token, userId, id: sessionId } = session;
    const origin = originOf({ sourceIp: session.ipAddress ?? '', userAgent: session.userAgent ?? undefined });
    const at = now().getTime();
    request.pending.push(failOpen(request, () => ended.note({ token, userId, sessionId, signedOut, origin }, at)));
  }

  function lookForReuse(token: string): void {
    const request = requestContext();
    if (!request || lookedUp.has(request)) return;
    lookedUp.add(request);
    request.pending.push(failOpen(request, () => reportReuse(request, token)));
  }

  async function reportReuse(request: RequestContext, token: string): Promise<void> {
    const reused = await ended.use(token, originOf(request), request.startedAt.getTime());
    if (!reused) return;
    const { reason, userId, sessionId, harmless } = reused;
    const user = harmless ? undefined : await findUser(request, userId);
    const mail = user ? ({ kind: 'session-reused', to: user.email } as const) : undefined;
    await reports.report(request, { reason, subject: { userId, sessionId }, mail });
    await reports.ask?.(request, reason, userId);
  }

  return {
    id: 'gatehouse-detection',
    init: (context) => {
      adapter = context.adapter;
      return {
        options: {
          databaseHooks: {
            session: {
              create: { before: async (session, ctx) => arrive(session as SessionRow, ctx) },
              delete: { before: async (session) => end(session as SessionRow) },
            },
          },
        },
      };
    },
    hooks: { after: [{ matcher: () => arrivals.has(requestContext()!), handler: stand }] },
    database: observed.database,
    onFailure: failedSignIns({
      told: toldFailures(table, hash, failureWindow),
      failures,
      window: failureWindow,
      reports,
      now,
    }),
  } satisfies BetterAuthPlugin & { database: unknown; onFailure: unknown };
}

const currentUser = ({ session }: Pick<AuthContext, 'session'>): string | undefined => session?.user.id;
