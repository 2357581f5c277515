import { apiMappingsOf, authApisOf } from './auth-apis.ts';
import type { Rule } from './rule.ts';
import { referencesIn, resourcesOf, textOf } from './template.ts';

/** Policies in which every cipher has forward secrecy. */
const modern = /^SecurityPolicy_TLS13_1_(3|2_PFS)_/;

export const authApiSpeaksModernTls: Rule = {
  id: 'AuthApiSpeaksModernTls',
  description:
    'The API and its names take TLS 1.2 with forward secrecy and newer, and refuse requests whose SNI and Host header differ.',
  fix: "Set SecurityPolicy to one such as 'SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09', and EndpointAccessMode to 'STRICT'.",
  check: (template) => {
    const apis = authApisOf(template);
    const names = apiMappingsOf(template)
      .filter(({ apiIds }) => apiIds.some((id) => apis.some((api) => api.id === id)))
      .map(({ domainName }) => domainName);
    const domains = resourcesOf(template, 'AWS::ApiGateway::DomainName').filter(({ id, properties }) =>
      names.some((name) => referencesIn(name).includes(id) || textOf(name) === textOf(properties.DomainName)),
    );
    return [...apis, ...domains].flatMap(({ id, properties }) => [
      ...(modern.test(properties.SecurityPolicy ?? '') ? [] : [{ id, location: 'Properties.SecurityPolicy' }]),
      ...(properties.EndpointAccessMode === 'STRICT' ? [] : [{ id, location: 'Properties.EndpointAccessMode' }]),
    ]);
  },
};
