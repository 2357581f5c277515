export { KMSClient, SignCommand } from '@aws-sdk/client-kms';
