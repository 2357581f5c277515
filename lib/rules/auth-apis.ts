import { type Found, referencesIn, resourcesOf, type Template } from './template.ts';

/** REST APIs that people sign in with: they have a path `sign-in`. */
export function authApisOf(template: Template): Found[] {
  const ids = new Set(
    resourcesOf(template, 'AWS::ApiGateway::Resource')
      .filter(({ properties }) => properties.PathPart === 'sign-in')
      .flatMap(({ properties }) => referencesIn(properties.RestApiId)),
  );
  return resourcesOf(template, 'AWS::ApiGateway::RestApi').filter(({ id }) => ids.has(id));
}

/** The types by which a name leads to an API, and the property that says to which. */
const mappings = {
  'AWS::ApiGateway::BasePathMapping': 'RestApiId',
  'AWS::ApiGateway::BasePathMappingV2': 'RestApiId',
  'AWS::ApiGatewayV2::ApiMapping': 'ApiId',
};

/** What leads from a name to an API of the template. */
export const apiMappingsOf = (template: Template): { readonly apiIds: string[]; readonly domainName: unknown }[] =>
  Object.entries(mappings).flatMap(([type, api]) =>
    resourcesOf(template, type).map(({ properties }) => ({
      apiIds: referencesIn(properties[api]),
      domainName: properties.DomainName ?? properties.DomainNameArn,
    })),
  );

/** The web ACLs of the template that stand before such an API. */
export function authWebAclsOf(template: Template): Found[] {
  const apis = new Set(authApisOf(template).map(({ id }) => id));
  const stages = resourcesOf(template, 'AWS::ApiGateway::Stage')
    .filter(({ properties }) => referencesIn(properties.RestApiId).some((id) => apis.has(id)))
    .map(({ id }) => id);
  const guarded = new Set([...apis, ...stages]);
  const acls = new Set(
    resourcesOf(template, 'AWS::WAFv2::WebACLAssociation')
      .filter(({ properties }) => referencesIn(properties.ResourceArn).some((id) => guarded.has(id)))
      .flatMap(({ properties }) => referencesIn(properties.WebACLArn)),
  );
  return resourcesOf(template, 'AWS::WAFv2::WebACL').filter(({ id }) => acls.has(id));
}
