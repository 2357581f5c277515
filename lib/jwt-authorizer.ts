import type { Duration } from 'aws-cdk-lib';
import { type AuthorizationType, Authorizer, CfnMethod, type IRestApi, type Method } from 'aws-cdk-lib/aws-apigateway';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Code, IFunction } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct, IConstruct } from 'constructs';
import { type SigningAlgorithm, signingAlgorithms } from '../contract/signing.ts';
import type { Gatehouse } from './gatehouse.ts';
import { authorizerProblems, nativeAlgorithms, scopeProblems } from './jwt-authorizer-settings.ts';
import { LambdaAuthorizer } from './lambda-authorizer.ts';
import { NativeAuthorizer } from './native-authorizer.ts';
import { requireNoProblems } from './settings.ts';

interface CommonJwtAuthorizerProps {
  /** The stack that issues the tokens, if it is in the same app; excludes `issuer`. @default - `issuer` says it */
  readonly gatehouse?: Gatehouse;
  /** `iss` of the tokens, which is Gatehouse's base URL: 'https://auth.example.com'. @default - that of `gatehouse` */
  readonly issuer?: string;
  /** One of these has to be in `aud`. @default - the default audience of `gatehouse`; required without it */
  readonly audience?: string | readonly string[];
  /** Claims that have to be in each token with exactly this text as their value. @default - none */
  readonly requiredClaims?: Readonly<Record<string, string>>;
  /** The request header that carries `Bearer <token>`. @default - 'Authorization' */
  readonly identityHeader?: string;
}

/** For Gatehouse's own function, which verifies every algorithm. */
export interface LambdaJwtAuthorizerProps extends CommonJwtAuthorizerProps {
  /** `lambda`: Gatehouse's function verifies. `native`: API Gateway does. @default - 'lambda' */
  readonly mode?: 'lambda';
  /** JOSE algorithms that are accepted. @default - all that Gatehouse signs with */
  readonly algorithms?: readonly SigningAlgorithm[];
  /** Where the key set is. @default - where `gatehouse`, or the issuer's discovery document, says */
  readonly jwksUri?: string;
  /** Scopes that each token has to have, all of them, on every method. @default - none */
  readonly requiredScopes?: readonly string[];
  /** Claims that the API gets to see in `requestContext.authorizer`. @default - sub, email, role, scope and jti */
  readonly contextClaims?: readonly string[];
  /** How long API Gateway keeps an answer: up to 5 minutes, in which an expired token still passes. @default - 1 minute */
  readonly resultsCacheTtl?: Duration;
  /** Instances kept for the function, which also caps it. @default - no reservation */
  readonly reservedConcurrency?: number;
  /** Encrypts the function's logs. @default - a new customer-managed key */
  readonly logsKey?: IKey;
  /** How long the function's logs are kept. @default - 1 year */
  readonly logRetention?: RetentionDays;
  /** The function's code. @default - Gatehouse's own */
  readonly code?: Code;
}

/** For API Gateway's own verification. */
export interface NativeJwtAuthorizerProps extends CommonJwtAuthorizerProps {
  /** API Gateway verifies. It reads the issuer's discovery document at deployment, so the issuer has to answer by then. */
  readonly mode: 'native';
  /** JOSE algorithms that are accepted: ES256, ES512 and RS256. @default - those of `gatehouse`; ES256 without it */
  readonly algorithms?: readonly (typeof nativeAlgorithms)[number][];
}

export type JwtAuthorizerProps = LambdaJwtAuthorizerProps | NativeJwtAuthorizerProps;

const lambdaOnly = [
  'jwksUri',
  'requiredScopes',
  'contextClaims',
  'resultsCacheTtl',
  'reservedConcurrency',
  'logsKey',
  'logRetention',
  'code',
] as const satisfies readonly (keyof LambdaJwtAuthorizerProps)[];

/** Protects methods of a REST API with tokens of Gatehouse: `api.root.addMethod('GET', integration, { authorizer })`. */
export class JwtAuthorizer extends Authorizer {
  readonly authorizerId: string;
  override readonly authorizationType: AuthorizationType;
  /** The function that verifies; absent in mode `native`. */
  readonly function?: IFunction;
  private readonly authorizer: Authorizer;

  constructor(scope: Construct, id: string, props: JwtAuthorizerProps) {
    super(scope, id);
    const { gatehouse } = props;
    const common = commonSettings(props);
    if (props.mode === 'native') {
      refuseLambdaOnly(props);
      const algorithms = props.algorithms ?? defaultNativeAlgorithms(gatehouse);
      const settings = { ...common, algorithms };
      requireNoProblems(
        authorizerProblems({ ...settings, requiredScopes: [], contextClaims: [], allowedAlgorithms: nativeAlgorithms }),
      );
      this.authorizer = new NativeAuthorizer(this, 'Native', settings);
      // API Gateway reads discovery when it creates the authorizer.
      if (gatehouse) this.authorizer.node.addDependency(gatehouse);
    } else {
      requireMode(props.mode);
      const settings = {
        ...common,
        jwksUri: props.jwksUri ?? gatehouse?.jwksUri,
        algorithms: props.algorithms,
        requiredScopes: props.requiredScopes ?? [],
        contextClaims: props.contextClaims ?? ['sub', 'email', 'role', 'scope', 'jti'],
      };
      const allowedAlgorithms = Object.keys(signingAlgorithms);
      requireNoProblems(authorizerProblems({ ...settings, allowedAlgorithms, resultsCacheTtl: props.resultsCacheTtl }));
      const lambda = new LambdaAuthorizer(this, 'Lambda', { ...props, settings });
      this.authorizer = lambda.authorizer;
      this.function = lambda.function;
    }
    this.authorizerId = this.authorizer.authorizerId;
    this.authorizationType = this.authorizer.authorizationType!;
    this.node.addValidation({ validate: () => this.droppedScopes() });
  }

  /**
   * Makes a method want one of these scopes, beside a valid token. In mode `native` only. The `authorizationScopes` of a method's
   * own options would not do: aws-cdk-lib drops them but for Cognito, with a warning, which is an error here.
   */
  requireScopes(method: Method, ...scopes: string[]): void {
    const resource = method.node.defaultChild as CfnMethod;
    if (this.function) {
      throw new Error("requireScopes: needs mode 'native'; in mode 'lambda' set requiredScopes, for all methods");
    }
    if (resource.authorizerId !== this.authorizerId) {
      throw new Error(
        `requireScopes: '${method.node.path}' has another authorizer or none; allowed is '${this.node.path}'`,
      );
    }
    if (scopes.length === 0) throw new Error('requireScopes: no scope is given; at least one is needed');
    requireNoProblems(scopeProblems('requireScopes', scopes));
    resource.authorizationScopes = scopes;
  }

  /** Called by aws-cdk-lib for each method that uses the authorizer. */
  override _attachToApi(restApi: IRestApi): void {
    this.authorizer._attachToApi(restApi);
  }

  private droppedScopes(): string[] {
    return this.node.root.node
      .findAll()
      .filter((node): node is CfnMethod => CfnMethod.isCfnMethod(node) && node.authorizerId === this.authorizerId)
      .filter(({ node, authorizationScopes }) => !authorizationScopes && warnsOfScopes(node.scope!))
      .map(
        ({ node }) =>
          `authorizationScopes: has no effect on '${node.scope!.node.path}'; use ${this.function ? 'requiredScopes of the authorizer' : 'requireScopes()'}`,
      );
  }
}

const warnsOfScopes = ({ node }: IConstruct): boolean =>
  node.metadata.some(({ data }) => String(data).includes('@aws-cdk/aws-apigateway:invalidAuthScope'));

function commonSettings({ gatehouse, issuer, audience, ...props }: JwtAuthorizerProps) {
  if (gatehouse && issuer !== undefined) throw new Error('gatehouse: excludes issuer; give one of the two');
  if (!gatehouse && issuer === undefined) throw new Error('issuer: is missing; give it or gatehouse');
  return {
    issuer: gatehouse?.baseUrl ?? issuer!,
    audiences: [audience ?? gatehouse?.tokenAudience ?? []].flat(),
    requiredClaims: props.requiredClaims ?? {},
    identityHeader: props.identityHeader ?? 'Authorization',
  };
}

function refuseLambdaOnly(props: object): void {
  const given = lambdaOnly.filter((name) => (props as LambdaJwtAuthorizerProps)[name] !== undefined);
  if (given.length > 0)
    throw new Error(`${given.join(', ')}: has no effect in mode 'native'; allowed in mode 'lambda'`);
}

function requireMode(mode: string | undefined): void {
  if (mode === undefined || mode === 'lambda') return;
  throw new Error(`mode: '${mode}' is not allowed; allowed are 'lambda' and 'native'`);
}

/** Those of Gatehouse's keys. With a key that API Gateway cannot verify it is not known which tokens the API will get. */
function defaultNativeAlgorithms(gatehouse: Gatehouse | undefined): readonly string[] {
  return gatehouse ? [...new Set(gatehouse.signingKeys.keys.map(({ algorithm }) => algorithm))] : ['ES256'];
}
