/** What is asked where its flag is not given. */
export interface Question {
  readonly text: string;
  /** What no answer means; undefined where there has to be one. */
  readonly fallback?: string;
}

export const questions = {
  name: { text: "The product's name, as mail has it", fallback: 'Gatehouse' },
  domain: { text: 'The name of the API in production, such as auth.example.com' },
  'zone-id': { text: 'The id of the Route 53 zone of that name; empty if there is none', fallback: '' },
  'certificate-arn': {
    text: 'The ARN of a certificate for that name; empty to make one through the zone',
    fallback: '',
  },
  origins: { text: "Your apps' origins, such as https://app.example.com, between commas" },
  'mail-from': { text: 'The address that mail comes from, such as no-reply@example.com' },
  'admin-networks': {
    text: "Your administrators' networks, such as 203.0.113.0/24, between commas; empty for none",
    fallback: '',
  },
} as const satisfies Record<string, Question>;

export type QuestionName = keyof typeof questions;

export type Answers = Readonly<Record<QuestionName, string>>;

export const questionNames = Object.keys(questions) as QuestionName[];
