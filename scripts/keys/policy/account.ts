/** The account that the policies are evaluated in; its number is the one that AWS uses in examples. */
export const account = '111122223333';
export const region = 'eu-west-1';
export const replicaRegion = 'eu-central-1';
export const breakGlassRoleArn = `arn:aws:iam::${account}:role/break-glass`;
