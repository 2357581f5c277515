import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { toAttribute } from './values.ts';

/** Collects the names and values of DynamoDB expressions, so that no field name or value is ever part of their text. */
export class Expression {
  readonly #names = new Map<string, string>();
  readonly #values: [string, AttributeValue][] = [];

  name(attribute: string): string {
    const known = this.#names.get(attribute);
    if (known) return known;
    const placeholder = `#n${this.#names.size}`;
    this.#names.set(attribute, placeholder);
    return placeholder;
  }

  value(value: unknown): string {
    const placeholder = `:v${this.#values.length}`;
    this.#values.push([placeholder, toAttribute(value)]);
    return placeholder;
  }

  /** The request parameters; DynamoDB refuses empty ones. */
  parameters() {
    return {
      ...(this.#names.size > 0 && {
        ExpressionAttributeNames: Object.fromEntries([...this.#names].map(([attribute, name]) => [name, attribute])),
      }),
      ...(this.#values.length > 0 && { ExpressionAttributeValues: Object.fromEntries(this.#values) }),
    };
  }
}
