// The few commands of the AWS CLI that docs/deploy.md gives and the tests run, with the options they use, over the SDK.
import * as dynamodb from '@aws-sdk/client-dynamodb';

const [service, operation, ...rest] = process.argv.slice(2);
const commands = {
  'get-item': dynamodb.GetItemCommand,
  'update-item': dynamodb.UpdateItemCommand,
  'delete-item': dynamodb.DeleteItemCommand,
  scan: dynamodb.ScanCommand,
};
const queries = {
  'Item.ownerPk.S': ({ Item }) => Item?.ownerPk?.S ?? 'None',
  'Items[].[pk.S, sk.S]': ({ Items }) => Items.map(({ pk, sk }) => `${pk.S}\t${sk.S}`).join('\n'),
};
if (service !== 'dynamodb' || !commands[operation])
  throw new Error(`${service} ${operation}: is not among the commands here`);

const options = {};
for (let index = 0; index < rest.length; index++) {
  const name = rest[index].slice(2);
  const value = rest[index + 1];
  options[name] = value === undefined || value.startsWith('--') ? true : rest[++index];
}
const { query, output, ...parameters } = options;
if (output && output !== 'text') throw new Error(`--output ${output}: is not among the options here`);

/** `--table-name x` is `TableName: 'x'`; an option with JSON is what it says. */
const input = Object.fromEntries(
  Object.entries(parameters).map(([name, value]) => [
    name.replaceAll(/(?:^|-)(\w)/g, (_, letter) => letter.toUpperCase()),
    typeof value === 'string' && value.startsWith('{') ? JSON.parse(value) : value,
  ]),
);
const client = new dynamodb.DynamoDBClient({ region: 'us-east-1' });
const answer = await client.send(new commands[operation](input));
if (query) console.log(queries[query](answer));
