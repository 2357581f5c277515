import { type Address, contains, type Network } from '../../contract/networks.ts';
import { GatewayError } from '../gateway/gateway-error.ts';
import { plainPath } from './plain-path.ts';

/** As the WAF matches it, see `adminOnlyFrom` of the firewall: whatever stands behind `/admin`, and any spelling of that. */
const adminPath = /^\/admin([^a-z0-9-]|$)/;

/** @param path below the base path of Better Auth */
export const isAdminPath = (path: string): boolean => adminPath.test(plainPath(path));

export const isIn = (networks: readonly Network[], address: Address | undefined): boolean =>
  address !== undefined && networks.some((network) => contains(network, address));

export const adminNetworkRequired = () =>
  new GatewayError(403, 'ADMIN_NETWORK_REQUIRED', 'Administration is possible from an admin network only.');
