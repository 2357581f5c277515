import { expect, test } from '@jest/globals';
import { readArguments, UsageError } from '../../local/arguments.ts';

test.each([
  [[], {}, { help: false, port: 3000 }],
  [[], { PORT: '0' }, { help: false, port: 0 }],
  [['--data', 'here'], { PORT: '65535' }, { help: false, port: 65_535, data: 'here' }],
  [['--data=here'], {}, { help: false, port: 3000, data: 'here' }],
  [['-h'], { PORT: 'wrong' }, { help: true }],
])('%j %j is understood', (args, variables, expected) => {
  expect(readArguments(args, variables)).toEqual(expected);
});

test.each([
  [['--prot', '3000'], {}, "Unknown option '--prot'"],
  [['data'], {}, "Unexpected argument 'data'"],
  [['--data'], {}, "'--data <value>' argument missing"],
  [['--data='], {}, '--data needs a folder'],
  [[], { PORT: '' }, "PORT is ''; allowed is a number from 0 to 65535"],
  [[], { PORT: '3000x' }, "PORT is '3000x'"],
  [[], { PORT: '-1' }, "PORT is '-1'"],
  [[], { PORT: '65536' }, "PORT is '65536'"],
])('%j %j is refused', (args, variables, words) => {
  const read = () => readArguments(args, variables as Record<string, string>);
  expect(read).toThrow(UsageError);
  expect(read).toThrow(words);
});
